"""Who may not see what something costs finds no figure of it: over every address, file, paper, command of the demo company.

Prices and amounts that stand nowhere else are put into every column and into the trail, and what follows from them (amounts
of lines, totals) is computed; then everything a person with all other rights can reach is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from sqlalchemy import update

from core.data.db import Base
from core.data.models import Grant, Role
from core.declare import sight
from core.entities import audit, printing
from core.entities.columns import all_columns
from core.entities.query import ListQuery, fetch_page
from core.entities.seen import seen_history
from core.kernel import accounts
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.remote.documents import describe_row, list_cells
from core.testing.states import States
from kit.papers import RevisionColumns
from kit.printing import documents
from plugins.inventory.services import ageing

PRICE, MONEY = Decimal("7.3191"), Decimal("73191.37")
PRICES = ("price", "override_price")
AMOUNTS = ("amount", "total", "subtotal", "applied", "bank_fee", "freight", "insurance")
RIGHTS = {
    "catalog.customer_prices", "catalog.factory_prices", "catalog.supplier_prices", "claims.amounts", "inventory.values",
}  # fmt: skip
NO_PAGE = re.compile(r"^/(static|logout|locale|theme|admin)\b")


@dataclass
class Office:
    """A company, somebody who may do everything but see prices, and the figures that they must not find."""

    tenant: TenantInfo
    person: UserInfo
    figures: set[str]


@pytest.fixture(scope="module")
def office(hub: Hub, hub_states: States) -> Iterator[Office]:
    with hub_states.own_demo() as made:
        with hub.context(made) as ctx:
            assert set(sight_rights(hub)) == RIGHTS
            role = Role(code="counts", name="Counts")
            ctx.session.add(role)
            ctx.session.flush()
            known = ctx.registry.permissions
            ctx.session.insert_many(
                Grant, [{"role_id": role.id, "permission": p} for p in known if p not in RIGHTS]
            )
            plant(ctx)
        email = f"counts@{made.code.lower()}.test"
        accounts.create_user(hub, email, "Counts", "a long road to Taipei", locale="en")
        accounts.add_member(hub, made, email, ["counts"])
        with hub.context(made, write=False) as ctx:
            figures = worth(ctx)
        assert len(figures) > 60
        yield Office(made, hub.user_info(email, made), figures)


def sight_rights(hub: Hub) -> Iterator[str]:
    """Rights to see that the demo company's plugins declare; not those of plugins of somebody else."""
    for entity in hub.registry.entities.values():
        for rights in sight.hidden_names(hub.registry, entity).values():
            yield from (r for r in rights if hub.registry.permissions[r].plugin in hub.plugin_names)
    yield "inventory.values"


def plant(ctx: Any) -> None:
    """The prices into every column that holds one, and into the trail and the revisions of each kind of document."""
    planted = 0
    quantities = {
        (e.model, f.name) for e in ctx.registry.entities.values() for f in e.fields if f.kind == "qty"
    }
    for mapper in Base.registry.mappers:
        names = set(mapper.columns.keys()) - {name for model, name in quantities if model is mapper.class_}
        values = {n: PRICE for n in PRICES if n in names} | {n: MONEY for n in AMOUNTS if n in names}
        if (
            values
            and "tenant_id" in names
            and not mapper.class_.__tablename__.startswith(("ledger", "core_"))
        ):
            ctx.session.execute(update(mapper.class_).values(values))
            planted += len(values)
        if issubclass(mapper.class_, RevisionColumns):
            changes = [("3 FAB: price", PRICE, "5"), ("price ST-2601", "5", PRICE), ("total", "1", MONEY)]
            ctx.session.execute(update(mapper.class_).values(changes=changes))
    assert planted > 15
    for name, entity in ctx.registry.entities.items():
        first = ctx.session.query(entity.model.id).limit(1).scalar()
        for word in sight.hidden_names(ctx.registry, entity) if first else ():
            changes = [
                (f"line 1 {word}", "1", PRICE),
                (word, MONEY, "1"),
                ("ST-1 BLK", None, f"S 5 @ {PRICE}"),
                ("lines", [], [{"line": 1, word: PRICE}]),
            ]
            audit.record_audit(ctx, name, first, "edit", changes=changes)


def worth(ctx: Any) -> set[str]:
    """The figures as they may be written: what was planted, and whatever follows from it on a page."""
    found = {PRICE, MONEY}
    for entity in ctx.registry.entities.values():
        hidden = set(sight.hidden_names(ctx.registry, entity))
        for row in fetch_page(ctx, entity, ListQuery(size=20)).rows if entity.figures and hidden else ():
            found |= set(named(entity.figures(ctx, row), hidden))
    found |= {i.value for group in ageing.GROUPS for i in ageing.idle_stock(ctx, group) if i.value}
    texts = set()
    for value in found:
        exact = f"{value.normalize():f}"
        if len(exact.replace(".", "")) >= 5:
            texts |= {exact, f"{value:,.2f}", f"{value:.2f}", f"{value:,.4f}"}
    return {t for t in texts if len(re.sub(r"\D", "", t)) >= 5 and "." in t and not t.endswith(".00")}


def named(value: Any, hidden: set[str], inside: bool = False) -> Iterator[Decimal]:
    """Decimals of figures with one of these names, at any depth."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from named(each, hidden, inside or key in hidden)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from named(each, hidden, inside)
    elif inside and isinstance(value, Decimal):
        yield value


def read(reply: Any) -> str:
    """What an answer says, the cells of a workbook too."""
    if reply.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(reply.data)) as book:
            return " ".join(
                book.read(n).decode("utf-8", "replace") for n in book.namelist() if n.endswith(".xml")
            )
    return unescape(reply.data.decode("utf-8", "replace"))


def told(text: str, figures: set[str]) -> set[str]:
    """Which of the figures stand in a text as a number."""
    return {m for m in re.findall(r"\d[\d,]*\.\d+", text) if m in figures}


def starts(hub: Hub, office: Office) -> Iterator[str]:
    """Lists, sorted and as files with every column there is; documents, their forms, actions and papers."""
    yield "/"
    with hub.context(office.tenant, write=False) as ctx:
        for name, entity in ctx.registry.entities.items():
            base = "/" + name.replace(".", "/")
            yield from (f"{base}/", f"{base}/new", f"{base}/export/csv", f"{base}/export/xlsx")
            yield from (f"{base}/?sort=-{column.name}" for column in all_columns(ctx, entity))
            for row in fetch_page(ctx, entity, ListQuery(size=2)).rows:
                yield from (f"{base}/{row.id}", f"{base}/{row.id}/edit")
                yield from (f"{base}/{row.id}/do/{a}" for a in ctx.registry.actions[name])
                yield from (
                    f"{base}/{row.id}/{a.link}" for a in ctx.registry.actions[name].values() if a.link
                )
        for group in ageing.GROUPS:
            yield f"/inventory/ageing?group={group}"


def walk(client: Any, first: Iterator[str], figures: set[str]) -> tuple[dict[str, set[str]], int]:
    """Figures found by address, and how many pages were read; links are followed, two pages of a kind."""
    waiting, seen, kinds, found, read_pages = deque(first), set[str](), dict[str, int](), {}, 0
    known = len(waiting)
    while waiting:
        address, known = waiting.popleft(), known - 1
        kind = re.sub(r"\d+", "{n}", address)
        if address in seen or NO_PAGE.search(address) or (known < 0 and kinds.get(kind, 0) >= 2):
            continue
        seen.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        if "/pdf/" in address or "/contract/" in address:
            assert client.get(address).status_code in (200, 403, 404), address
            continue
        reply = client.get(address)
        if reply.status_code != 200:
            assert reply.status_code < 500, address
            continue
        read_pages += 1
        text = read(reply)
        if leak := told(text, figures):
            found[address] = leak
        if reply.mimetype == "text/html":
            for href in re.findall(r'<a\b[^>]*?\bhref="(/[^"#]*)', text):
                waiting.append(urljoin(address, href))
    return found, read_pages


@pytest.mark.thorough
def test_no_page_list_or_file_tells_a_price(app: Any, hub: Hub, office: Office) -> None:
    client = app.test_client().sign_in(office.person, office.tenant)
    columns = {name: [c.name for c in every] for name, every in every_column(hub, office).items()}
    for name, chosen in columns.items():
        client.post("/" + name.replace(".", "/") + "/columns", data={"column": chosen})
    found, pages = walk(client, starts(hub, office), office.figures)
    assert found == {}
    assert pages > 200


def every_column(hub: Hub, office: Office) -> dict[str, Any]:
    """All columns of each list, as somebody who sees all of them would choose them."""
    with hub.context(office.tenant, write=False) as ctx:
        return {name: all_columns(ctx, entity) for name, entity in ctx.registry.entities.items()}


@pytest.mark.once  # stored files are not copied with a company on the second engine
def test_no_document_tells_a_price_on_paper_on_the_command_line_or_in_its_order(
    hub: Hub, office: Office
) -> None:
    asked, papers = 0, set()
    with hub.context(office.tenant, write=False) as boss:
        orders = {
            name: [r.id for r in fetch_page(boss, e, ListQuery(sort="total")).rows]
            for name, e in boss.registry.entities.items()
        }
    with hub.context(office.tenant, office.person, write=False) as ctx:
        for name, entity in ctx.registry.entities.items():
            if not ctx.can(f"{name}.view"):
                continue
            page = fetch_page(ctx, entity, ListQuery(size=5), all_columns(ctx, entity))
            said = [str(list_cells(ctx, entity, page.columns, page.rows, page.values))]
            for row in page.rows:
                said += [str(describe_row(ctx, entity, row)), str(seen_history(ctx, entity, row.id))]
                for kind in printing.printable(ctx, entity):
                    said.append(documents.compose(ctx, kind.name, row, "en").html)
                    papers.add(kind.name)
                asked += 1
            assert told(" ".join(said), office.figures) == set(), name
            if "total" in {f.name for f in entity.fields}:
                by_total = [r.id for r in fetch_page(ctx, entity, ListQuery(sort="total")).rows]
                usual = [r.id for r in fetch_page(ctx, entity, ListQuery()).rows]
                assert by_total == usual, name
        assert orders
        assert asked > 20
        assert "receiving.receipt" in papers
        assert not papers & {"purchasing.order", "outsourcing.contract", "proforma.invoice"}
        for right in ("outsourcing.payment.view", "catalog.supplier_price.view", "purchasing.order.edit", "orders.order.edit",
                      "outsourcing.order.revise", "proforma.invoice.make"):  # fmt: skip
            assert not ctx.can(right), right


WITHOUT = {
    "a field of a list": ("purchasing.order", "field", "total"),
    "a figure": ("orders.order", "sees", "amount"),
    "what the trail calls it": ("outsourcing.order", "sees", "paid"),
}


@pytest.mark.parametrize("what", sorted(WITHOUT))
def test_a_declaration_that_is_missing_is_found(hub: Hub, office: Office, what: str) -> None:
    name, where, word = WITHOUT[what]
    entity = hub.registry.get(name)

    def said() -> set[str]:
        with hub.context(office.tenant, office.person, write=False) as ctx:
            page = fetch_page(ctx, entity, ListQuery(sort="id", size=3), all_columns(ctx, entity))
            texts = [str(list_cells(ctx, entity, page.columns, page.rows, page.values))]
            for row in page.rows:
                texts += [str(describe_row(ctx, entity, row)), str(seen_history(ctx, entity, row.id))]
            return told(" ".join(texts), office.figures)

    assert said() == set()
    if where == "field":
        spec = entity.field(word)
        right = spec.sees
        object.__setattr__(spec, "sees", "")
        try:
            assert said()
        finally:
            object.__setattr__(spec, "sees", right)
        return
    declared: dict[str, str] = entity.sees  # type: ignore[assignment]
    right = declared.pop(word)
    try:
        assert said()
    finally:
        declared[word] = right

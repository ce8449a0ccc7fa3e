"""What people of a partner post names nothing that they may not see: over every address that takes a form.

A form is built as somebody who sees everything would be shown it, so that it holds the ids of hidden rows; and every text of it
is filled with numbers of hidden documents. A route that finds a row by itself (``select(…).where(….number == typed)``)
instead of through ``get_row``, ``find_rows``, a reference field or ``ctx.scope`` fails here. The plugin ``factory_desk``
limits the rows (hook ``restrict``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import event, select

from core.data.db import TenantRow
from core.data.models import Grant, Role
from core.kernel import accounts, enablement
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.testing.states import States
from tests.core.webworld import Addresses

pytestmark = pytest.mark.thorough
DESKS = {
    "factory F01": (
        "outsourcing.order", "outsourcing.payment", "outsourcing.adjustment", "tna.timeline", "factory_stock.issue",
        "factory_stock.goods_in", "material_gate.override", "catalog.partner", "catalog.style", "claims.claim",
        "stock.document",
    ),
    "supplier S01, factory F01": (
        "purchasing.order", "outsourcing.order", "receiving.receipt", "receiving.return", "proforma.invoice",
        "claims.claim", "catalog.partner", "catalog.material",
    ),
    "customer C01": ("orders.order", "shipping.shipment", "stock.document", "catalog.partner", "catalog.style"),
}  # fmt: skip
"""Who they are, and what they have to do with: all rights on these, and none on other kinds."""
SHARED = ("catalog.partner", "catalog.style", "catalog.material")
"""Kinds that documents of everybody refer to: a row of theirs may change what belongs to a hidden one."""


@dataclass
class Desk:
    """A person of a partner, one of ours with the same rights, and the documents by kind: (what both see, what only we see)."""

    tenant: TenantInfo
    person: UserInfo
    boss: UserInfo
    kinds: tuple[str, ...]
    rows: dict[str, tuple[dict[int, str], dict[int, str]]] = field(default_factory=dict)


@pytest.fixture(scope="module", params=sorted(DESKS))
def desk(request: Any, hub: Hub, hub_states: States) -> Iterator[Desk]:
    kinds = DESKS[request.param]
    with hub_states.own_demo() as made:
        people = {}
        with hub.context(made) as ctx:
            enablement.enable_plugin(ctx, "factory_desk")
            email = f"desk@{made.code.lower()}.test"
            ctx.set_setting("factory_desk.people", {email: request.param})
            role = Role(code="desk", name="Desk")
            ctx.session.add(role)
            ctx.session.flush()
            rights = [p for p in ctx.registry.permissions if p.rpartition(".")[0] in kinds]
            ctx.session.insert_many(Grant, [{"role_id": role.id, "permission": p} for p in rights])
        for name in (email, f"boss@{made.code.lower()}.test"):
            accounts.create_user(hub, name, name.split("@")[0], "a long road to Taipei", locale="en")
            accounts.add_member(hub, made, name, ["desk"])
            people[name] = hub.user_info(name, made)
        person, boss = people.values()
        found = Desk(made, person, boss, kinds)
        for kind in kinds:
            entity = hub.registry.get(kind)
            asked = select(entity.model.id, getattr(entity.model, entity.key))
            with hub.context(made, boss, write=False) as ctx:
                every = dict(ctx.session.execute(asked).all())
            with hub.context(made, person, write=False) as ctx:
                seen = dict(ctx.session.execute(asked).all())
            found.rows[kind] = (seen, {i: k for i, k in every.items() if i not in seen})
        yield found


class Inputs(HTMLParser):
    """The inputs of the posted forms of a page, with what they hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.texts: set[str] = set()
        self._posted = False
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms that are posted; inputs, areas and lists of choices in them."""
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._posted = given.get("method") == "post"
        if not self._posted or name in ("csrf_token", "_key") or (not name and tag != "option"):
            return
        if tag == "input":
            kind = given.get("type") or "text"
            self.values.setdefault(name, given.get("value") or ("1" if kind == "checkbox" else ""))
            if kind in ("text", "search"):
                self.texts.add(name)
        elif tag == "textarea":
            self.values.setdefault(name, "")
            self.texts.add(name)
        elif tag == "select":
            self._select = name
            self.values.setdefault(name, "")
        elif tag == "option" and self._select and not self.values[self._select]:
            self.values[self._select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """A list of choices is over."""
        if tag == "select":
            self._select = ""


def addresses(app: Any, hub: Hub, desk: Desk) -> list[tuple[str, str]]:
    """(endpoint, address) of everything that takes a form: without a row, and with rows that this person sees."""
    known = Addresses(app, hub)
    found = []
    for rule, access in known.rules():
        if "POST" not in rule.methods or access.public or rule.endpoint.startswith(("security.", "admin_")):
            continue
        entity = known.entity(rule.endpoint)
        options: dict[str, list[Any]] = {}
        for argument in rule.arguments:
            if argument == "row_id" and entity is not None and entity.name in desk.rows:
                options[argument] = list(desk.rows[entity.name][0])[:3]
            elif argument == "po_id":
                options[argument] = list(desk.rows.get("purchasing.order", ({}, {}))[0])[:3]
            elif argument == "page" and entity is not None:
                options[argument] = known.choices(rule, argument, None)
            elif argument == "verb" and entity is not None:
                options[argument] = list(hub.registry.actions[entity.name])
            else:
                options[argument] = []
        names = sorted(options)
        with app.test_request_context():
            from flask import url_for

            for values in itertools.product(*(options[name] for name in names)):
                found.append((rule.endpoint, url_for(rule.endpoint, **dict(zip(names, values, strict=True)))))
    return found


@contextmanager
def found_by(hub: Hub, word: str) -> Iterator[list[str]]:
    """Statements that look for ``word`` and find a row."""
    hits: list[str] = []

    def again(conn: Any, _cursor: Any, statement: str, params: Any, _context: Any, many: bool) -> None:
        values = params.values() if isinstance(params, dict) else params
        if many or not statement.lstrip().startswith("SELECT"):
            return
        if not any(
            word in v if isinstance(v, list | tuple) else v == word or f'"{word}"' in str(v) for v in values
        ):
            return
        cursor = conn.connection.cursor()
        cursor.execute(statement, params)
        if any(any(row) for row in cursor.fetchmany(5)):
            hits.append(" ".join(statement.split()))
        cursor.close()

    event.listen(hub.engine, "after_cursor_execute", again)
    try:
        yield hits
    finally:
        event.remove(hub.engine, "after_cursor_execute", again)


def fill(hub: Hub, endpoint: str, page: Inputs, word: str) -> dict[str, str]:
    """The form with ``word`` in every text; the code of a new row stays, since a code that is taken is refused to everybody."""
    entity = next(
        (e for e in hub.registry.entities.values() if e.name.replace(".", "_") == endpoint.split(".")[0]),
        None,
    )
    own = {entity.key} if entity is not None and endpoint.endswith((".new", ".edit")) else set()
    return {name: word if name in page.texts - own else value for name, value in page.values.items()}


def test_what_is_typed_finds_nothing_hidden(app: Any, hub: Hub, desk: Desk) -> None:
    boss = app.test_client().sign_in(desk.boss, desk.tenant)
    client = app.test_client().sign_in(desk.person, desk.tenant)
    words = [next(iter(hidden.values())) for kind, (_s, hidden) in desk.rows.items() if hidden]
    assert len(words) >= 3
    tried, found = 0, {}
    for endpoint, url in addresses(app, hub, desk):
        reply = boss.get(url)
        page = Inputs(reply.text if reply.status_code == 200 else "")
        actions = {
            spec.name
            for kind in hub.registry.actions.values()
            for action in kind.values()
            if url.endswith(f"/do/{action.name}")
            for spec in action.all_fields()
        }
        page.texts |= actions - set(page.values)
        page.values |= dict.fromkeys(page.texts - set(page.values), "")
        for word in words if page.texts else ():
            with found_by(hub, word) as hits:
                reply = client.post(url, data=fill(hub, endpoint, page, word))
            assert reply.status_code not in (400, 500), url
            if hits:
                found[url] = (word, hits)
            tried += 1
    assert found == {}
    assert tried > 50


def hanging(hub: Hub, desk: Desk) -> dict[str, dict[int, Any]]:
    """Every row that refers to a hidden document or to a line of one, by table and id."""
    known: dict[str, set[int]] = {}
    kinds = {hub.registry.get(kind).model.table().name: kind for kind in desk.kinds}
    heads = {entity.model for entity in hub.registry.entities.values()}
    models = {
        m.class_.table().name: m.class_ for m in TenantRow.registry.mappers if issubclass(m.class_, TenantRow)
    }
    for table, kind in kinds.items():
        if kind not in SHARED:
            known[table] = set(desk.rows[kind][1])
    found: dict[str, dict[int, Any]] = {}
    with hub.context(desk.tenant, write=False) as ctx:
        for _depth in range(3):
            for table, model in models.items():
                for column in model.table().columns:
                    ids = known.get(column.info.get("ref", ""), set())
                    if not ids:
                        continue
                    rows = ctx.session.execute(
                        select(*model.table().c).where(
                            model.table().c.tenant_id == desk.tenant.id, column.in_(ids)
                        )
                    ).all()
                    for row in rows:
                        found.setdefault(table, {})[row.id] = tuple(row)
                        if model not in heads:
                            known.setdefault(table, set()).add(row.id)
    return found


def test_ids_of_hidden_rows_are_not_taken(app: Any, hub: Hub, desk: Desk) -> None:
    boss = app.test_client().sign_in(desk.boss, desk.tenant)
    client = app.test_client().sign_in(desk.person, desk.tenant)
    before, saved = hanging(hub, desk), 0
    assert before
    shared = tuple(kind.replace(".", "_") for kind in SHARED)
    for endpoint, url in addresses(app, hub, desk):
        reply = boss.get(url)
        if reply.status_code != 200 or endpoint.startswith(shared):
            continue
        page = Inputs(reply.text)
        kinds = {re.sub(r"\d+", "#", name) for name, value in page.values.items() if not value}
        for kind in (
            "",
            *sorted(kinds),
        ):  # one kind of input filled at a time: what is typed everywhere is refused
            more = {n: "1" for n, v in page.values.items() if not v and re.sub(r"\d+", "#", n) == kind}
            if client.post(url, data=page.values | more).status_code == 302:
                assert hanging(hub, desk) == before, (url, kind)
                saved += 1
    assert saved > 5

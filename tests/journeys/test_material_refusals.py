"""What must be refused in buying and stock: each input through the service and over HTTP, with a reason, nothing saved.

"Nothing" is counted: the rows of every table of the company are the same before and after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, Refused, run_action
from core.data import db
from core.entities import crud
from plugins.factory_stock.services import goods_lines
from plugins.outsourcing.services import rows as order_rows
from plugins.outsourcing.services.quantities import Codes
from plugins.receiving.services import receiving, returns
from plugins.stock.services import stores
from tests.journeys.steps import RECEIVING, bought, cell, inputs, line_id, receive, submit, version_of, words

D = Decimal
OCTOBER = date(2026, 10, 31)


@dataclass
class World:
    """Documents as they stand before anything wrong is tried; addresses, and ids of lines."""

    jersey: str
    rib: str
    closed: str
    receipt: str
    reversed: str
    issue: str
    goods: str
    medium: str

    def number(self, address: str) -> int:
        """The id at the end of an address."""
        return int(re.findall(r"\d+", address)[-1])


@pytest.fixture
def world(
    ordered: str, client_as: Callable[..., Any], ctx_as: Callable[..., AbstractContextManager[Ctx]]
) -> World:
    """300 kg jersey ordered, 120.5 there; rib complete; a line short-closed; a receipt reversed; drafts of an issue and of
    goods in; October closed."""
    purch, wh = client_as("purch"), client_as("wh")
    po = bought(purch)
    sheet = wh.get(RECEIVING).text
    one, two = line_id(sheet, "FAB-SJ160 NVY"), line_id(sheet, "FAB-RIB11 NVY")
    made = receive(
        wh, "2026-11-10", "DN-1", **{f"lines-{one}-received": "120.5", f"lines-{two}-received": "20"}
    )
    wrong = receive(wh, "2026-11-11", "DN-2", **{f"lines-{one}-received": "60"})
    submit(wh, f"{wrong}/do/reverse", reason="typed twice", on="")
    submit(
        purch,
        f"{po}/do/short_close",
        reason="no more of it",
        line="2",
        _version=version_of(purch, f"{po}/do/short_close"),
    )
    issue = submit(
        wh,
        "/factory_stock/issue/new",
        kind="issue",
        factory_order="FO-2026-0001",
        store="MAIN",
        day="2026-11-17",
    )
    submit(client_as("prod"), f"{ordered}/do/start")
    goods = submit(
        wh,
        "/factory_stock/goods_in/new",
        kind="goods_in",
        factory_order="FO-2026-0001",
        store="MAIN",
        day="2026-11-19",
    )
    submit(client_as("fin"), "/inventory/stock/periods/close", until=OCTOBER.isoformat())
    return World(one, one, two, made, wrong, issue, goods, cell(wh.get(goods).text, "NVY M Received"))


# --- through the services ------------------------------------------------------------------------------------------------


def service_receive(ctx: Ctx, w: World, line: str, qty: str, **more: Any) -> None:
    receipt = crud.get_row(ctx, ctx.registry.get("receiving.receipt"), w.number(w.receipt))
    given = [receiving.Received(int(line), D(qty), uom=more.pop("uom", ""), name=f"lines-{line}-")]
    made = receiving.draft(ctx, receipt.supplier, stores.default(ctx), given, **more)
    run_action(ctx, ctx.registry.get("receiving.receipt"), made, "post")


def service_return(ctx: Ctx, w: World, qty: str) -> None:
    receipt = crud.get_row(ctx, ctx.registry.get("receiving.receipt"), w.number(w.receipt))
    own = next(line.id for line in receipt.lines if line.line_id == int(w.jersey))
    made = returns.draft(ctx, receipt, [returns.GoingBack(own, D(qty), "defect", "stock", name="back-0-")])
    run_action(ctx, ctx.registry.get("receiving.return"), made, "post")


def service_reverse(ctx: Ctx, w: World) -> None:
    receipt = crud.get_row(ctx, ctx.registry.get("receiving.receipt"), w.number(w.reversed))
    run_action(
        ctx, ctx.registry.get("receiving.receipt"), receipt, "reverse", {"reason": "again", "on": None}
    )


def ledger_reverse(ctx: Ctx, w: World) -> None:
    ledger.reverse(
        ctx, entity="receiving.receipt", entity_id=w.number(w.reversed), on=ctx.today(), reason="again"
    )


def service_issue(ctx: Ctx, w: World, qty: str) -> None:
    issue = crud.get_row(ctx, ctx.registry.get("factory_stock.issue"), w.number(w.issue))
    entity = ctx.registry.get("factory_stock.issue")
    run_action(
        ctx, entity, issue, "lines", {"lines": [{"material": "FAB-SJ160", "color": "NVY", "qty": qty}]}
    )
    run_action(ctx, entity, issue, "post")


def service_goods(ctx: Ctx, w: World, pieces: int) -> None:
    row = crud.get_row(ctx, ctx.registry.get("factory_stock.goods_in"), w.number(w.goods))
    cells = order_rows.cells(ctx, [row.factory_order_id])
    at = next(c for c in cells if Codes(ctx, cells).label(c) == "NVY/M")
    typed = goods_lines.Typed(sizes={at.size_id: (pieces, 0)})
    goods_lines.save(ctx, row, {(at.line_id, at.color_id): typed})
    run_action(ctx, ctx.registry.get("factory_stock.goods_in"), row, "post")


# --- over HTTP -----------------------------------------------------------------------------------------------------------

Reply = tuple[Any, str, Mapping[str, str]]
"""The answer; the input that the reason must stand beside, "" for none; and what was typed, which must still be there."""


def http_receive(wh: Any, w: World, line: str, qty: str, day: str = "2026-11-20") -> Reply:
    typed = {
        f"lines-{line}-received": qty,
        f"lines-{w.jersey}-note": "beside it",
        "delivery_note": "DN-9",
        "received_on": day,
    }
    reply = wh.post(RECEIVING, data={"store": "MAIN", **typed})
    if line not in (w.jersey, w.closed):
        return reply, "", {k: v for k, v in typed.items() if line not in k}
    return reply, "received_on" if day < "2026-11" else f"lines-{line}-received", typed


def http_return(wh: Any, w: World, qty: str) -> Reply:
    page = f"{w.receipt}/return"
    typed = {"lines-0-qty": qty, "lines-0-note": "seen on the table"}
    form = {**inputs(wh.get(page).text), "kind": "credit", "lines-0-reason": "defect"}
    return wh.post(page, data={**form, **typed}), "lines-0-qty", typed


def http_reverse(wh: Any, w: World) -> Reply:
    return wh.post(f"{w.reversed}/do/reverse", data={"reason": "again", "on": ""}), "", {}


def http_issue(wh: Any, w: World, qty: str) -> Reply:
    form = inputs(wh.get(w.issue).text)
    first = next(n for n, v in form.items() if n.endswith("-_offer") and v.startswith("FAB-SJ160\t"))
    first = first.removesuffix("_offer")
    typed = {f"{first}qty": qty, f"{first}note": "for the cutter"}
    return wh.post(w.issue, data={**form, **typed, "_then": "post"}), f"{first}qty", typed


def http_goods(wh: Any, w: World, pieces: str) -> Reply:
    typed = {w.medium: pieces}
    return wh.post(w.goods, data={**inputs(wh.get(w.goods).text), **typed, "_then": "post"}), w.medium, typed


Service = Callable[[Ctx, World], None]
Http = Callable[[Any, World], Reply]
CASES: list[tuple[str, str, Service, Http]] = [
    ("more than the tolerance", "315.5 kg|195 kg with the 120.5 accepted before are more than the 315 allowed",
     lambda c, w: service_receive(c, w, w.jersey, "195"), lambda b, w: http_receive(b, w, w.jersey, "195")),
    ("an unknown line", "no such order line",
     lambda c, w: service_receive(c, w, "987654", "1"), lambda b, w: http_receive(b, w, "987654", "1")),
    ("a closed line", "short-closed",
     lambda c, w: service_receive(c, w, w.closed, "1"), lambda b, w: http_receive(b, w, w.closed, "1")),
    ("a wrong unit", "ordered in kg, not in yd",
     lambda c, w: service_receive(c, w, w.jersey, "10", uom="yd"), lambda b, w: http_receive(b, w, w.jersey, "10 yd")),
    ("a negative quantity", "not negative",
     lambda c, w: service_receive(c, w, w.jersey, "-1"), lambda b, w: http_receive(b, w, w.jersey, "-1")),
    ("zero", "The quantity is zero",
     lambda c, w: service_receive(c, w, w.jersey, "0"), lambda b, w: http_receive(b, w, w.jersey, "0")),
    ("too many decimals", "At most 3 decimals in kg",
     lambda c, w: service_receive(c, w, w.jersey, "1.0005"), lambda b, w: http_receive(b, w, w.jersey, "1.0005")),
    ("a closed period", "closed",
     lambda c, w: service_receive(c, w, w.jersey, "1", received_on=date(2026, 10, 30)),
     lambda b, w: http_receive(b, w, w.jersey, "1", "2026-10-30")),
    ("an issue beyond stock", "120.51 kg asked, 120.5 kept for it and 0 free",
     lambda c, w: service_issue(c, w, "120.51"), lambda b, w: http_issue(b, w, "120.51")),
    ("a negative issue", "more than zero|not negative",
     lambda c, w: service_issue(c, w, "-5"), lambda b, w: http_issue(b, w, "-5")),
    ("an issue too fine", "steps of 0.001",
     lambda c, w: service_issue(c, w, "1.00005"), lambda b, w: http_issue(b, w, "1.00005")),
    ("goods in beyond order and tolerance", "413 pieces, at most 412",
     lambda c, w: service_goods(c, w, 413), lambda b, w: http_goods(b, w, "413")),
    ("negative goods in", "not negative|cannot be negative|more than zero|whole pieces",
     lambda c, w: service_goods(c, w, -1), lambda b, w: http_goods(b, w, "-1")),
    ("a return larger than what is left", "121 kg are more than the 120.5 left of this receipt",
     lambda c, w: service_return(c, w, "121"), lambda b, w: http_return(b, w, "121")),
    ("a reversal of a reversal", "not possible|Reversed",
     service_reverse, http_reverse),
    ("a reversal of a reversal in the ledger", "reversed|not possible", ledger_reverse, http_reverse),
]  # fmt: skip


def rows(ctx: Ctx) -> dict[str, int]:
    """How many rows each table of the company has."""
    found = {}
    for table in db.tenant_tables():
        count = select(func.count()).select_from(table).where(table.c.tenant_id == ctx.tenant.id)
        found[table.name] = ctx.session.scalar(count)
    return found


def test_each_is_refused_with_a_reason_and_nothing_is_saved(
    world: World, client_as: Callable[..., Any], ctx_as: Callable[..., AbstractContextManager[Ctx]]
) -> None:
    wh = client_as("wh")
    with ctx_as("wh", write=False) as ctx:
        before = rows(ctx)
    assert sum(before.values()) > 500
    wrong: list[tuple[str, ...]] = []
    for what, said, service, http in CASES:
        try:
            with ctx_as("wh") as ctx:
                service(ctx, world)
            wrong.append((what, "the service took it"))
        except Refused as refused:
            told = "; ".join(str(p) for p in refused.problems)
            if not re.search(said, told, re.I):
                wrong.append((what, "the service says", told))
        reply, field, typed = http(wh, world)
        beside = re.search(rf'<span class="error" id="e-{field}">(.*?)</span>', reply.text)
        told = words(beside[1]) if beside else "" if field else words(reply.text)
        if reply.status_code not in (409, 422):
            wrong.append((what, f"the page answers {reply.status_code}"))
        elif not re.search(said, told, re.I):
            wrong.append((what, f"the page says beside {field!r}", told[:1500]))
        shown = inputs(reply.text)
        wrong += [(what, "was not kept", name) for name, value in typed.items() if shown.get(name) != value]
        with ctx_as("wh", write=False) as ctx:
            after = rows(ctx)
        wrong += [
            (what, "saved", name, f"{before[name]} → {n}") for name, n in after.items() if n != before[name]
        ]
    assert wrong == []


def test_a_delivery_sent_twice_is_one_posting(
    world: World, client_as: Callable[..., Any], ctx_as: Callable[..., AbstractContextManager[Ctx]]
) -> None:
    wh = client_as("wh")
    form = {
        "store": "MAIN",
        "received_on": "2026-11-20",
        f"lines-{world.jersey}-received": "10 kg",
        "_key": "t" * 24,
    }
    first = wh.post(RECEIVING, data=form)
    assert first.status_code == 302, words(first.text)
    with ctx_as("wh", write=False) as ctx:
        before = rows(ctx)
    again = wh.post(RECEIVING, data=form)
    assert (again.status_code, again.location) == (302, first.location)
    with ctx_as("wh") as ctx:
        receipt = crud.get_row(ctx, ctx.registry.get("receiving.receipt"), world.number(first.location))
        given = [receiving.Received(int(world.jersey), D(10))]
        same = receiving.draft(ctx, receipt.supplier, stores.default(ctx), given, key=receipt.key)
        assert same.id == receipt.id
        assert rows(ctx) == before
    with pytest.raises(Refused, match="not possible"), ctx_as("wh") as ctx:  # noqa: PT012 - the whole unit of work fails
        receipt = crud.get_row(ctx, ctx.registry.get("receiving.receipt"), world.number(first.location))
        run_action(ctx, ctx.registry.get("receiving.receipt"), receipt, "post")
    with ctx_as("wh", write=False) as ctx:
        assert rows(ctx) == before

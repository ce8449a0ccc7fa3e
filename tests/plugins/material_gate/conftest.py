"""An issued factory order whose need is known by heart, and quick ways to let its material come.

900 pieces of ST-1: navy 600, white 300, 300 of each size; 600 to US-LAX, 300 to DE-HAM, 24 in a carton.
FAB 1.2 m + 5 % by colour, kept in yd: NVY 756 m = 826.771… → 826.78, WHT 378 m = 413.385… → 413.39. LBL 1 + 2 % by
size: 306 each. BTN 6 + 3 %: 5,562. CTN: US-LAX 600 / 24 = 25, DE-HAM 300 / 24 = 12.5 → 13. Eight groups in all.
FAB is needed for cutting, LBL and BTN for sewing, CTN for packing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx
from core.testing.scenes import stage
from plugins.catalog.models import Material
from plugins.factory_stock.services import need
from plugins.material_gate.models import Override, Standing
from plugins.material_gate.services import summary
from plugins.material_gate.services.gate import Gate, of_document
from plugins.outsourcing.models import FactoryOrder
from plugins.receiving.models import Receipt
from plugins.stock.services import places, stores
from tests.plugins.factory_stock.conftest import item
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import D, bought, came, got, ids, line, one
from tests.plugins.purchasing.conftest import mill as mill

STAGES = {"LBL": "sewing", "BTN": "sewing", "CTN": "packing"}
FULL = {"S": 100, "M": 100, "L": 100}
NEED: dict[str, tuple[str, dict[str, str]]] = {
    "FAB NVY": ("826.78", {"color": "NVY"}),
    "FAB WHT": ("413.39", {"color": "WHT"}),
    "LBL S": ("306", {"size": "S"}),
    "LBL M": ("306", {"size": "M"}),
    "LBL L": ("306", {"size": "L"}),
    "BTN": ("5562", {}),
    "CTN US-LAX": ("25", {"dest": "US-LAX"}),
    "CTN DE-HAM": ("13", {"dest": "DE-HAM"}),
}
"""Group → required in stock units, and how a purchase line names it."""
Receipts = dict[str, Receipt]
"""What came, by group."""
MAKING = "outsourcing.order"


def issued(ctx: Ctx, so: Any, style: str = "ST-1") -> FactoryOrder:
    """A factory order for all of a style of the customer order."""
    row = made(ctx)
    do(ctx, row, "add_work", work=picked(so.number, style))
    if style != "ST-1":
        do(ctx, row, "set_price", style=style, price="3")
    do(ctx, row, "issue")
    return row


@stage
def so(mill: Ctx) -> Any:
    """The customer order; the materials have stages."""
    for code, needed_for in STAGES.items():
        one(mill, Material, code).gate_stage = needed_for
    return sold(
        mill,
        ("ST-1", "NVY", "US-LAX", FULL),
        ("ST-1", "WHT", "US-LAX", FULL),
        ("ST-1", "NVY", "DE-HAM", FULL),
    )


@stage
def fo(mill: Ctx, so: Any) -> FactoryOrder:
    """The factory order, issued; nothing has come."""
    return issued(mill, so)


def demand_of(ctx: Ctx, fo: FactoryOrder) -> int:
    """Its demand."""
    return need.demand_of(ctx, fo.id).id


def gate(ctx: Ctx, fo: FactoryOrder) -> Gate:
    """What the gate says."""
    return of_document(ctx, MAKING, fo.id)


def kept(ctx: Ctx, fo: FactoryOrder) -> dict[str, Any] | None:
    """What is kept of how the gate stands, as it lies in the table; None where nothing is."""
    columns = (getattr(Standing, name) for name in summary.KEPT)
    row = ctx.session.execute(select(*columns).where(Standing.demand_id == demand_of(ctx, fo))).one_or_none()
    return dict(zip(summary.KEPT, row, strict=True)) if row is not None else None


def computed(ctx: Ctx, fo: FactoryOrder) -> dict[str, Any] | None:
    """What ought to be kept: computed from receipts, need and stock."""
    return summary.compute(ctx, [demand_of(ctx, fo)]).get(demand_of(ctx, fo))


def short(ctx: Ctx, fo: FactoryOrder) -> dict[str, str]:
    """Groups that hold, and what they lack."""
    return {str(g.name): f"{g.short.normalize():f}" for g in gate(ctx, fo).short}


def arrive(
    ctx: Ctx, fo: FactoryOrder, group: str, qty: str = "", on: date | None = None, **more: Any
) -> Receipt:
    """A purchase order for one group, received: as much as is needed, or ``qty`` in purchase units."""
    [receipt] = _arrive_together(ctx, fo, {group: qty or _needed(group)}, on, **more).values()
    return receipt


def _needed(group: str) -> str:
    """What is needed, in purchase units: FAB comes in metres and BTN by the gross."""
    return {"FAB NVY": "757", "FAB WHT": "379", "BTN": "39"}.get(group, NEED[group][0])


def _arrive_together(
    ctx: Ctx, fo: FactoryOrder, groups: dict[str, str], on: date | None, **more: Any
) -> Receipts:
    """One purchase order for groups of one class, each received by itself."""
    main = {group.split()[0] == "FAB" for group in groups} == {True}
    po = bought(
        ctx,
        *(line(ctx, group.split()[0], qty, **NEED[group][1]) for group, qty in groups.items()),
        supplier="S1" if main else "S2",
        material_class="main" if main else "trim",
        factory_order=fo,
        order_date=on or ctx.today(),
    )
    return {
        group: came(ctx, po, got(line_id, groups[group]), received_on=on or ctx.today(), **more)
        for group, line_id in zip(groups, ids(ctx, po), strict=True)
    }


def all_but(ctx: Ctx, fo: FactoryOrder, *missing: str, on: date | None = None) -> Receipts:
    """Everything comes but these groups."""
    coming = {group: _needed(group) for group in NEED if group not in missing}
    main = {group: qty for group, qty in coming.items() if group.startswith("FAB")}
    trim = {group: qty for group, qty in coming.items() if group not in main}
    return {
        group: receipt
        for part in (main, trim)
        if part
        for group, receipt in _arrive_together(ctx, fo, part, on).items()
    }


@stage
def complete(mill: Ctx, fo: FactoryOrder) -> Receipts:
    """Everything has come."""
    return all_but(mill, fo)


@stage
def but_label(mill: Ctx, fo: FactoryOrder) -> Receipts:
    """Everything has come but the labels of one size."""
    return all_but(mill, fo, "LBL M")


@stage
def but_cartons(mill: Ctx, fo: FactoryOrder) -> Receipts:
    """Everything has come but the cartons."""
    return all_but(mill, fo, "CTN US-LAX", "CTN DE-HAM")


@stage
def but_german(mill: Ctx, fo: FactoryOrder) -> Receipts:
    """Everything has come but the cartons for Germany."""
    return all_but(mill, fo, "CTN DE-HAM")


def thing(ctx: Ctx, group: str, owner: int = 0) -> ledger.Item:
    """A group as the ledger knows it."""
    code, where = group.split()[0], NEED[group][1]
    plain = item(ctx, code, where.get("color", ""), where.get("size", ""), where.get("dest", ""))
    return ledger.Item("material", plain.id, plain.color_id, plain.size_id, plain.dest_id, "", owner)


def free(ctx: Ctx, group: str, qty: str, owner: int = 0) -> None:
    """Stock that belongs to no order."""
    store = stores.default(ctx)
    move = ledger.Move(
        "opening", thing(ctx, group, owner), ledger.Place("adjustment"), stores.place(store.id), D(qty)
    )
    ledger.post(ctx, [move], entity="stock.store", entity_id=store.id, on=date(2026, 10, 1))


def keep(ctx: Ctx, fo: FactoryOrder, group: str, qty: str, on: date | None = None, owner: int = 0) -> None:
    """Free stock is set aside for the order; below zero: set free again."""
    store, amount = stores.default(ctx), D(qty)
    ways = [stores.place(store.id), places.reserved(store.id, "outsourcing.order", fo.id)]
    source, target = ways if amount > 0 else reversed(ways)
    move = ledger.Move(
        "reserve" if amount > 0 else "release", thing(ctx, group, owner), source, target, abs(amount)
    )
    ledger.post(ctx, [move], entity="stock.document", entity_id=1, on=on or ctx.today())


def of(ctx: Ctx, fo_id: int) -> FactoryOrder:
    """The factory order in another context."""
    return ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.id == fo_id)).one()


def overrides(ctx: Ctx, fo: FactoryOrder) -> list[Override]:
    """Those of the order, the oldest first."""
    return list(
        ctx.session.scalars(
            select(Override).where(Override.demand_id == demand_of(ctx, fo)).order_by(Override.id)
        )
    )


@pytest.fixture
def cartons(mill: Ctx, fo: FactoryOrder, but_cartons: Receipts) -> FactoryOrder:
    """Only cartons are missing."""
    return fo

"""A factory order in production whose material is known by heart, and material in the store.

900 pieces of ST-1: navy 600 (300 to US-LAX, 300 to DE-HAM), white 300, 100 of each size, 24 in a carton.
FAB 0.2 kg a piece + 5 % by colour: NVY 126 kg, WHT 63 kg. LBL one a piece + 2 % by size: S 306, M 306, L 306.
CTN by destination: US-LAX 600 / 24 = 25, DE-HAM 300 / 24 = 12.5 → 13.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef, run_action
from core.entities import crud
from core.entities.recording import flush_rows
from core.testing.scenes import stage
from plugins.catalog.models import BomLine, Color, Destination, Material, Style
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import goods_lines
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import rows
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines
from plugins.stock.services import groups, stores
from tests.plugins.outsourcing.conftest import catalogue, made, picked, sold

TODAY = date(2026, 11, 23)
FULL = {"S": 100, "M": 100, "L": 100}


def do(ctx: Ctx, row: Any, action: str, **given: Any) -> Any:
    """Carry out an action the way screens do."""
    return run_action(ctx, ctx.registry.entity_for(row), row, action, given)


def started(ctx: Ctx, fo: FactoryOrder) -> None:
    """Production starts in spite of the material gate, where that is on: nothing is bought for it here."""
    do(ctx, fo, "start", override_code="partial", override_reason="nothing is bought in these tests")


def one(ctx: Ctx, model: Any, code: str) -> Any:
    """Master data by code."""
    return ctx.session.scalars(select(model).where(model.code == code)).one()


def materials(ctx: Ctx) -> None:
    """FAB (kg, by colour), LBL (pcs, by size), CTN, BTN (not in any consumption), and the consumption of ST-1."""
    style = one(ctx, Style, "ST-1")
    style.pcs_per_carton = 24
    made_of = {}
    for code, uom, step, colour, size in (
        ("FAB", "kg", "0.01", True, False),
        ("LBL", "pcs", "1", False, True),
        ("CTN", "pcs", "1", False, False),
        ("BTN", "pcs", "1", False, False),
    ):
        made_of[code] = Material(
            code=code, name=f"Material {code}", material_class="main" if code == "FAB" else "trim", stock_uom=uom,
            stock_step=Decimal(step), purchase_uom=uom, factor=Decimal(1), by_color=colour, by_size=size,
            gate_stage="cutting", composition="", notes="",
        )  # fmt: skip
    ctx.session.add_all(made_of.values())
    flush_rows(ctx.session)
    for n, (code, each, loss, color_rule, size_rule) in enumerate(
        (("FAB", "0.2", "5", "match", "none"), ("LBL", "1", "2", "none", "track"))
    ):
        ctx.session.add(
            BomLine(style_id=style.id, position=n, material_id=made_of[code].id, uom=made_of[code].stock_uom,
                    consumption=Decimal(each), wastage_pct=Decimal(loss), color_rule=color_rule, size_rule=size_rule)
        )  # fmt: skip
    flush_rows(ctx.session)


def item(ctx: Ctx, code: str, color: str = "", size: str = "", place: str = "", lot: str = "") -> ledger.Item:
    """A material as the ledger knows it."""
    return ledger.Item(
        "material", one(ctx, Material, code).id, one(ctx, Color, color).id if color else 0,
        groups.size_ids(ctx, [size])[size] if size else 0, one(ctx, Destination, place).id if place else 0, lot,
    )  # fmt: skip


def stock(
    ctx: Ctx, *given: tuple[ledger.Item, str], on: date = date(2026, 11, 1), document: EntityRef | None = None
) -> None:
    """Put material (or garments) into the main store; with ``document`` it is kept for that document."""
    store = stores.default(ctx)
    place = ledger.Place("reserved", store.id, document) if document else stores.place(store.id)
    ledger.post(
        ctx,
        [ledger.Move("opening", i, ledger.Place("adjustment"), place, Decimal(q)) for i, q in given],
        entity="stock.store",
        entity_id=store.id,
        on=on,
    )


def full_stock(ctx: Ctx) -> None:
    """What the factory order needs, and a little more: FAB NVY in two lots."""
    stock(
        ctx, (item(ctx, "FAB", "NVY", lot="A1"), "100"), (item(ctx, "FAB", "NVY", lot="A2"), "40"),
        (item(ctx, "FAB", "WHT"), "63"), *((item(ctx, "LBL", size=s), "400") for s in "SML"),
        (item(ctx, "CTN", place="US-LAX"), "30"), (item(ctx, "CTN", place="DE-HAM"), "10"), (item(ctx, "BTN"), "1000"),
    )  # fmt: skip


def paper(ctx: Ctx, fo: FactoryOrder, kind: str = "issue", day: date = TODAY) -> Issue:
    """An empty document, as the form makes it."""
    entity = ctx.registry.get("factory_stock.issue")
    row: Issue = crud.save_row(
        ctx, entity, None, {"kind": kind, "factory_order": fo, "store": None, "day": day}
    )
    return row


def typed(*lines: dict[str, str]) -> list[dict[str, str]]:
    """Lines as typed."""
    return list(lines)


def sent(ctx: Ctx, fo: FactoryOrder, *lines: dict[str, str], kind: str = "issue", day: date = TODAY) -> Issue:
    """A posted document; without lines everything that is needed and there."""
    row = paper(ctx, fo, kind, day)
    if lines:
        do(ctx, row, "lines", lines=typed(*lines))
    else:
        do(ctx, row, "fill")
    do(ctx, row, "post")
    return row


def fab(qty: str, color: str = "NVY", lot: str = "A1", **more: str) -> dict[str, str]:
    """A line of fabric."""
    return {"material": "FAB", "color": color, "lot": lot if color == "NVY" else "", "qty": qty, **more}


def at_factory(ctx: Ctx, fo: FactoryOrder, code: str) -> dict[str, Decimal]:
    """What of a material the ledger has at the factory, by colour and lot."""
    found = {}
    for (thing, place), qty in ledger.balances(ctx, item_kind="material", place_kinds=["factory"]).items():
        if thing.id == one(ctx, Material, code).id and place.document == EntityRef(
            "outsourcing.order", fo.id
        ):
            colors = {c.id: c.code for c in ctx.session.scalars(select(Color))}
            found[f"{colors.get(thing.color_id, '')}{thing.lot}"] = qty
    return found


Grid = dict[tuple[int, str], dict[str, int | tuple[int, int]]]


def came(
    ctx: Ctx,
    fo: FactoryOrder,
    grid: Grid,
    kind: str = "goods_in",
    day: date = TODAY,
    post: bool = True,
    **given: str,
) -> GoodsIn:
    """Goods in: (line number, colour) → pieces by size, or (received, rejected)."""
    entity = ctx.registry.get("factory_stock.goods_in")
    row: GoodsIn = crud.save_row(
        ctx, entity, None, {"kind": kind, "factory_order": fo, "store": None, "day": day}
    )
    goods_lines.save(ctx, row, cells(ctx, fo, grid))
    if post:
        do(ctx, row, "post", **given)
    return row


def cells(ctx: Ctx, fo: FactoryOrder, grid: Grid) -> dict[tuple[int, int], goods_lines.Typed]:
    """The grid with ids."""
    lines = {line.position: line for line in rows.lines(ctx, fo)}
    found = {}
    for (position, color), sizes in grid.items():
        found[lines[position].id, one(ctx, Color, color).id] = goods_lines.Typed(
            sizes={
                size_id(ctx, code): qty if isinstance(qty, tuple) else (qty, 0) for code, qty in sizes.items()
            }
        )
    return found


def size_id(ctx: Ctx, code: str) -> int:
    """A size of the only run."""
    return groups.size_ids(ctx, [code])[code]


def garment(ctx: Ctx, color: str, size: str, lot: str = "") -> ledger.Item:
    """ST-1 in the ledger."""
    return ledger.Item(
        "garment", one(ctx, Style, "ST-1").id, one(ctx, Color, color).id, size_id(ctx, size), lot=lot
    )


def shipped(
    ctx: Ctx, so: Any, grid: dict[str, dict[str, int]], place: str = "US-LAX", **given: Any
) -> Shipment:
    """A draft shipment of ST-1: colour → pieces by size."""
    entity = ctx.registry.get("shipping.shipment")
    row: Shipment = crud.save_row(
        ctx, entity, None,
        {"customer_order": so, "destination": one(ctx, Destination, place), "store": None, "day": TODAY, **given},
    )  # fmt: skip
    lines = {
        (line.order_style.style.code, line.color.code): line
        for line in shipping_lines.order_lines(ctx, so.id, row.destination_id)
    }
    shipping_lines.save(
        ctx, row,
        {(lines["ST-1", color].id, size_id(ctx, s)): qty for color, sizes in grid.items() for s, qty in sizes.items()},
    )  # fmt: skip
    return row


def messages(caught: Any) -> str:
    """Everything a refusal says."""
    return "; ".join(str(p) for p in caught.value.problems)


def fields(caught: Any) -> set[str]:
    """Where it says it."""
    return {p.field for p in caught.value.problems}


@stage
def shop(ctx: Ctx) -> Ctx:
    """The system's context with catalogue and materials."""
    catalogue(ctx)
    materials(ctx)
    return ctx


@stage
def so(shop: Ctx) -> Any:
    """The customer order."""
    return sold(
        shop,
        ("ST-1", "NVY", "US-LAX", FULL),
        ("ST-1", "WHT", "US-LAX", FULL),
        ("ST-1", "NVY", "DE-HAM", FULL),
    )


@stage
def draft(shop: Ctx, so: Any) -> FactoryOrder:
    """The factory order as a draft."""
    order = made(shop)
    do(shop, order, "add_work", work=picked(so.number, "ST-1"))
    return order


@stage
def fo(shop: Ctx, draft: FactoryOrder) -> FactoryOrder:
    """The factory order in production, with the store full."""
    do(shop, draft, "issue")
    started(shop, draft)
    full_stock(shop)
    return draft


def total(values: Iterable[Decimal]) -> Decimal:
    """Their sum."""
    return sum(values, Decimal(0))

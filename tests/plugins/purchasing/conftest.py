"""Materials with units, minimums and consumption, two suppliers, and an issued factory order that needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef, run_action
from core.entities import crud
from core.entities.recording import flush_rows
from core.testing.scenes import stage
from plugins.catalog.models import Color, Destination, Material, Partner, Style
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines, positions, purposes
from plugins.purchasing.services.inputs import LineInput
from plugins.receiving.models import Receipt
from plugins.receiving.services import receiving
from plugins.stock.services import demands, stores
from tests.plugins.catalog.consumption import save_bom
from tests.plugins.outsourcing.conftest import catalogue, do, made, picked, sold

D = Decimal
MATERIALS: dict[str, dict[str, Any]] = {
    "FAB": {"material_class": "main", "stock_uom": "yd", "purchase_uom": "m", "factor": D("1.093613"), "by_color": True,
            "moq": D(100), "multiple": D(50), "lead_days": 20, "gsm": D(125), "width_in": D(57)},
    "KNT": {"material_class": "main", "stock_uom": "kg", "purchase_uom": "kg", "by_color": True, "gsm": D(160),
            "width_in": D(71)},
    "LBL": {"material_class": "trim", "stock_uom": "pcs", "purchase_uom": "pcs", "by_size": True, "moq": D(500),
            "multiple": D(100)},
    "BTN": {"material_class": "trim", "stock_uom": "pcs", "purchase_uom": "gross", "factor": D(144), "moq": D(5),
            "multiple": D(1)},
    "CTN": {"material_class": "trim", "stock_uom": "pcs", "purchase_uom": "pcs", "moq": D(50), "multiple": D(10)},
}  # fmt: skip


def goods(ctx: Ctx) -> None:
    """Suppliers S1 (main) and S2 (trims), the materials, and what a piece of ST-1 takes."""
    ctx.session.add_all(
        [Partner(code=c, name=f"Supplier {c}", is_supplier=True, currency="USD") for c in ("S1", "S2")]
    )
    flush_rows(ctx.session)
    sellers = {p.code: p for p in ctx.session.scalars(select(Partner).where(Partner.is_supplier))}
    for code, data in MATERIALS.items():
        seller = sellers["S1" if data["material_class"] == "main" else "S2"]
        step = D(1) if data["stock_uom"] == "pcs" else D("0.01")
        ctx.session.add(
            Material(**{"factor": D(1), "gate_stage": "cutting", **data}, code=code, name=f"Material {code}",
                     stock_step=step, supplier_id=seller.id, supplier=seller)
        )  # fmt: skip
    flush_rows(ctx.session)
    style = one(ctx, Style, "ST-1")
    style.pcs_per_carton = 24
    save_bom(
        ctx, style,
        [
            {"material": "FAB", "uom": "m", "consumption": "1.2", "wastage_pct": "5", "color_rule": "match"},
            {"material": "LBL", "uom": "pcs", "consumption": "1", "wastage_pct": "2", "color_rule": "none",
             "size_rule": "track"},
            {"material": "BTN", "uom": "pcs", "consumption": "6", "wastage_pct": "3", "color_rule": "none"},
        ],
    )  # fmt: skip


def one(ctx: Ctx, model: type[Any], code: str, attr: str = "code") -> Any:
    """The row with this code."""
    return ctx.session.scalars(select(model).where(getattr(model, attr) == code)).one()


def order(ctx: Ctx, supplier: str = "S1", material_class: str = "main", **data: Any) -> PurchaseOrder:
    """An empty draft, as the form makes it."""
    if "factory_order" in data:
        data["made_for"] = data.pop("factory_order").number
    row: PurchaseOrder = crud.save_row(
        ctx, ctx.registry.get("purchasing.order"), None,
        {"supplier": one(ctx, Partner, supplier), "material_class": material_class, "order_date": ctx.today(), **data},
    )  # fmt: skip
    return row


def line(
    ctx: Ctx,
    material: str,
    qty: str,
    *,
    color: str = "",
    dest: str = "",
    price: str | None = "2",
    **more: Any,
) -> LineInput:
    """A line as typed; ``allocations`` by factory order."""
    if "allocations" in more:
        more["allocations"] = bought_for(more["allocations"])
    return LineInput(
        material=one(ctx, Material, material), qty=D(qty), color=one(ctx, Color, color) if color else None,
        destination=one(ctx, Destination, dest) if dest else None, price=D(price) if price is not None else None, **more,
    )  # fmt: skip


def bought_for(shares: Mapping[int, Decimal]) -> dict[EntityRef, Decimal]:
    """What a line is bought for, by factory order."""
    return {EntityRef("outsourcing.order", id): qty for id, qty in shares.items()}


def shares_of(ctx: Ctx, row: PurchaseLine) -> list[tuple[int, Decimal]]:
    """(factory order, quantity) that a line is bought for."""
    return [(p.ref.id, p.qty) for p in purposes.of_lines(ctx, [row.id])[row.id]]


def demanded(ctx: Ctx, *orders: FactoryOrder) -> list[int]:
    """The demands of factory orders."""
    return list(demands.ids_of(ctx, "outsourcing.order", [o.id for o in orders]).values())


def bought(
    ctx: Ctx, *wanted: LineInput, supplier: str = "S1", material_class: str = "main", **data: Any
) -> PurchaseOrder:
    """An issued order with these lines."""
    row = order(ctx, supplier, material_class, **data)
    lines.save(ctx, row, list(wanted))
    do(ctx, row, "issue")
    return row


def ids(ctx: Ctx, row: PurchaseOrder) -> list[int]:
    """Ids of its lines, in order."""
    return list(
        ctx.session.scalars(
            select(PurchaseLine.id).where(PurchaseLine.order_id == row.id).order_by(PurchaseLine.position)
        )
    )


def came(ctx: Ctx, row: PurchaseOrder, *given: receiving.Received, post: bool = True, **more: Any) -> Receipt:
    """A delivery against an order, posted."""
    receipt = receiving.draft(ctx, row.supplier, stores.default(ctx), list(given), **more)
    if post:
        run_action(ctx, ctx.registry.get("receiving.receipt"), receipt, "post")
    return receipt


def got(line_id: int, received: str, rejected: str = "0", **more: Any) -> receiving.Received:
    """What came against a line."""
    return receiving.Received(line_id, D(received), D(rejected), name=f"lines-{line_id}-", **more)


def at(ctx: Ctx, row: PurchaseOrder, number: int = 1) -> positions.Position:
    """Where a line stands."""
    line_id = ids(ctx, row)[number - 1]
    return positions.of_lines(ctx, [line_id])[line_id]


def left(ctx: Ctx, row: PurchaseOrder, number: int = 1) -> Decimal:
    """The balance of a line."""
    found = lines.purchase_lines(ctx, row.id)[number - 1]
    return positions.balance(found, at(ctx, row, number))


def stock(
    ctx: Ctx, kinds: Iterable[str] = ("store", "inspection", "rejected")
) -> dict[tuple[str, str], Decimal]:
    """What the ledger says: (material, kind of place) → stock units."""
    codes = {m.id: m.code for m in ctx.session.scalars(select(Material))}
    found: dict[tuple[str, str], Decimal] = {}
    for (item, place), qty in ledger.balances(ctx, item_kind="material", place_kinds=tuple(kinds)).items():
        key = (codes[item.id], place.kind)
        found[key] = found.get(key, D(0)) + qty
    return found


@stage
def mill(ctx: Ctx) -> Ctx:
    """The system's context with catalogue, suppliers and materials."""
    catalogue(ctx)
    goods(ctx)
    return ctx


@stage
def fo(mill: Ctx) -> FactoryOrder:
    """Issued: 600 navy and 300 white of ST-1, 600 of them to the US and 300 to Germany."""
    full = {"S": 100, "M": 100, "L": 100}
    so = sold(
        mill,
        ("ST-1", "NVY", "US-LAX", full),
        ("ST-1", "WHT", "US-LAX", full),
        ("ST-1", "NVY", "DE-HAM", full),
    )
    row = made(mill)
    do(mill, row, "add_work", work=picked(so.number, "ST-1"))
    do(mill, row, "issue")
    return row

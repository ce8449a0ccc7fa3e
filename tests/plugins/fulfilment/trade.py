"""A trading company for tests: an order of styles of several vendors, with a purchase order for each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, run_action, save_row
from core.db import flush_rows
from core.kernel import enablement
from plugins.catalog.testing import make_partner
from plugins.fulfilment.models import Allocation, GoodsReturn, Settlement, Sheet
from plugins.fulfilment.services import rows
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.words import RETURN, SETTLEMENT, SHEET
from plugins.orders.models import CustomerOrder, OrderLine
from plugins.orders.testing import make_order
from plugins.purchasing.api import LineInput, PurchaseLine, PurchaseOrder, lines
from plugins.stock.api import stores

Pieces = Mapping[str, int]
VENDORS = {"ST-1": "V1", "ST-2": "V2", "ST-3": "V3"}


def goods_alone(ctx: Ctx) -> None:
    """Nobody asks for money: goods alone clear an order."""
    if "invoicing" in ctx.enabled:
        enablement.disable_plugin(ctx, "invoicing")


def sold(ctx: Ctx, *wanted: tuple[str, str, str, dict[str, int]], price: str = "5") -> CustomerOrder:
    """A confirmed order, each of its styles bought from the vendor that makes it, half the price."""
    order = make_order(ctx, *wanted, price=price)
    for vendor in dict.fromkeys(VENDORS[style] for style, *_rest in wanted):
        buy(ctx, order, vendor)
    return order


def buy(ctx: Ctx, order: CustomerOrder, vendor: str, issue: bool = True) -> PurchaseOrder:
    """An issued purchase order for what this vendor makes of an order, allotted to it."""
    po: PurchaseOrder = save_row(
        ctx, ctx.registry.get("purchasing.order"), None,
        {"supplier": make_partner(ctx, vendor, supplier=True), "material_class": "goods", "order_date": ctx.today()},
    )  # fmt: skip
    mine = [
        (line, size)
        for line in ctx.session.scalars(
            select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
        )
        for size in line.sizes
        if VENDORS[line.order_style.style.code] == vendor and size.qty
    ]
    lines.save(
        ctx, po,
        [
            LineInput(None, Decimal(size.qty), line.color, size.size.code, line.destination, price=Decimal("2.50"),
                      style=line.order_style.style)
            for line, size in mine
        ],
    )  # fmt: skip
    bought = ctx.session.scalars(
        select(PurchaseLine).where(PurchaseLine.order_id == po.id).order_by(PurchaseLine.position)
    ).all()
    for (line, size), to in zip(mine, bought, strict=True):
        ctx.session.add(
            Allocation(order_line_id=line.id, size_id=size.size_id, purchase_line_id=to.id, qty=size.qty)
        )
    flush_rows(ctx.session)
    if issue:
        run_action(ctx, ctx.registry.get("purchasing.order"), po, "issue")
    return po


def row_of(ctx: Ctx, order: CustomerOrder, style: str = "ST-1") -> Row:
    """The row of a style of an order."""
    return next(row for row in rows.of_orders(ctx, [order.id]) if row.style == style)


def came(
    ctx: Ctx, order: CustomerOrder, *typed: tuple[str, Mapping[str, Any]], place: str = "vendor", again: bool = False,
    post: bool = True, final: bool = False, reason: str = "",
) -> Sheet:  # fmt: skip
    """A sheet on which these pieces came: (style, {size: pieces or (received, damaged)})."""
    entity = ctx.registry.get(SHEET)
    sheet: Sheet = save_row(
        ctx,
        entity,
        None,
        {"customer_order": order, "place": place, "store": stores.default(ctx), "day": ctx.today()},
    )
    run_action(ctx, entity, sheet, "lines", {"lines": [_came(ctx, order, *each, again) for each in typed]})
    if post or final:
        run_action(ctx, entity, sheet, "post", {"over_reason": reason})
    if final:
        run_action(ctx, entity, sheet, "finalise")
    return sheet


def _came(
    ctx: Ctx, order: CustomerOrder, style: str, sizes: Mapping[str, Any], again: bool
) -> dict[str, Any]:
    row = row_of(ctx, order, style)
    pairs = {size: n if isinstance(n, tuple) else (n, 0) for size, n in sizes.items()}
    return {
        "order": order.number, "line": row.position + 1, "purchase_order": row.po, "replacement": again,
        "sizes": [{"size": size, "received": str(n), "damaged": str(bad)} for size, (n, bad) in pairs.items()],
    }  # fmt: skip


def went_back(
    ctx: Ctx, order: CustomerOrder, style: str, sizes: Pieces, *, bearer: str = "seller", remedy: str = "credit",
    fate: str = "scrap", reason: str = "defect", source: str = "customer", post: bool = True,
) -> GoodsReturn:  # fmt: skip
    """A return of these pieces."""
    entity, row = ctx.registry.get(RETURN), row_of(ctx, order, style)
    made: GoodsReturn = save_row(
        ctx, entity, None,
        {"customer_order": order, "bearer": bearer, "remedy": remedy, "fate": fate, "source": source, "day": ctx.today(),
         "store": stores.default(ctx)},
    )  # fmt: skip
    line = {
        "line": row.position + 1,
        "purchase_order": row.po,
        "reason": reason,
        "sizes": [{"size": size, "qty": str(n)} for size, n in sizes.items()],
    }
    run_action(ctx, entity, made, "lines", {"lines": [line]})
    if post:
        run_action(ctx, entity, made, "post")
    return made


def settled(
    ctx: Ctx, order: CustomerOrder, style: str, sizes: Pieces, kind: str = "credit", /, **more: Any
) -> Settlement:
    """A settlement of these pieces, posted."""
    entity = ctx.registry.get(SETTLEMENT)
    made: Settlement = save_row(
        ctx, entity, None, {"customer_order": order, "day": ctx.today(), "store": more.pop("store", None)}
    )
    line = {
        "line": row_of(ctx, order, style).position + 1,
        "kind": kind,
        "sizes": [{"size": size, "qty": str(n)} for size, n in sizes.items()],
        **more,
    }
    run_action(ctx, entity, made, "lines", {"lines": [line]})
    run_action(ctx, entity, made, "post")
    return made

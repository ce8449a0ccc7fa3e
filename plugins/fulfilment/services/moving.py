"""A part of a draft goes to another vendor, with the pieces of customer orders that it was bought for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, save_row
from core.db import among
from plugins.catalog.api import Partner, best_price, goods_prices
from plugins.fulfilment.models import Allocation
from plugins.fulfilment.services import keeping
from plugins.fulfilment.words import PURCHASE_ORDER
from plugins.orders.api import OrderLine
from plugins.purchasing.api import GOODS, Goods, PurchaseLine, PurchaseOrder, add_goods, lines


@dataclass(frozen=True)
class Part:
    """Pieces of a line that go. ``price``: what the other vendor asks; None: as its price list says."""

    line: PurchaseLine
    qty: int
    price: Decimal | None = None
    name: str = ""


def move(ctx: Ctx, po: PurchaseOrder, vendor: Partner, parts: Sequence[Part]) -> PurchaseOrder:
    """Take parts of a draft to the vendor's newest draft that goes to the same place and buys for the same orders, else to a
    new one. What orders are waiting for goes first, the newest allocation before older ones. Refused with every part that is
    more than its line or has no price, and where the vendor is the same."""
    if vendor.id == po.supplier_id:
        raise Refused(T("{vendor} has it already.", vendor=vendor.code), "vendor")
    priced, problems = _priced(ctx, po, vendor, parts)
    for part in parts:
        if part.qty > part.line.qty:
            problems.append(Problem(T("The line has {n}.", n=int(part.line.qty)), f"{part.name}qty"))
    if problems:
        raise Refused(problems)
    held = keeping.on_lines(ctx, [part.line.id for part in parts])
    target = _draft(ctx, po, vendor, held) or _new(ctx, po, vendor)
    taken = {part.line.id: _taken(held[part.line.id], part.qty) for part in parts}
    keeping.change(ctx, {row.id: -qty for found in taken.values() for row, qty in found})
    _shrink(ctx, po, {part.line.id: part.qty for part in parts})
    made = add_goods(ctx, {target: priced})
    wanted: dict[keeping.Pair, int] = defaultdict(int)
    for part, line_id in zip(parts, made[target.id], strict=True):
        for row, qty in taken[part.line.id]:
            wanted[row.order_line_id, row.size_id, line_id] += qty
    keeping.put(ctx, wanted)
    return target


def _taken(rows: Sequence[Allocation], qty: int) -> list[tuple[Allocation, int]]:
    found = []
    for row in reversed(rows):
        if qty > 0:
            found.append((row, min(row.qty, qty)))
            qty -= min(row.qty, qty)
    return found


def _priced(
    ctx: Ctx, po: PurchaseOrder, vendor: Partner, parts: Sequence[Part]
) -> tuple[list[Goods], list[Problem]]:
    pieces: dict[int, int] = defaultdict(int)
    for part in parts:
        pieces[part.line.style_id or 0] += part.qty
    listed = goods_prices(ctx, pieces, ctx.today())
    found, problems = [], []
    for part in parts:
        style = part.line.style
        assert style is not None
        price = part.price
        if price is None:
            own = [
                r for r in listed.get(style.id, ()) if r.vendor_id == vendor.id and r.currency == po.currency
            ]
            row = best_price(own, pieces[style.id], ctx.today())
            price = row.price if row is not None else None
        if price is None:
            said = T("{vendor} has no price for {style} in {currency}: type it.", vendor=vendor.code, style=style.code,
                     currency=po.currency)  # fmt: skip
            problems.append(Problem(said, f"{part.name}price"))
            continue
        found.append(
            Goods(style, part.line.color_id or 0, part.line.size_id or 0, part.line.destination_id, part.qty, price,
                  part.line.required_date)
        )  # fmt: skip
    return found, problems


def _draft(
    ctx: Ctx, po: PurchaseOrder, vendor: Partner, held: dict[int, list[Allocation]]
) -> PurchaseOrder | None:
    mine = {row.order_line_id for rows in held.values() for row in rows}
    if not mine:
        return None
    a, line, order, sold = Allocation, PurchaseLine, PurchaseOrder, OrderLine
    orders = set(ctx.session.scalars(select(sold.order_id).where(among(sold.id, mine))))
    return ctx.session.scalar(
        select(order)
        .join(line, (line.order_id == order.id) & (line.tenant_id == order.tenant_id))
        .join(a, (a.purchase_line_id == line.id) & (a.tenant_id == line.tenant_id))
        .join(sold, (sold.id == a.order_line_id) & (sold.tenant_id == a.tenant_id))
        .where(
            order.state == "draft", order.material_class == GOODS, order.supplier_id == vendor.id,
            order.currency == po.currency, order.delivery_place == po.delivery_place, among(sold.order_id, orders),
        )
        .order_by(order.id.desc())
        .limit(1)
    )  # fmt: skip


def _new(ctx: Ctx, po: PurchaseOrder, vendor: Partner) -> PurchaseOrder:
    values = {
        "supplier": vendor,
        "material_class": GOODS,
        "currency": po.currency,
        "order_date": ctx.today(),
        "required_date": po.required_date if po.required_date and po.required_date >= ctx.today() else None,
        "delivery_place": po.delivery_place,
    }
    made: PurchaseOrder = save_row(ctx, ctx.registry.get(PURCHASE_ORDER), None, values)
    return made


def _shrink(ctx: Ctx, po: PurchaseOrder, by: dict[int, int]) -> None:
    inputs = [replace(given, qty=given.qty - by.get(given.id, 0)) for given in lines.as_inputs(ctx, po.id)]
    lines.save(ctx, po, [given for given in inputs if given.qty > 0])

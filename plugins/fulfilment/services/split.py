"""分單: what of a customer order nobody was asked for yet becomes draft purchase orders, one for each vendor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, save_row
from core.db import among, keyed_rows
from plugins.catalog.api import Destination, Style, goods_prices
from plugins.fulfilment.models import Allocation, Context, OrderContext
from plugins.fulfilment.services import needs, vendors
from plugins.fulfilment.services.allocations import allocations
from plugins.fulfilment.services.needs import Need
from plugins.fulfilment.services.vendors import Choice, Offers
from plugins.fulfilment.words import PURCHASE_ORDER
from plugins.orders.api import CustomerOrder, lock_orders
from plugins.purchasing.api import GOODS, Goods, PurchaseLine, PurchaseOrder, add_goods


class Ask(NamedTuple):
    """What one purchase order is made for: a vendor, a currency, and a destination where the vendor ships there itself."""

    vendor_id: int
    currency: str
    destination_id: int | None


@dataclass(frozen=True)
class StyleNeed:
    """A style of the order that nobody was asked for: pieces, and what vendors offer."""

    style: Style
    qty: int
    offers: Offers


def business_context(ctx: Ctx, order_id: int) -> Context | None:
    """The context that an order is sold in."""
    return ctx.session.scalar(
        select(Context)
        .join(
            OrderContext,
            (OrderContext.business_context_id == Context.id) & (OrderContext.tenant_id == Context.tenant_id),
        )
        .where(OrderContext.row_id == order_id)
    )


def offered(ctx: Ctx, order: CustomerOrder) -> bool:
    """May it be split: something is missing of a confirmed order that is traded? It is where it has a business context, or
    where a vendor has a price for what is missing."""
    if order.state != "confirmed":
        return False
    styles = {need.style_id for need in needs.missing(ctx, order.id)}
    if not styles:
        return False
    return business_context(ctx, order.id) is not None or bool(goods_prices(ctx, styles, ctx.today()))


def proposal(ctx: Ctx, order: CustomerOrder) -> list[StyleNeed]:
    """By style, in the order of the lines, what is missing and who may make it. A fixed number of queries."""
    found = vendors.for_needs(ctx, needs.missing(ctx, order.id))
    styles = keyed_rows(ctx.session, Style, found)
    return [StyleNeed(styles[each], offers.qty, offers) for each, offers in found.items()]


def split(ctx: Ctx, order: CustomerOrder, typed: Mapping[int, Choice]) -> list[PurchaseOrder]:
    """Ask vendors for what is missing: by style (id) as typed, else as proposed. The orders that were made or got more.

    What is missing goes behind the lines of the draft that the same vendor has of this order already. Refused with every style
    that nobody has a price for, and where nothing is missing. The number of statements depends on vendors, not on lines.
    """
    lock_orders(ctx, [order.id])
    wanted = needs.missing(ctx, order.id)
    if not wanted:
        raise Refused(T("Every piece of {number} is bought or made already.", number=order.number))
    chosen, styles = _chosen(ctx, order, typed)
    context = business_context(ctx, order.id)
    direct = context is not None and context.ships_via == "vendor"
    parts: dict[Ask, list[Need]] = defaultdict(list)
    for need in wanted:
        choice = chosen[need.style_id]
        parts[Ask(choice.vendor.id, choice.currency, need.destination_id if direct else None)].append(need)
    drafts = _drafts(ctx, order, direct=direct)
    places = _places(ctx, parts)
    asked = {
        drafts.get(ask)
        or _new(ctx, chosen[found[0].style_id], found, places.get(ask.destination_id or 0)): found
        for ask, found in parts.items()
    }
    goods = {
        po: [
            Goods(styles[n.style_id], n.color_id, n.size_id, n.destination_id, n.rest, chosen[n.style_id].price, n.ship_date)
            for n in found
        ]
        for po, found in asked.items()
    }  # fmt: skip
    made = add_goods(ctx, goods)
    ctx.session.insert_many(
        Allocation,
        [
            {"order_line_id": n.line_id, "size_id": n.size_id, "purchase_line_id": line, "qty": n.rest}
            for po, found in asked.items()
            for n, line in zip(found, made[po.id], strict=True)
        ],
    )
    return list(asked)


def _chosen(
    ctx: Ctx, order: CustomerOrder, typed: Mapping[int, Choice]
) -> tuple[dict[int, Choice], dict[int, Style]]:
    found: dict[int, Choice] = {}
    problems, styles = [], {}
    for each in proposal(ctx, order):
        styles[each.style.id] = each.style
        choice = typed.get(each.style.id) or each.offers.first
        if choice is None and each.offers.choices:
            vendor = each.offers.choices[0].vendor.code
            problems.append(
                Problem(T("{vendor} has not all of {style} that is missing: type a vendor and a price.",
                          vendor=vendor, style=each.style.code))
            )  # fmt: skip
        elif choice is None:
            problems.append(
                Problem(T("No vendor has a price for {n} pieces of {style}: type a vendor and a price.",
                          n=each.qty, style=each.style.code))
            )  # fmt: skip
        else:
            found[each.style.id] = choice
    if problems:
        raise Refused(problems)
    return found, styles


def _drafts(ctx: Ctx, order: CustomerOrder, *, direct: bool) -> dict[Ask, PurchaseOrder]:
    """Drafts that buy for this order already, the oldest of each kind."""
    mine = [each for each in allocations(ctx, [order.id]) if each.state == "draft"]
    if not mine:
        return {}
    line, po = PurchaseLine, PurchaseOrder
    drafts = keyed_rows(ctx.session, po, {a.purchase_order_id for a in mine})
    rows = ctx.session.execute(
        select(line.order_id, line.destination_id)
        .where(among(line.id, {a.purchase_line_id for a in mine}))
        .distinct()
        .order_by(line.order_id)
    )
    found: dict[Ask, PurchaseOrder] = {}
    for order_id, destination_id in rows:
        draft = drafts[order_id]
        ask = Ask(draft.supplier_id, draft.currency, destination_id if direct else None)
        found.setdefault(ask, draft)
    return found


def _places(ctx: Ctx, asks: Iterable[Ask]) -> dict[int, Destination]:
    ids = {ask.destination_id for ask in asks if ask.destination_id is not None}
    return keyed_rows(ctx.session, Destination, ids)


def _new(ctx: Ctx, choice: Choice, found: Sequence[Need], place: Destination | None) -> PurchaseOrder:
    values: dict[str, Any] = {
        "supplier": choice.vendor,
        "material_class": GOODS,
        "currency": choice.currency,
        "order_date": ctx.today(),
        "required_date": required(ctx, found),
        "delivery_place": f"{place.code} {place.name}"[:200] if place is not None else "",
    }
    made: PurchaseOrder = save_row(ctx, ctx.registry.get(PURCHASE_ORDER), None, values)
    return made


def required(ctx: Ctx, found: Iterable[Need]) -> date:
    """The first day that any of these pieces ships; today where that is over."""
    return max(ctx.today(), min(need.ship_date for need in found))

"""Actions on customer orders: ask vendors for what is missing, bring their orders in line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Ctx, Declare, Field, PayloadTable, Problem, Refused, T, get_row, run_action
from plugins.catalog.api import SUPPLIER_PRICES, currency_choices
from plugins.fulfilment.services import differences, needs, split, vendors
from plugins.fulfilment.services.sides import Difference
from plugins.fulfilment.services.vendors import Choice
from plugins.fulfilment.shown import vendors as shown
from plugins.fulfilment.words import CUSTOMER_ORDER, PURCHASE_ORDER
from plugins.orders.api import CustomerOrder

Data = Mapping[str, Any]
RIGHT = f"{PURCHASE_ORDER}.create"
STYLES = PayloadTable(
    "styles", T("Vendors"),
    (
        Field("style", T("Style"), "ref", ref="catalog.style", required=True),
        Field("vendor", T("Vendor"), "ref", ref="catalog.partner", where={"is_supplier": True}),
        Field("price", T("Price"), "price", min=0, sees=SUPPLIER_PRICES, help=T("Empty: the vendor's price list.")),
        Field("currency", T("Currency"), "choice", choices=currency_choices),
    ),
    help=T("Styles that are left out go to the vendor that comes first."),
)  # fmt: skip


def _split(ctx: Ctx, order: CustomerOrder, data: Data) -> Any:
    made = split.split(ctx, order, _typed(ctx, order, data["styles"]))
    return T("{n} purchase orders: {numbers}.", n=len(made), numbers=", ".join(po.number for po in made[:12]))


def _typed(ctx: Ctx, order: CustomerOrder, rows: Sequence[Data]) -> dict[int, Choice]:
    """By style what a person chose. Refused at its row where a vendor was typed that has no price."""
    offered = {each.style.id: each.offers for each in split.proposal(ctx, order)} if rows else {}
    found: dict[int, Choice] = {}
    problems = []
    for i, row in enumerate(rows):
        style, vendor, price = row["style"], row.get("vendor"), row.get("price")
        if style.id not in offered:
            problems.append(Problem(T("Nothing of it is missing."), f"styles.{i}.style"))
            continue
        offers = offered[style.id]
        fits = [
            c
            for c in offers.choices
            if (c.vendor.id not in offers.without if vendor is None else c.vendor.id == vendor.id)
        ]
        fits = [c for c in fits if not row.get("currency") or c.currency == row["currency"]]
        seller = vendor if vendor is not None else fits[0].vendor if fits else None
        if price is None and fits:
            found[style.id] = fits[0]
        elif price is not None and seller is not None:
            found[style.id] = Choice(seller, price, row.get("currency") or vendors.currency(ctx, seller))
        elif price is not None:
            problems.append(Problem(T("Whose price is it?"), f"styles.{i}.vendor"))
        else:
            said = T("Nobody has a price for {n} pieces: type a vendor and a price.", n=offered[style.id].qty)
            problems.append(Problem(said, f"styles.{i}.{'vendor' if vendor is None else 'price'}"))
    if problems:
        raise Refused(problems)
    return found


def _align(ctx: Ctx, order: CustomerOrder, data: Data) -> Any:
    found = dict.fromkeys(d.at.po_id for d in _wrong(ctx, order))
    entity = ctx.registry.get(PURCHASE_ORDER)
    for po_id in found:
        run_action(ctx, entity, get_row(ctx, entity, po_id), "align", {"reason": data["reason"]})
    return T("{n} purchase orders were brought in line.", n=len(found))


def _wrong(ctx: Ctx, order: CustomerOrder) -> list[Difference]:
    found = differences.of_orders(ctx, [order.id])
    return [d for d in found if d.asks]


def _unasked(ctx: Ctx, order: CustomerOrder) -> bool:
    """Something is missing that none of the order's purchase orders could have."""
    if not split.offered(ctx, order):
        return False
    added = {d.at.cell for d in differences.of_orders(ctx, [order.id]) if d.kind == "added"}
    return any(need.cell not in added for need in needs.missing(ctx, order.id))


ACTIONS = (
    Action(CUSTOMER_ORDER, "split", T("Split by vendor"), _split, ("confirmed",), link="split", permission=RIGHT,
           tables=(STYLES,), visible=split.offered, tone="primary", due=_unasked, order=24),
    Action(CUSTOMER_ORDER, "align", T("Bring purchase orders in line"), _align, permission=f"{PURCHASE_ORDER}.edit",
           reason=True, visible=lambda ctx, order: bool(_wrong(ctx, order)), preview=shown.proposed_for_order, tone="primary",
           due=lambda ctx, order: bool(_wrong(ctx, order)), order=22),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them."""
    for action in ACTIONS:
        registry.action(action)

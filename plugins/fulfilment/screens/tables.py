"""The tables in which vendors are chosen, pieces allotted and parts moved."""

from __future__ import annotations

from markupsafe import Markup

from core.api import Ctx, T
from core.values import decimal_text
from kit.lines import ActionTable, LineRow, LineTable, Shown, Typed
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.fulfilment.entities.pricing import PRICES
from plugins.fulfilment.entities.purchases import PARTS, SHARES
from plugins.fulfilment.entities.splitting import STYLES
from plugins.fulfilment.services import allotting, markup, split
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseOrder, lines

MOST = 400
"""Rows of one page."""


def _vendors(ctx: Ctx, order: CustomerOrder) -> list[LineRow]:
    priced = ctx.can(SUPPLIER_PRICES)
    rows = []
    for each in split.proposal(ctx, order)[:MOST]:
        first = each.offers.first
        others = [
            f"{c.vendor.code} {decimal_text(c.price)} {c.currency}" if priced else c.vendor.code
            for c in each.offers.choices
        ]
        rows.append(
            LineRow(
                offer=str(each.style.id), name=each.style.code, sends={"style": each.style.code},
                typed={
                    "vendor": first.vendor.code if first else "", "price": decimal_text(first.price) if first else "",
                    "currency": first.currency if first else "",
                },
                shown={
                    "what": Markup("<b>{}</b>").format(each.style.code), "qty": each.qty,
                    "offers": " · ".join(others) or T("no vendor price"),
                },
            )
        )  # fmt: skip
    return rows


VENDORS = ActionTable(
    LineTable(
        STYLES,
        (
            Shown("what", T("Style"), head=True),
            Shown("qty", T("Pieces"), numeric=True, sum=True),
            Shown("offers", T("Vendor prices")),
            Typed("vendor"),
            Typed("price"),
            Typed("currency"),
        ),
        _vendors,
        spare=0,
        cards=True,
        none=T("Every piece is bought or made already."),
    ),
    save=T("Make purchase orders"),
    note=lambda ctx, order: T("One draft for each vendor. Empty rows go to the vendor that comes first."),
)


def _prices(ctx: Ctx, order: CustomerOrder) -> list[LineRow]:
    context = markup.rule(ctx, order)
    rows = []
    for each in markup.by_style(ctx, order)[:MOST]:
        known = sorted(price for price in each.now if price is not None)
        now = " · ".join(decimal_text(price) for price in known)
        one = now if len(each.now) == 1 and known else "" if known else None
        first = each.first
        rows.append(
            LineRow(
                offer=str(each.style.id), name=each.style.code, sends={"style": each.style.code},
                typed={"price": one if one is not None else decimal_text(each.proposed) if each.proposed is not None else ""},
                shown={
                    "what": Markup("<b>{}</b>").format(each.style.code), "qty": each.qty,
                    "asked": f"{first.vendor.code} {decimal_text(first.price)} {first.currency}" if first
                    else T("no vendor price"),
                    "markup": f"{decimal_text(context.markup_pct)} %" if context else "",
                    "proposed": decimal_text(each.proposed) if each.proposed is not None else T("no exchange rate") if first
                    else "",
                    "now": Markup('<span class="left">{}</span>').format(now) if each.below else now or T("no price yet"),
                },
            )
        )  # fmt: skip
    return rows


PRICING = ActionTable(
    LineTable(
        PRICES,
        (
            Shown("what", T("Style"), head=True),
            Shown("qty", T("Pieces"), numeric=True, sum=True),
            Shown("asked", T("Vendor's price")),
            Shown("markup", T("Mark-up")),
            Shown("proposed", T("Proposed")),
            Shown("now", T("Price now")),
            Typed("price"),
        ),
        _prices, spare=0, cards=True, none=T("No lines yet."),
    ),
    save=T("Save prices"),
    note=lambda ctx, order: T("Prices in {currency}, for all lines of a style. What is sold for less than proposed is marked.",
                              currency=order.currency),
)  # fmt: skip


def _wants(ctx: Ctx, po: PurchaseOrder) -> list[LineRow]:
    held = {line.id: line for line in lines.purchase_lines(ctx, po.id)}
    left = allotting.free(ctx, po)
    return [
        LineRow(
            offer=":".join(map(str, want.pair)), name=f"{want.order} {lines.label(held[want.line_id])}",
            sends={"line": want.position, "order": want.order, "order_line": want.order_position},
            typed={"qty": str(want.held) if want.held else ""},
            shown={
                "what": lines.label(held[want.line_id]), "order": want.order, "ship": want.ship_date,
                "free": max(0, left[want.line_id]), "rest": want.rest, "all": want.held + want.rest,
            },
        )
        for want in allotting.wants(ctx, po)[:MOST]
    ]  # fmt: skip


ALLOTTING = ActionTable(
    LineTable(
        SHARES,
        (
            Shown("what", T("Goods"), head=True),
            Shown("order", T("Customer order")),
            Shown("ship", T("Ship date")),
            Shown("free", T("Not allotted"), numeric=True),
            Shown("rest", T("Still wanted"), numeric=True),
            Typed("qty", all_from="all", sum=True),
        ),
        _wants,
        spare=0,
        cards=True,
        none=T("No order wants any of these goods."),
    ),
    save=T("Allot"),
)


def _parts(ctx: Ctx, po: PurchaseOrder) -> list[LineRow]:
    return [
        LineRow(
            offer=str(line.id),
            name=lines.label(line),
            sends={"line": line.position},
            shown={"line": line.position, "what": lines.label(line), "qty": line.qty},
        )
        for line in lines.purchase_lines(ctx, po.id)[:MOST]
    ]


MOVING = ActionTable(
    LineTable(
        PARTS,
        (
            Shown("line", T("Line"), numeric=True),
            Shown("what", T("Goods"), head=True),
            Shown("qty", T("Ordered"), numeric=True, sum=True),
            Typed("qty", label=T("Moves"), all_from="qty", sum=True),
            Typed("price"),
        ),
        _parts,
        spare=0,
        cards=True,
    ),
    save=T("Move"),
)

"""The purchase order as core knows it: fields, columns, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import false, select

from core.api import Column, Ctx, Declare, EntityName, EntityType, Field, Filter, T, Text
from plugins.catalog.api import SUPPLIER_PRICES, currency_choices
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import dates, due, header, positions, purposes
from plugins.purchasing.shown import figures
from plugins.purchasing.words import CLASSES, ORDER_STATES, PROGRESS

NAME = EntityName("purchasing.order")
Orders = Sequence[PurchaseOrder]


def _progress(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    grouped, came = figures.page_figures(ctx, rows)
    return {o.id: PROGRESS[positions.progress(o.state, grouped[o.id], came)] for o in rows}


def _ordered(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    return _sums(ctx, rows, "ordered")


def _received(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    return _sums(ctx, rows, "received")


def _balance(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    return _sums(ctx, rows, "balance")


def _sums(ctx: Ctx, rows: Orders, name: str) -> Mapping[int, Any]:
    found = figures.page_sums(ctx, rows)
    return {
        o.id: figures.progress_text(ctx, found[o.id], name)
        if o.state in ("draft", "issued") or name != "balance"
        else ""
        for o in rows
    }


def _bar(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    grouped, came = figures.page_figures(ctx, rows)
    return {o.id: figures.share(grouped[o.id], came) for o in rows}


def _eta(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    grouped, came = figures.page_figures(ctx, rows)
    return {
        o.id: figures.next_due(ctx, o, grouped[o.id], came) if o.state == "issued" else None for o in rows
    }


def _overdue(ctx: Ctx, rows: Orders) -> Mapping[int, Any]:
    grouped, came = figures.page_figures(ctx, rows)
    result = {}
    for order in rows:
        late = [
            days
            for line in grouped[order.id]
            if order.state == "issued"
            and positions.balance(line, came.get(line.id, positions.NOTHING))
            and (days := dates.overdue_days(ctx, dates.eta(line, order)))
        ]
        result[order.id] = figures.overdue_badge(len(late), max(late, default=0))
    return result


def _by_progress(ctx: Ctx, found: Any, value: str) -> Any:
    """Issued orders by how far they are, as :func:`positions.progress` tells it of one: nothing came, some, all."""
    po, line, told = PurchaseOrder, PurchaseLine, due.conditions(ctx)
    of_order = select(line.id).where(line.order_id == po.id, line.tenant_id == po.tenant_id).correlate(po)
    still = of_order.where((line.short_closed.is_(False) & told.open) | told.waiting)
    done, came = of_order.exists() & ~still.exists(), of_order.where(told.came).exists()
    wanted = {"received": done, "partly": ~done & came, "none": ~done & ~came}
    return found.where(po.state == "issued", wanted.get(value, false()))


def _progress_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [("none", T("Nothing received")), ("partly", T("Partly received")), ("received", T("Received"))]


ORDER = EntityType(
    name=NAME, model=PurchaseOrder, label=T("Purchase order"), plural=T("Purchase orders"),
    key="number", title="", states=ORDER_STATES,
    fields=(
        Field("material_class", T("Buys"), "choice", choices=CLASSES, required=True, default="main",
              help=T("Main materials, trims and finished goods have lists and numbers of their own.")),
        Field("supplier", T("Supplier"), "ref", required=True, ref="catalog.partner", where={"is_supplier": True}),
        Field("made_for", T("Factory order"), max_length=40, lookup=purposes.lookup,
              href=lambda order: figures.href(order.purpose), when=lambda ctx: bool(purposes.kinds(ctx)),
              help=T("Shows its material need; empty: bought for stock.")),
        Field("currency", T("Currency"), "choice", choices=currency_choices, help=T("Empty: the supplier's.")),
        Field("order_date", T("Order date"), "date", required=True, default=lambda ctx: ctx.today()),
        Field("required_date", T("Required"), "date"),
        Field("terms", T("Payment terms"), "ref", ref="catalog.payment_term", help=T("Empty: the supplier's.")),
        Field("incoterm", T("Trade terms"), max_length=40),
        Field("delivery_place", T("Deliver to"), max_length=200),
        Field("tax_pct", T("Tax"), "pct", min=0, max=100, suffix="%", places=2),
        Field("note_codes", T("Notes from the list"), "choices", choices=header.note_choices, wide=True),
        Field("notes", T("Further notes"), "long", wide=True, max_length=4000),
        Field("issue_date", T("Issued on"), "date", fact=True, readonly=True),
        Field("revision", T("Revision"), "int", readonly=True),
        Field("total", T("Total"), "money", readonly=True, sees=SUPPLIER_PRICES),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"),
        "supplier",
        Column("progress", T("State"), "badge", load=_progress, sort=False),
        Column("ordered", T("Ordered"), "text", load=_ordered, sort=False),
        Column("received", T("Received"), "text", load=_received, sort=False),
        Column("balance", T("Balance"), "text", load=_balance, sort=False),
        Column("received_pct", T("Received %"), "bar", load=_bar, sort=False),
        Column("eta", T("ETA"), "date", load=_eta, sort=False),
        Column("overdue", T("Overdue"), "badge", load=_overdue, sort=False),
        "made_for", "order_date",
        Column("currency", T("Currency"), "text", attr="currency"),
        "total",
    ),
    filters=(
        "material_class", Filter("progress", T("Received"), _progress_choices, _by_progress), "supplier", "made_for",
        "order_date", "required_date",
    ),
    search=("number", "supplier"), default_sort="-id", totals=("total",),
    figures=figures.order_figures, sees=dict.fromkeys(figures.AMOUNTS, SUPPLIER_PRICES),
    validate=header.check, before_save=header.before_save, after_save=header.after_save,
    edit_states=("draft",), edit_roles=("purch", "mgr"), icon="purchase",
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare the purchase order."""
    for series, pattern in header.PATTERNS.items():
        registry.series(series, pattern)
    registry.entity(ORDER)

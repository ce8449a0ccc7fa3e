"""The documents of the warehouse as core knows them: fields, columns, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Column, Ctx, EntityType, Field, Problem, Registry, T, among, numbering
from plugins.stock.services import stamps
from plugins.stock.words import POSTED_STATES
from plugins.factory_stock import words
from plugins.factory_stock.models import (
    GoodsIn,
    GoodsInLine,
    GoodsInSize,
    Issue,
    IssueLine,
    Shipment,
    ShipmentLine,
    ShipmentSize,
)
from plugins.factory_stock.services import shipping_lines

SERIES = {
    "factory_return": "RT-{YYYY}-{0000}",
    "factory_write_off": "WO-{YYYY}-{0000}",
    "factory_count": "FC-{YYYY}-{0000}",
    "rework": "RW-{YYYY}-{0000}",
}
"""Number series beside those of the entities."""
SERIES_OF = {
    "return": "factory_return", "write_off": "factory_write_off", "count": "factory_count",
    "rework": "rework", "seconds": "rework",
}  # fmt: skip
FACTORY_ORDER = Field("factory_order", T("Factory order"), "ref", required=True, ref="outsourcing.order")
STORE = Field("store", T("Store"), "ref", ref="stock.store", help=T("Empty: the default store."))
DAY = Field("day", T("Date"), "date", default=lambda ctx: ctx.today())
NOTES = Field("notes", T("Notes"), "long", wide=True, max_length=4000)


def _issue_kinds(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return list(words.ISSUE_KINDS.items())


def _goods_kinds(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return list(words.GOODS_KINDS.items())


def _modes(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return list(words.MODES.items())


def _validate(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """The store is active; what lines depend on stays as it is while there are lines."""
    problems = []
    store = data.get("store")
    if store is not None and not store.active and (row is None or row.store_id != store.id):
        problems.append(Problem(T("{store} is no longer active.", store=store.code), "store"))
    if row is not None and row.lines:
        for name in ("factory_order", "customer_order", "destination", "kind"):
            if name not in data:
                continue
            old, new = getattr(row, name), data[name]
            if getattr(old, "id", old) != getattr(new, "id", new):
                problems.append(Problem(T("There are lines: make a new document instead."), name))
    return problems


def _before_issue(ctx: Ctx, row: Any, is_new: bool) -> None:
    """Factory from the factory order; the number from the series of the kind."""
    row.factory_id, row.factory = row.factory_order.factory_id, row.factory_order.factory
    if is_new:
        row.kind = row.kind or ("issue" if isinstance(row, Issue) else "goods_in")
        stamps.created(ctx, row)
        if row.kind in SERIES_OF and not row.number:
            row.number = numbering.next_number(ctx, SERIES_OF[row.kind])


def _before_shipment(ctx: Ctx, row: Shipment, is_new: bool) -> None:
    if is_new:
        row.mode = row.mode or "sea"
        stamps.created(ctx, row)


def _pieces(line: Any, size: Any, amount: Any, link: str) -> Any:
    """Pieces by document; one query a page."""

    def load(ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Any]:
        found = ctx.session.execute(
            select(getattr(line, link), func.sum(amount))
            .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
            .where(among(getattr(line, link), [row.id for row in rows]))
            .group_by(getattr(line, link))
        )
        return {row_id: int(qty) for row_id, qty in found}

    return load


def _issue_lines(ctx: Ctx, rows: Sequence[Issue]) -> Mapping[int, Any]:
    found = ctx.session.execute(
        select(IssueLine.issue_id, func.count()).where(among(IssueLine.issue_id, [row.id for row in rows]))
        .group_by(IssueLine.issue_id)
    )  # fmt: skip
    return dict(found.all())


def _above(ctx: Ctx, rows: Sequence[Issue]) -> Mapping[int, Any]:
    found = ctx.session.scalars(
        select(IssueLine.issue_id)
        .where(among(IssueLine.issue_id, [row.id for row in rows]), IssueLine.extra > 0)
        .distinct()
    )
    return {row_id: (T("Supplementary"), "warn") for row_id in found}


ISSUE = EntityType(
    name="factory_stock.issue", model=Issue, label=T("Issue to factory"), plural=T("Issues to factories"),
    key="number", title="", series="issue", pattern="IS-{YYYY}-{0000}", states=POSTED_STATES,
    fields=(
        Field("kind", T("Kind"), "choice", required=True, choices=_issue_kinds, default="issue"),
        FACTORY_ORDER, STORE, DAY, NOTES,
        Field("factory", T("Factory"), "ref", ref="catalog.partner", readonly=True),
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "kind", "factory_order", "factory", "store", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("lines", T("Lines"), "int", load=_issue_lines, sort=False),
        Column("above", T("Above the need"), "badge", load=_above, sort=False),
    ),
    filters=("kind", "factory_order", "factory", "store", "day"), search=("number", "factory"), default_sort="-id",
    validate=_validate, before_save=_before_issue, edit_states=("draft",), edit_roles=("wh", "mgr"),
    menu=("stock", 10), icon="store",
)  # fmt: skip

GOODS_IN = EntityType(
    name="factory_stock.goods_in", model=GoodsIn, label=T("Goods in"), plural=T("Goods in"),
    key="number", title="", series="fg_in", pattern="GI-{YYYY}-{0000}", states=POSTED_STATES,
    fields=(
        Field("kind", T("Kind"), "choice", required=True, choices=_goods_kinds, default="goods_in"),
        FACTORY_ORDER, STORE, DAY,
        Field("delivery_note", T("Delivery note"), max_length=80), NOTES,
        Field("factory", T("Factory"), "ref", ref="catalog.partner", readonly=True),
        Field("over_reason", T("Reason for more than allowed"), readonly=True),
        Field("over_by", T("Allowed by"), readonly=True),
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "kind", "factory_order", "factory", "store", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Pieces"), "int", sort=False,
               load=_pieces(GoodsInLine, GoodsInSize, GoodsInSize.received, "goods_in_id")),
        Column("rejected", T("Rejected"), "int", sort=False,
               load=_pieces(GoodsInLine, GoodsInSize, GoodsInSize.rejected, "goods_in_id")),
    ),
    filters=("kind", "factory_order", "factory", "store", "day"), search=("number", "delivery_note", "factory"),
    default_sort="-id", validate=_validate, before_save=_before_issue, edit_states=("draft",),
    edit_roles=("wh", "qc", "mgr"), menu=("stock", 20), icon="store",
)  # fmt: skip


def _destination(ctx: Ctx, row: Shipment | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """A shipment needs a line of the order to its destination."""
    problems = _validate(ctx, row, data, children)
    order, place = data.get("customer_order"), data.get("destination")
    if order is not None and place is not None and not shipping_lines.order_lines(ctx, order.id, place.id):
        problems.append(
            Problem(
                T("{number} has no line to {place}.", number=order.number, place=place.code), "destination"
            )
        )
    return problems


SHIPMENT = EntityType(
    name="shipping.shipment", model=Shipment, label=T("Shipment"), plural=T("Shipments"),
    key="number", title="", series="shipment", pattern="SH-{YYYY}-{0000}", states=words.SHIPMENT_STATES,
    fields=(
        Field("customer_order", T("Customer order"), "ref", required=True, ref="orders.order"),
        Field("destination", T("Destination"), "ref", required=True, ref="catalog.destination"),
        STORE, DAY,
        Field("mode", T("Shipped by"), "choice", choices=_modes, default="sea"),
        Field("vessel", T("Vessel / AWB"), max_length=120),
        Field("container", T("Container"), max_length=120),
        Field("invoice_no", T("Invoice number"), max_length=80),
        Field("net_kg", T("Net weight"), "qty", min=0, places=3, suffix="kg"),
        Field("gross_kg", T("Gross weight"), "qty", min=0, places=3, suffix="kg"),
        Field("cbm", T("Volume"), "qty", min=0, places=3, suffix="m³"),
        Field("marks", T("Shipping marks"), "long", max_length=2000), NOTES,
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "customer_order", "destination", "day", "mode",
        "invoice_no", Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Pieces"), "int", sort=False,
               load=_pieces(ShipmentLine, ShipmentSize, ShipmentSize.qty, "shipment_id")),
    ),
    filters=("customer_order", "destination", "mode", "day"),
    search=("number", "invoice_no", "container", "vessel"), default_sort="-id", validate=_destination,
    before_save=_before_shipment, edit_states=("draft", "confirmed"), edit_roles=("wh", "merch", "mgr"),
    menu=("stock", 30), icon="store",
)  # fmt: skip


def register(registry: Registry) -> None:
    """Declare them."""
    for spec in words.LISTS:
        registry.list(spec)
    for series, pattern in SERIES.items():
        registry.series(series, pattern)
    for entity in (ISSUE, GOODS_IN, SHIPMENT):
        registry.entity(entity)

"""The claim as core knows it: fields, columns, filters. One entity, two lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import Column, Ctx, Declare, EntityName, EntityType, Field, Filter, T, Text, list_choices
from plugins.catalog.api import SEERS, currency_choices
from plugins.claims.models import Claim
from plugins.claims.services import header, lifecycle, photos
from plugins.claims.words import (
    AMOUNTS,
    DEFECTS,
    KINDS,
    LISTS,
    PARTIES,
    REMEDIES,
    SEVERITIES,
    SEVERITY_TONES,
    STATES,
)

NAME = EntityName("claims.claim")
OPENERS = ("qc", "merch", "purch", "wh", "mgr")
Rows = Sequence[Claim]


def _thumbs(ctx: Ctx, rows: Rows) -> Mapping[int, Any]:
    return photos.covers(ctx, rows)


def _severities(ctx: Ctx, rows: Rows) -> Mapping[int, Any]:
    words = dict(SEVERITIES)
    return {r.id: (words[r.severity], SEVERITY_TONES[r.severity]) for r in rows}


def _concerns(ctx: Ctx, rows: Rows) -> Mapping[int, Any]:
    header.with_links(ctx, rows)
    return {r.id: concerns(r) for r in rows}


def concerns(row: Claim) -> str:
    """What it is about in a few words: order, line or style, colour, lot."""
    if row.kind == "material":
        order = row.purchase_order.number if row.purchase_order is not None else ""
        parts = [
            f"{order}/{row.line_no}" if row.line_no else order,
            row.material.code if row.material else "",
        ]
    else:
        parts = [row.factory_order.number if row.factory_order is not None else "", row.order_style]
    parts += [row.color.code if row.color is not None else "", row.lot]
    return " · ".join(p for p in parts if p)


def _quantities(ctx: Ctx, rows: Rows) -> Mapping[int, Any]:
    return {r.id: quantity(r) for r in rows}


def quantity(row: Claim) -> str:
    """75 kg."""
    if row.qty is None:
        return ""
    qty: Decimal = row.qty
    text = f"{qty:,f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {row.uom}"


def _ages(ctx: Ctx, rows: Rows) -> Mapping[int, Any]:
    today = ctx.today()
    return {r.id: lifecycle.days_open(r, today) for r in rows if r.state != "cancelled"}


def _split_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [("parts", T("Only their parts"))]


def _unsplit(ctx: Ctx, found: Any, value: str) -> Any:
    return found.where(~header.is_split()) if value == "parts" else found.where(False)


CLAIM = EntityType(
    name=NAME, model=Claim, label=T("Claim"), plural=T("Claims"), key="number", title="", states=STATES,
    fields=(
        Field("kind", T("Kind of claim"), "choice", required=True, choices=KINDS, default="material"),
        Field("purchase_order", T("Purchase order"), "ref", ref="purchasing.order"),
        Field("line_no", T("Line"), "int", min=1, max=9999, help=T("As it is numbered on the purchase order.")),
        Field("material", T("Material"), "ref", ref="catalog.material", readonly=True),
        Field("factory_order", T("Factory order"), "ref", ref="outsourcing.order"),
        Field("order_style", T("Order and style"), max_length=80, help=T("Such as SO-26001/ST-2601.")),
        Field("color", T("Colour"), "ref", ref="catalog.color"),
        Field("lot", T("Roll or dye lot"), max_length=80),
        Field("shipment", T("Shipment"), "ref", ref="shipping.shipment", help=T("Empty: found before shipping.")),
        Field("partner", T("Supplier or factory"), "ref", ref="catalog.partner", readonly=True),
        Field("severity", T("Severity"), "choice", required=True, choices=SEVERITIES, default="major"),
        Field("defect", T("Defect"), "choice", choices=list_choices(DEFECTS)),
        Field("qty", T("Quantity"), "qty", min=0, places=3),
        Field("uom", T("Unit"), readonly=True),
        Field("description", T("Description"), "long", wide=True, max_length=4000),
        Field("responsible", T("Responsible"), "choice", choices=PARTIES),
        Field("remedy", T("Agreed remedy"), "choice", choices=REMEDIES),
        Field("amount", T("Amount proposed"), "money", min=0, sees=AMOUNTS,
              help=T("For information; it changes nothing that is payable.")),
        Field("currency", T("Currency"), "choice", choices=currency_choices, help=T("Empty: that of the order.")),
        Field("opened_on", T("Opened on"), "date", fact=True, required=True, default=lambda ctx: ctx.today()),
        Field("due_date", T("To be answered by"), "date", help=T("Empty: as the settings say.")),
        Field("parent", T("Part of claim"), "ref", ref=NAME,
              help=T("A customer's claim that is split over several factories or suppliers.")),
        Field("opened_by", T("Opened by"), readonly=True),
        Field("resolved_on", T("Resolved on"), "date", fact=True, readonly=True),
        Field("resolution", T("Resolution"), "long", readonly=True),
        Field("closed_on", T("Closed on"), "date", fact=True, readonly=True),
        Field("waived_why", T("Closed without a document because"), readonly=True),
        Field("waived_by", T("Waived by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"),
        Column("photo", T("Photo"), "thumb", load=_thumbs, sort=False),
        Column("state", T("State"), "state", attr="state"),
        Column("severity", T("Severity"), "badge", load=_severities, sort=False),
        Column("age", T("Days open"), "int", load=_ages, sort=False),
        "partner",
        Column("concerns", T("About"), "text", load=_concerns, sort=False),
        Column("quantity", T("Quantity"), "text", load=_quantities, sort=False),
        "defect",
        "due_date",
        Column("opened_on", T("Opened on"), "date", attr="opened_on", hidden=True),
        Column("opened_by", T("Opened by"), "text", attr="opened_by"),
    ),
    filters=(
        "kind", "severity", "defect", "responsible", "partner", "purchase_order", "factory_order", "shipment", "opened_on",
        "due_date", Filter("split", T("Split claims"), _split_choices, _unsplit),
    ),
    search=("number", "description"), default_sort="-id", validate=header.check, before_save=header.before_save,
    edit_states=("open",), edit_roles=OPENERS, icon="claim",
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare the claim and the list of defects."""
    for spec in LISTS:
        registry.list(spec)
    for series, pattern in header.PATTERNS.items():
        registry.series(series, pattern)
    registry.entity(CLAIM)
    registry.permission(AMOUNTS, T("See amounts of claims"), SEERS, before=(f"{NAME}.view",))

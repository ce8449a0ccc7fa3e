"""Engineering change orders as core knows them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, JobKind, PayloadTable, Problem, State, T
from kit.papers import cancel_action, stamp_created
from plugins.catalog.api import units
from plugins.engineering.models import EngineeringChange
from plugins.engineering.services import change_orders
from plugins.engineering.services.change_orders import ENTITY, SERIES
from plugins.engineering.services.mass_change.asking import check_rule
from plugins.engineering.services.mass_change.choosing import collect, has_lines

MAKERS = ("merch", "prod", "mgr")
STATES = (
    State("draft", T("Draft"), "info"),
    State("submitted", T("Submitted"), "warn"),
    State("approved", T("Approved"), "good"),
    State("applied", T("In the BOMs"), "done", closed=True),
    State("rejected", T("Rejected"), "bad", closed=True),
    State("undone", T("Taken back"), "neutral", closed=True),
    State("cancelled", T("Cancelled"), "neutral", closed=True),
)
KINDS = (
    ("replace", T("Replace a material")),
    ("consumption", T("More or less consumption")),
    ("wastage", T("Set the wastage")),
    ("add", T("Add a material")),
    ("delete", T("Take a material out")),
)
EFFECTIVITY = (
    ("now", T("As soon as it is approved")),
    ("date", T("From a date on")),
    ("next_order", T("From the next factory order on")),
)
RULE = (
    "kind", "material", "by", "ratio", "pct", "amount", "uom", "place", "color", "season", "customer", "style", "contains",
    "effectivity", "effective_on",
)  # fmt: skip


def unit_choices(ctx: Ctx) -> list[tuple[str, str]]:
    """Units, and none: the stock unit."""
    return [(code, code) for code in units.UNITS]


def check(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
    """What its kind needs is there."""
    return check_rule(
        SimpleNamespace(**{name: data[name] if name in data else getattr(row, name, None) for name in RULE})
    )


def fill(ctx: Ctx, row: Any, is_new: bool) -> None:
    """Who made it; what another kind of change would need is empty."""
    if is_new:
        stamp_created(ctx, row)
    if row.effectivity != "date":
        row.effective_on = None
    if row.kind != "replace":
        row.ratio = None
    for name in ("uom", "place", "season"):
        setattr(row, name, getattr(row, name) or "")


CHANGE = EntityType(
    name=ENTITY, model=EngineeringChange, label=T("Engineering change"), plural=T("Engineering changes"),
    key="number", title="", series=SERIES, pattern="EC-{YYYY}-{0000}", states=STATES,
    fields=(
        Field("reason", T("Reason"), "long", required=True, max_length=4000),
        Field("kind", T("Kind of change"), "choice", required=True, choices=KINDS, default="replace"),
        Field("material", T("Material"), "ref", ref="catalog.material", help=T("The one that is in the BOMs now.")),
        Field("by", T("New material"), "ref", ref="catalog.material", help=T("What it is replaced by, or what is added.")),
        Field("ratio", T("Ratio"), "rate", places=6, default=Decimal(1),
              help=T("One stock unit of the old is so many of the new.")),
        Field("pct", T("Percent"), "pct", help=T("Consumption: more, or less with a minus. Wastage: what it will be.")),
        Field("amount", T("Quantity"), "qty",
              help=T("Consumption: more or less, in the unit of each line. A material that is added: how much of it.")),
        Field("uom", T("Unit"), "choice", choices=unit_choices, help=T("Of a material that is added; empty: its stock unit.")),
        Field("place", T("Part of the garment"), max_length=80, help=T("Of a material that is added.")),
        Field("color", T("Colour of the material"), "ref", ref="catalog.color",
              help=T("Of a material that is added; empty: as the garment.")),
        Field("season", T("Season"), max_length=20, help=T("Only BOMs of styles of this season.")),
        Field("customer", T("Customer"), "ref", ref="catalog.partner", where={"is_customer": True}),
        Field("style", T("Style"), "ref", ref="catalog.style"),
        Field("contains", T("BOM contains"), "ref", ref="catalog.material"),
        Field("effectivity", T("Takes effect"), "choice", required=True, choices=EFFECTIVITY, default="now"),
        Field("effective_on", T("Takes effect on"), "date"),
        Field("submitted_by", T("Submitted by"), readonly=True),
        Field("decided_by", T("Decided by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), Column("state", T("State"), "state", attr="state"), "kind",
        "material", "by", "season", "effectivity", "effective_on", "reason",
    ),
    filters=("kind", "material", "by", "effectivity", "season"), search=("number", "reason", "material", "by"),
    validate=check, before_save=fill, edit_states=("draft",), edit_roles=MAKERS, menu=("engineering", 30), icon="material",
)  # fmt: skip

WITHOUT = PayloadTable(
    "without",
    T("Left out"),
    (
        Field(
            "line",
            T("Line"),
            required=True,
            max_length=60,
            help=T("What names it in the preview: style-17-3."),
        ),
    ),
)

ACTIONS = (
    Action(
        ENTITY, "collect", T("Choose lines"), collect, ("draft",), link="lines", tone="primary", order=10,
        permission=f"{ENTITY}.edit", tables=(WITHOUT,), due=lambda ctx, row: not has_lines(ctx, row),
        fields=(Field("add", T("Beside the lines that are chosen already"), "bool"),),
    ),
    Action(
        ENTITY, "submit", T("Submit"), change_orders.submit, ("draft",), "submitted", roles=MAKERS, tone="primary", order=20,
        visible=has_lines,
    ),
    Action(
        ENTITY, "withdraw", T("Back to draft"), lambda ctx, row, data: None, ("submitted",), "draft", roles=MAKERS, order=60,
    ),
    Action(
        ENTITY, "approve", T("Approve"), change_orders.approve, ("submitted",), "approved", roles=("mgr",), tone="primary",
        order=30, confirm=T("What takes effect at once is applied now: the BOMs get new versions."),
    ),
    Action(
        ENTITY, "reject", T("Reject"), change_orders.reject, ("submitted",), "rejected", roles=("mgr",), reason=True,
        tone="danger", order=70,
    ),
    Action(
        ENTITY, "apply", T("Apply now"), change_orders.apply, ("approved",), "applied", roles=("mgr",), tone="primary",
        order=40,
        confirm=T("The BOMs get new versions at once."),
    ),
    Action(
        ENTITY, "undo", T("Take back"), change_orders.undo, ("applied",), "undone", roles=("mgr",), reason=True, tone="danger",
        order=80,
    ),
    cancel_action(ENTITY, ("draft", "submitted", "approved"), roles=MAKERS),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare entity, actions and the daily job."""
    registry.entity(CHANGE)
    for action in ACTIONS:
        registry.action(action)
    registry.job(
        JobKind(
            "engineering.changes",
            change_orders.run_daily,
            T("Engineering changes whose day has come"),
            daily=True,
        )
    )

"""The stock document as core knows it: fields, columns, actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, ChildTable, Column, Ctx, Declare, EntityType, Field, JobKind, T, Text
from kit.papers import cancel_action, reverse_action
from plugins.stock.models.documents import StockDocument, StockLine
from plugins.stock.services import documents, expiry, keepers, posting, stores
from plugins.stock.words.documents import (
    COUNT,
    KINDS,
    LISTS,
    QUALITIES,
    REPLACEMENT,
    RESERVE,
    RETURN_MOVEMENTS,
    SETTLEMENTS,
    STATES,
)

NAME = posting.ENTITY
STORE_ROLES = ("wh", "mgr")
FILL = (
    ("", T("Everything")),
    ("main", T("Main material")),
    ("trim", T("Trims")),
    ("garment", T("Finished goods")),
)


def kind_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """Kinds of stock document."""
    return [(kind.code, kind.label) for kind in KINDS.values()]


def _kind_badges(ctx: Ctx, rows: Sequence[StockDocument]) -> Mapping[int, Any]:
    return {row.id: KINDS[row.kind].label for row in rows}


def href(row: StockDocument) -> str:
    """The address of the document it is about."""
    return f"/{row.owner_entity.replace('.', '/')}/{row.owner_id}"


LINES = ChildTable(
    "lines",
    T("Lines"),
    StockLine,
    (
        Field("material", T("Material"), "ref", ref="catalog.material"),
        Field("style", T("Style"), "ref", ref="catalog.style"),
        Field("color", T("Colour"), "ref", ref="catalog.color"),
        Field("size", T("Size"), max_length=20),
        Field("destination", T("Destination"), "ref", ref="catalog.destination"),
        Field("lot", T("Lot"), max_length=120),
        Field("qty", T("Quantity"), "qty"),
        Field("note", T("Note"), max_length=400),
    ),
    help=T("A material or a style in each line. Quantities are in the stock unit."),
)

DOCUMENT = EntityType(
    name=NAME, model=StockDocument, label=T("Stock document"), plural=T("Stock documents"), key="number", title="",
    states=STATES,
    fields=(
        Field("kind", T("Kind"), "choice", choices=kind_choices, required=True, default=COUNT),
        Field("day", T("Date"), "date", fact=True, default=lambda ctx: ctx.today()),
        Field("store", T("Store"), "ref", ref="stock.store", default=stores.default,
              help=T("Empty: the default store.")),
        Field("target_store", T("To store"), "ref", ref="stock.store"),
        Field("owner", T("Order"), max_length=40, lookup=keepers.lookup, href=href,
              help=T("The number of what stock is kept for.")),
        Field("kept_until", T("Kept until"), "date", default=expiry.proposed,
              help=T("The last day on which a reservation holds. Empty: it does not expire.")),
        Field("cause", T("Reason"), "choice", choices=documents.causes),
        Field("settlement", T("For"), "choice", choices=SETTLEMENTS, default=REPLACEMENT,
              help=T("Pieces to be replaced are open again; those paid back are not.")),
        Field("quality", T("The goods go"), "choice", choices=QUALITIES, default="good"),
        Field("notes", T("Notes"), "long", wide=True, max_length=2000),
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    children=(LINES,),
    columns=(
        Column("number", T("Number"), "text", attr="number"),
        Column("kind", T("Kind"), "text", attr="kind", load=_kind_badges),
        Column("state", T("State"), "state", attr="state"),
        "day", "store", "target_store",
        Column("owner", T("Order"), "text", attr="owner"),
        "kept_until",
        Column("posted_by", T("Posted by"), "text", attr="posted_by"),
    ),
    filters=("kind", "store", "owner", "day", "kept_until"), search=("number",), default_sort="-id",
    figures=documents.figures, validate=documents.check, before_save=documents.before_save,
    edit_states=("draft",), edit_roles=STORE_ROLES, icon="stock",
)  # fmt: skip


def _post(ctx: Ctx, row: StockDocument, data: Mapping[str, Any]) -> Any:
    return posting.post(ctx, row)


def _reverse(ctx: Ctx, row: StockDocument, data: Mapping[str, Any]) -> None:
    posting.reverse(ctx, row, str(data["reason"]))


def _fill(ctx: Ctx, row: StockDocument, data: Mapping[str, Any]) -> Any:
    return documents.suggest_lines(ctx, row, str(data.get("what") or ""))


def _keep_until(ctx: Ctx, row: StockDocument, data: Mapping[str, Any]) -> None:
    expiry.keep_until(ctx, row, data.get("kept_until"))


def _is_reservation(ctx: Ctx, row: StockDocument) -> bool:
    return row.kind == RESERVE


def _has_lines(ctx: Ctx, row: StockDocument) -> bool:
    return bool(row.lines)


ACTIONS = (
    Action(NAME, "post", T("Post"), _post, ("draft",), "posted", roles=STORE_ROLES, visible=_has_lines, tone="primary",
           order=10),
    Action(NAME, "fill", T("Fill in lines"), _fill, ("draft",),
           fields=(Field("what", T("Which goods"), "choice", choices=FILL, default="",
                         help=T("For counts and transfers. Lines there are now are replaced.")),),
           permission=f"{NAME}.edit", order=20),
    Action(NAME, "keep_until", T("Kept until …"), _keep_until, ("posted",), visible=_is_reservation,
           fields=(Field("kept_until", T("Kept until"), "date", help=T("Empty: it does not expire.")),),
           permission=f"{NAME}.post", order=30),
    reverse_action(NAME, _reverse, roles=STORE_ROLES),
    cancel_action(NAME, ("draft",), permission=f"{NAME}.edit", order=90),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare the stock document, its number series, and the lists of reasons."""
    for kind in KINDS.values():
        registry.series(kind.series, kind.pattern)
    registry.entity(DOCUMENT)
    for action in ACTIONS:
        registry.action(action)
    registry.job(
        JobKind(expiry.JOB, expiry.run_daily, T("Release what was reserved until yesterday"), daily=True)
    )
    for spec in LISTS:
        registry.list(spec)
    for movement in RETURN_MOVEMENTS:
        registry.movement_kind(movement)

"""The list of overrides as core knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityRef, EntityType, Field, T, Text, list_choices
from plugins.catalog.api import STAGES
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import asking, gated_documents, overrides

NAME = words.RIGHT


def _fixed(ctx: Ctx, row: Override) -> Text:
    return T("An override stays as it was given.")


def _href(row: Override) -> str:
    return gated_documents.address(EntityRef(row.demand.entity, row.demand.owner_id))


def _lookup(ctx: Ctx) -> str:
    return ",".join(entity for entity in gated_documents.kinds(ctx) if ctx.can(f"{entity}.view"))


def _reasons(ctx: Ctx, rows: Sequence[Override]) -> Mapping[int, Any]:
    known = dict(list_choices(words.REASONS)(ctx))
    return {row.id: known.get(row.reason_code, row.reason_code) for row in rows}


def register(registry: Declare) -> None:
    """Declare the override and the right to give one."""
    registry.entity(
        EntityType(
            name=NAME, model=Override, label=T("Gate override"), plural=T("Gate overrides"), key="number", title="",
            series=overrides.SERIES, pattern="OV-{YYYY}-{0000}", states=words.STATES,
            fields=(
                Field("owner", T("Order"), lookup=_lookup, href=_href, readonly=True),
                Field("reason_code", T("Reason"), "choice", choices=list_choices(words.REASONS), readonly=True),
                Field("reason", T("Explanation"), "long", readonly=True, wide=True),
                Field("user_name", T("Asked or given by"), readonly=True),
                Field("short", T("Groups short"), "int", readonly=True),
                Field("void_reason", T("Void because"), "long", readonly=True, wide=True),
            ),
            columns=(
                Column("number", T("Number"), "text", attr="number"),
                Column("owner", T("Order"), "text", attr="owner"),
                Column("state", T("State"), "state", attr="state"),
                Column("at", T("Given on"), "datetime", attr="at"),
                Column("user_name", T("Given by"), "text", attr="user_name"),
                Column("why", T("Reason"), "text", load=_reasons, sort=False),
                Column("reason", T("Explanation"), "text", attr="reason", sort=False),
                Column("short", T("Groups short"), "int", attr="short"),
                Column("used_at", T("Used on"), "datetime", attr="used_at"),
            ),
            filters=("owner", "reason_code"), search=("number", "owner", "reason", "user_name"), default_sort="-id",
            editable=_fixed, creatable=False, edit_roles=(), icon="gate",
        )
    )  # fmt: skip
    registry.permission(
        words.ASK, T("Ask to start production in spite of the material gate"), ("merch", "prod")
    )
    registry.permission(words.RIGHT, T("Start production in spite of the material gate"), ("mgr",))

    for action in ANSWERS:
        registry.action(action)


def _grant(ctx: Ctx, row: Override, data: Mapping[str, Any]) -> None:
    asking.grant(ctx, row)


def _decline(ctx: Ctx, row: Override, data: Mapping[str, Any]) -> None:
    asking.decline(ctx, row, data["reason"])


ANSWERS = (
    Action(NAME, "grant", T("Let it start"), _grant, ("asked",), permission=words.RIGHT, tone="primary", order=10,
           confirm=T("It holds for one start of this document, and only while the need does not grow.")),
    Action(NAME, "decline", T("Decline"), _decline, ("asked",), permission=words.RIGHT, reason=True, order=20),
)  # fmt: skip
"""What a question is answered with."""

SETTINGS = (
    Field("stages", T("Start waits for material of"), "choices", choices=STAGES, default=words.ALL_STAGES),
    Field("tolerance_pct", T("A group is complete although short by"), "pct", default=0, min=0, max=100, places=2,
          suffix="%"),
    Field("growth_pct", T("An override is void when the need grows by more than"), "pct",
          default=words.GROWTH, min=0, max=1000, places=2, suffix="%"),
    Field("min_text", T("An explanation has at least so many characters"), "int", default=words.MIN_WORDS, min=1,
          max=500),
)  # fmt: skip
"""Settings of a tenant."""

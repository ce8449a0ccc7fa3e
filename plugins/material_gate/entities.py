"""The list of overrides as core knows it, and the button on factory orders that gives one ahead of the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, T, Text, list_choices
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import overrides
from plugins.material_gate.services.gate import gate_check

NAME = words.RIGHT


def _fixed(ctx: Ctx, row: Override) -> Text:
    return T("An override stays as it was given.")


def _give(ctx: Ctx, order: Any, data: Mapping[str, Any]) -> Text:
    row = overrides.give(ctx, order, data.get("reason_code") or "", data.get("explanation") or "")
    return T("{number} holds for one start.", number=row.number)


def _held(ctx: Ctx, order: Any) -> bool:
    return gate_check(ctx, [order.id])[order.id].held


def _reasons(ctx: Ctx, rows: Sequence[Override]) -> Mapping[int, Any]:
    known = dict(list_choices(words.REASONS)(ctx))
    return {row.id: known.get(row.reason_code, row.reason_code) for row in rows}


def register(registry: Declare) -> None:
    """Declare the override and its action."""
    registry.entity(
        EntityType(
            name=NAME, model=Override, label=T("Gate override"), plural=T("Gate overrides"), key="number", title="",
            series=overrides.SERIES, pattern="OV-{YYYY}-{0000}", states=words.STATES,
            fields=(
                Field("factory_order", T("Factory order"), "ref", ref=words.ORDER, readonly=True),
                Field("reason_code", T("Reason"), "choice", choices=list_choices(words.REASONS), readonly=True),
                Field("reason", T("Explanation"), "long", readonly=True, wide=True),
                Field("user_name", T("Given by"), readonly=True),
                Field("short", T("Groups short"), "int", readonly=True),
                Field("void_reason", T("Void because"), "long", readonly=True, wide=True),
            ),
            columns=(
                Column("number", T("Number"), "text", attr="number"),
                "factory_order",
                Column("state", T("State"), "state", attr="state"),
                Column("at", T("Given on"), "datetime", attr="at"),
                Column("user_name", T("Given by"), "text", attr="user_name"),
                Column("why", T("Reason"), "text", load=_reasons, sort=False),
                Column("reason", T("Explanation"), "text", attr="reason", sort=False),
                Column("short", T("Groups short"), "int", attr="short"),
                Column("used_at", T("Used on"), "datetime", attr="used_at"),
            ),
            filters=("factory_order", "reason_code"), search=("number", "reason", "user_name"), default_sort="-id",
            editable=_fixed, creatable=False, edit_roles=(), menu=("outsourcing", 45), icon="gate",
        )
    )  # fmt: skip
    registry.permission(words.RIGHT, T("Start production in spite of the material gate"), ("mgr",))
    registry.action(
        Action(
            words.ORDER, "override_gate", T("Override the material gate"), _give, ("issued",), permission=words.RIGHT,
            visible=_held, order=35,
            confirm=T("It holds for one start of this factory order, and only while the need does not grow."),
            fields=(
                Field("reason_code", T("Reason"), "choice", choices=list_choices(words.REASONS)),
                Field("explanation", T("Explanation"), "long", required=True, max_length=2000),
            ),
        )
    )  # fmt: skip

"""Actions that documents have alike: cancel what was not posted, reverse what was, copy; and the header of a copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.api import Action, Ctx, Field, T, Text, save_row

Run = Callable[[Ctx, Any, Mapping[str, Any]], Any]


def _nothing_more(ctx: Ctx, row: Any, data: Mapping[str, Any]) -> None:
    """The state says it all."""


def cancel_action(
    entity: str,
    states: Sequence[str],
    *,
    title: Text | None = None,
    run: Run = _nothing_more,
    roles: tuple[str, ...] = (),
    permission: str = "",
    order: int = 85,
) -> Action:
    """Drop a document, with a reason. ``run`` releases what it holds; other plugins may veto (``before_transition``)."""
    return Action(
        entity, "cancel", title or T("Cancel the document"), run, tuple(states), "cancelled", roles=roles,
        permission=permission, reason=True, tone="danger", order=order,
    )  # fmt: skip


def discard_action(
    entity: str, *, roles: tuple[str, ...] = (), permission: str = "", order: int = 85
) -> Action:
    """Drop a draft of what is reversed once it is posted; its number stays used."""
    return Action(
        entity, "discard", T("Discard draft"), _nothing_more, ("draft",), "reversed", roles=roles, permission=permission,
        tone="danger", confirm=T("Discard this draft? Its number is not used again."), order=order,
    )  # fmt: skip


def reverse_action(
    entity: str,
    run: Run,
    *,
    states: Sequence[str] = ("posted",),
    roles: tuple[str, ...] = (),
    fields: tuple[Field, ...] = (),
    visible: Callable[[Ctx, Any], bool] | None = None,
    order: int = 80,
) -> Action:
    """Take a posted document back with all that followed from it; ``run`` finds the reason in what it is given."""
    return Action(
        entity, "reverse", T("Reverse"), run, tuple(states), "reversed", roles=roles, fields=fields, reason=True,
        tone="danger", visible=visible, order=order,
    )  # fmt: skip


def copy_action(entity: str, run: Run, *, fields: tuple[Field, ...] = (), order: int = 40) -> Action:
    """A new draft like this document, whatever its state, for whoever may create one; ``run`` returns the copy."""
    return Action(entity, "copy", T("Copy"), run, fields=fields, permission=f"{entity}.create", order=order)


def copy_header(ctx: Ctx, row: Any, *, changes: Mapping[str, Any]) -> Any:
    """A new document of the same kind with what people typed in the header of ``row``, ``changes`` over it.

    What begins anew begins as in an empty form: the day the document is made, dates that state a fact. Raises Denied without
    the right to create one, Refused with what the header is refused for today (a partner that is no longer active).
    """
    entity = ctx.registry.entity_for(row)
    ctx.require(f"{entity.name}.create")
    typed = [f for f in entity.fields if not f.readonly and f.there(ctx)]
    data = {f.name: f.initial(ctx) if f.fact or callable(f.default) else getattr(row, f.name) for f in typed}
    return save_row(ctx, entity, None, {**data, **changes}, {})

"""Lines of documents that take them by an action: those there are, and others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Action, Ctx, EntityType, Refused, T
from core.remote import perform, to_json
from plugins.imports.words import TABLE


def replace_lines(ctx: Ctx, entity: EntityType, row: Any, lines: Sequence[Any]) -> None:
    """Put ``lines`` in the place of those that a document has."""
    action = _line_action(ctx, entity)
    whole = {"replace": True} if any(f.name == "replace" for f in action.fields) else {}
    perform(ctx, entity, action.name, row, {TABLE: lines, **whole})


def held_lines(ctx: Ctx, entity: EntityType, row: Any) -> Any:
    """The lines of a document, as they are given back when a sheet that replaced them is taken back. Refused where they could
    not be given back whole."""
    action = _line_action(ctx, entity)
    called = getattr(row, entity.key)
    if action.held is None:
        raise Refused(T("Lines of {number} could not be given back: change them on its page.", number=called))
    if not all(f.there(ctx) for table in action.tables for f in table.fields):
        raise Refused(T("You do not see all that the lines of {number} say.", number=called))
    return to_json(ctx, action.held(ctx, row))


def _line_action(ctx: Ctx, entity: EntityType) -> Action:
    found: Action = ctx.registry.actions[entity.name][entity.line_action]
    return found

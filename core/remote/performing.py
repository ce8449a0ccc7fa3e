"""Making, changing, deleting, and actions with their payloads, by the name of the verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.data.db import Base
from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.fields import PayloadTable
from core.entities import crud, transitions
from core.entities.additions import every_field
from core.entities.seen import seen_fields
from core.errors import Refused
from core.remote import forms
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

FORM = ("create", "edit", "delete")
"""What every kind of document has without declaring it: its form, and being deleted."""


@dataclass(frozen=True)
class Performed:
    """What was done: the row that was changed or made (gone, after a deletion), and what the action had to say."""

    row: Any
    message: Text | str | None = None
    deleted: bool = False


def payload_of_verb(ctx: Ctx, entity: EntityType, verb: str) -> Action:
    """The declared action; for create and edit one that takes the fields and lines of the form, for delete one that takes
    nothing. NotFound for a verb that the entity does not have."""
    if verb not in FORM or ctx.registry.actions[entity.name].standing(verb, ctx.enabled):
        action = transitions.action_of(ctx, entity, verb)
        return replace(action, fields=seen_fields(ctx, action.fields))
    if verb == "delete":
        return Action(entity.name, verb, T("Delete {what}", what=entity.plural))
    fields = tuple(
        f if verb == "create" else replace(f, required=False)
        for f in every_field(ctx, entity)
        if not f.readonly
    )
    tables = tuple(PayloadTable(t.name, t.label, t.fields, help=t.help) for t in entity.children)
    label = (
        T("Create {what}", what=entity.plural) if verb == "create" else T("Edit {what}", what=entity.plural)
    )
    return Action(entity.name, verb, label, fields=fields, tables=tables)


def perform(
    ctx: Ctx,
    entity: EntityType,
    verb: str,
    row: Any,
    sent: Mapping[str, Any],
    *,
    version: int | None = None,
) -> Performed:
    """Carry out ``verb`` on ``row`` (None only for create) with the payload ``sent``: texts as typed, or plain JSON values.

    ``version`` is the one that the caller saw. What is not sent keeps its value (edit) or starts as on the screen. Raises
    Denied, NotFound, Stale, or Refused with a Problem at each wrong value; then nothing may be committed.
    """
    own = {action.name for action in ctx.registry.actions[entity.name].all_standing(ctx.enabled)}
    if verb in FORM and verb not in own:
        ctx.require(f"{entity.name}.{verb}")
    if verb == "create" and verb not in own:
        return Performed(crud.save_row(ctx, entity, None, *forms.for_new(ctx, entity, sent)))
    if row is None:
        raise Refused(T("Say which {what}: its number or code comes after the action.", what=entity.label))
    if verb == "edit" and verb not in own:
        data, children = forms.for_edit(ctx, entity, row, sent)
        return Performed(crud.save_row(ctx, entity, row, data, children, version=version))
    if verb == "delete" and verb not in own:
        crud.check_version(ctx, entity, row, version)
        crud.delete_row(ctx, entity, row)
        return Performed(row, deleted=True)
    result = transitions.run_action(ctx, entity, row, verb, sent, version=version)
    if isinstance(result, Base):  # it made another document
        return Performed(result)
    return Performed(row, result if isinstance(result, str | Text) else None)

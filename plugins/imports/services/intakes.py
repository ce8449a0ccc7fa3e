"""How documents of a kind come in: by their own form, or by what another document does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.api import Action, Ctx, EntityType, Field, NotFound, PayloadTable, T
from core.remote import payload_of_verb
from plugins.imports.words import DRAFT, SOURCE, TABLE


@dataclass(frozen=True)
class Intake:
    """``verb`` of ``entity``, or of the document of ``source`` that each row names (a purchase order receives a receipt).

    ``lines``: the action that takes the table of lines behind it; "" where the verb takes all tables itself.
    """

    entity: EntityType
    verb: str
    fields: tuple[Field, ...]
    tables: tuple[PayloadTable, ...]
    source: EntityType | None = None
    lines: str = ""
    drafts: bool = False

    @property
    def own_tables(self) -> set[str]:
        """Names of the tables that the verb takes itself."""
        return {t.name for t in self.tables} - ({TABLE} if self.lines else set())


def intake_of(ctx: Ctx, entity: EntityType) -> Intake:
    """How this person may bring such documents in; NotFound where they may not."""
    found = next(_ways(ctx, entity), None)
    if found is None:
        raise NotFound(T("There is nothing called {name}.", name=entity.name))
    return found


def importable(ctx: Ctx) -> list[EntityType]:
    """The kinds that this person may bring in."""
    return [e for e in ctx.registry.entities.values() if ctx.is_on(e.plugin) and any(_ways(ctx, e))]


def _ways(ctx: Ctx, entity: EntityType) -> Iterator[Intake]:
    if entity.creatable:
        if ctx.can(f"{entity.name}.create"):
            yield _own(ctx, entity)
        return
    for action in ctx.registry.makers(entity.name, ctx.enabled):
        if ctx.can(action.right):
            source = ctx.registry.get(action.entity)
            form = payload_of_verb(ctx, source, action.name)
            asked = Field(SOURCE, source.label, "ref", ref=source.name, required=True)
            fields = (asked, *(f for f in form.all_fields() if f.name != DRAFT))
            drafts = len(fields) <= len(form.all_fields())
            yield Intake(entity, action.name, fields, form.tables, source, drafts=drafts)


def _own(ctx: Ctx, entity: EntityType) -> Intake:
    form = payload_of_verb(ctx, entity, "create")
    action = _line_action(ctx, entity) if TABLE not in {t.name for t in form.tables} else None
    tables = form.tables if action is None else (*form.tables, *(t for t in action.tables if t.name == TABLE))
    return Intake(
        entity, "create", form.all_fields(), tables, lines=action.name if action is not None else ""
    )


def _line_action(ctx: Ctx, entity: EntityType) -> Action | None:
    """The action through which documents that have no lines in their form take all of them, for this person."""
    action = ctx.registry.actions[entity.name].standing(entity.line_action, ctx.enabled)
    if action is None or not ctx.can(action.right) or all(t.name != TABLE for t in action.tables):
        return None
    return replace(action, tables=payload_of_verb(ctx, entity, action.name).tables)

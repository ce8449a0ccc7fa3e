"""The full-process table: how far each document of an entity is, one column a step, each step told by the plugin it
belongs to. Which entity and which steps is declared (``registry.step``); nothing here knows a plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.api import Column, Ctx, EntityType, Figure, NavItem, ProcessStep, T
from core.base_api import ListPage, ListQuery, all_columns, fetch_page

Loader = Callable[[Ctx, Sequence[Any]], Mapping[int, Figure]]


@dataclass
class Table:
    """Columns of the table for one person."""

    entity: EntityType
    steps: list[ProcessStep]
    columns: list[Column]


def entities(ctx: Ctx) -> list[EntityType]:
    """Entities with a full-process table that this person may see."""
    named = (ctx.registry.entities[name] for name in ctx.registry.steps if name in ctx.registry.entities)
    return [entity for entity in named if ctx.can(f"{entity.name}.view")]


def menu(ctx: Ctx) -> list[NavItem]:
    """The table's entries of the menu, each after the list of its documents."""
    found = [entity for entity in entities(ctx) if entity.menu]
    several = len(ctx.registry.steps) > 1
    return [
        NavItem(
            T("Full-process table"),
            f"/process/?of={entity.name}" if several else "/process/",
            entity.menu[0],
            entity.menu[1] + 1,
        )
        for entity in found
        if entity.menu
    ]


def steps(ctx: Ctx, entity: EntityType) -> list[ProcessStep]:
    """The steps of plugins that are on and that this person may see, in order."""
    return sorted(
        (
            step
            for step in ctx.registry.steps[entity.name].all_standing(ctx.enabled)
            if not step.right or ctx.can(step.right)
        ),
        key=lambda step: (step.order, step.name),
    )


def table(ctx: Ctx, entity: EntityType, *, without: Sequence[str] = ()) -> Table:
    """The document's own columns (``brief``), then the steps. Each step is loaded once a page."""
    own = {c.name: c for c in all_columns(ctx, entity)}
    names = entity.brief or tuple(name for name, c in own.items() if c.load is None and not c.hidden)
    found = Table(entity, steps(ctx, entity), [own[name] for name in names if name not in without])
    found.columns += [
        Column(f"step:{step.name}", step.label, load=_by_id(step), sort=False, plugin=step.plugin)
        for step in found.steps
    ]
    return found


def fetch(ctx: Ctx, found: Table, asked: ListQuery) -> ListPage:
    """One page of the table; a number of statements that does not depend on the rows."""
    return fetch_page(ctx, found.entity, asked, found.columns)


def by_date(entity: EntityType) -> str:
    """The date that the table is sorted by: the first one that can be filtered."""
    dates = {f.name for f in entity.fields if f.kind == "date"}
    return next((name for name in entity.filters if isinstance(name, str) and name in dates), "")


def usual(entity: EntityType, **more: Any) -> ListQuery:
    """What the table shows when nothing was asked: open documents, the first date first."""
    return ListQuery(filters={"state": ("open",)} if entity.states else {}, sort=by_date(entity), **more)


def _by_id(step: ProcessStep) -> Loader:
    return lambda ctx, rows: step.load(ctx, [row.id for row in rows])

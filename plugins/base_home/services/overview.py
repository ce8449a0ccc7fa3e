"""What the Hub page shows: parts that plugins give, put in order. A plugin that fails is named; the page lives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from core.api import Alert, Ctx, EntityType, Task, Text, Tile
from core.base_api import AuditEntry, ListPage
from plugins.base_home.services import process

TONES = {"bad": 0, "warn": 1}
FIRST = 8
"""Rows of the full-process table on the Hub page."""
Part = TypeVar("Part")


@dataclass(frozen=True)
class Tab:
    """A tab: the plugin it belongs to."""

    code: str
    label: Text


@dataclass
class Process:
    """The first rows of an entity's full-process table."""

    table: process.Table
    page: ListPage


@dataclass
class Overview:
    """Everything on the page. ``over`` and ``inside`` are (plugin, panel), a panel that failed is its exception."""

    tiles: list[Tile] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    over: list[tuple[str, Any]] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    current: str = ""
    inside: list[tuple[str, Any]] = field(default_factory=list)


def build_overview(ctx: Ctx, tab: str) -> Overview:
    """The page with ``tab`` in front, or with the first one."""
    found = Overview()
    tiles = _parts(ctx, "dashboard_tiles", Tile)
    found.tiles = sorted(tiles, key=lambda tile: (tile.value == 0, tile.order))  # what is zero steps back
    found.alerts = sorted(
        _parts(ctx, "alerts", Alert), key=lambda alert: (TONES.get(alert.tone, 2), alert.order)
    )
    found.tasks = sorted(
        _parts(ctx, "tasks", Task),
        key=lambda task: (TONES.get(task.tone, 2), task.due or date.max),
    )
    found.processes = [_process(ctx, entity) for entity in process.entities(ctx)]
    panels = sorted(ctx.hooks.isolated("dashboard_panels"), key=lambda pair: getattr(pair[1], "order", 99))
    titles = {plugin.name: plugin.manifest.title for plugin in ctx.hub.plugins}
    for plugin, panel in panels:
        kind, _, code = getattr(panel, "place", "").partition(":")
        if kind != "tab":
            found.over.append((plugin, panel))
        elif code in titles and code not in {t.code for t in found.tabs}:
            found.tabs.append(Tab(code, titles[code]))
    codes = [t.code for t in found.tabs]
    found.current = tab if tab in codes else (codes[0] if codes else "")
    found.inside = [pair for pair in panels if getattr(pair[1], "place", "") == f"tab:{found.current}"]
    return found


def _parts(ctx: Ctx, hook: str, kind: type[Part]) -> Iterable[Part]:
    for plugin, part in ctx.hooks.isolated(hook):
        if isinstance(part, kind):
            yield part
        elif isinstance(part, Exception):
            ctx.failed.add(plugin)


def _process(ctx: Ctx, entity: EntityType) -> Process:
    table = process.table(ctx, entity, without=("state",))
    page = process.fetch(ctx, table, process.usual(entity, size=FIRST))
    return Process(table, page)


def recent(ctx: Ctx, limit: int = 8) -> list[tuple[AuditEntry, EntityType]]:
    """The documents that changed last, newest first, each once, of those the person may see."""
    found: dict[tuple[str, int], tuple[AuditEntry, EntityType]] = {}
    for entry in ctx.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(60)):
        entity = ctx.registry.entities.get(entry.entity)
        key = (entry.entity, entry.entity_id)
        if entity is None or entity.plugin in ctx.hub.always_on or entry.action == "delete":
            continue
        if key in found or not ctx.can(f"{entity.name}.view"):
            continue
        found[key] = (entry, entity)
        if len(found) == limit:
            break
    return list(found.values())

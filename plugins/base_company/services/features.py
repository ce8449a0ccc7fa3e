"""The features of the installation as an administrator sees them: what each brings and needs, who switched it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.api import Ctx, T, Text
from core.base_api import (
    OPERATE_RIGHT,
    AuditEntry,
    LoadedPlugin,
    bridges,
    count_failures,
    dependent_plugins,
    is_restricted,
    required_plugins,
)
from plugins.base_company.services.contents import Contents, contents

CATEGORIES: dict[str, Text] = {
    "master": T("Master data"),
    "sales": T("Orders and shipping"),
    "production": T("Production"),
    "materials": T("Materials"),
    "operations": T("Further features"),
    "platform": T("Data in and out"),
}
"""The groups of the page, by ``Manifest.category``; what is none of them stands under ``operations``."""


@dataclass(frozen=True)
class Bridge:
    """What comes of a feature together with others, and is on exactly when all of them are."""

    plugin: LoadedPlugin
    others: tuple[LoadedPlugin, ...]
    on: bool


@dataclass(frozen=True)
class Feature:
    """A loaded plugin that can be switched. ``missing`` is switched on with it, ``needed_by`` is on and needs it; ``locked``:
    only an operator switches it, and who looks is none."""

    plugin: LoadedPlugin
    on: bool
    needs: tuple[LoadedPlugin, ...]
    missing: tuple[LoadedPlugin, ...]
    needed_by: tuple[LoadedPlugin, ...]
    extends: tuple[LoadedPlugin, ...]
    bridges: tuple[Bridge, ...]
    contents: Contents
    last: AuditEntry | None
    restricted: bool
    locked: bool
    failures: int
    """How often a part of it, or of its bridges, failed here that nobody has looked at."""


@dataclass(frozen=True)
class Group:
    """Features of one kind."""

    label: Text
    features: Sequence[Feature]


def features(ctx: Ctx) -> list[Feature]:
    """Every loaded plugin that can be switched, in dependency order. Two queries."""
    hub, known = ctx.hub, {p.name: p for p in ctx.hub.plugins if not p.manifest.base}
    joins = [p for p in known.values() if p.manifest.bridge]
    operator, last, failed, found = ctx.can(OPERATE_RIGHT), _last(ctx), count_failures(ctx), []
    for plugin in known.values():
        if plugin.manifest.bridge:
            continue
        wanted = [n for n in required_plugins(hub, plugin.name) if n in known and n != plugin.name]
        needs = tuple(known[n] for n in wanted if not known[n].manifest.bridge)
        found.append(
            Feature(
                plugin=plugin,
                on=plugin.name in ctx.enabled,
                needs=needs,
                missing=tuple(p for p in needs if p.name not in ctx.enabled),
                needed_by=tuple(known[n] for n in dependent_plugins(hub, plugin.name, ctx.enabled)),
                extends=tuple(known[n] for n in plugin.manifest.extends if n in known),
                bridges=tuple(
                    _bridge(ctx, known, p, plugin) for p in joins if plugin.name in p.manifest.requires
                ),
                contents=contents(ctx, [plugin]),
                last=last.get(plugin.name),
                restricted=is_restricted(hub, plugin),
                failures=sum(
                    failed.get(p.name, 0)
                    for p in (plugin, *(j for j in joins if plugin.name in j.manifest.requires))
                ),
                locked=is_restricted(hub, plugin) and not operator,
            )
        )
    return found


def groups(ctx: Ctx, sought: str = "") -> list[Group]:
    """The features by kind; with ``sought``, those that have all of its words in what is said of them."""
    words = sought.casefold().split()
    by_kind: dict[str, list[Feature]] = {}
    for each in features(ctx):
        if all(word in _told(each) for word in words):
            kind = each.plugin.manifest.category
            by_kind.setdefault(kind if kind in CATEGORIES else "operations", []).append(each)
    return [Group(label, by_kind[kind]) for kind, label in CATEGORIES.items() if kind in by_kind]


def default_plugins(ctx: Ctx) -> list[LoadedPlugin]:
    """What is part of every installation."""
    return [p for p in ctx.hub.plugins if p.manifest.base]


def switched_with(ctx: Ctx, name: str) -> list[LoadedPlugin]:
    """What a switch of this plugin would switch on, itself included, in dependency order."""
    on = {*ctx.enabled, *required_plugins(ctx.hub, name)}
    on.update(bridges(ctx.hub, on))
    return [p for p in ctx.hub.plugins if p.name in on - ctx.enabled]


def _bridge(ctx: Ctx, known: dict[str, LoadedPlugin], bridge: LoadedPlugin, side: LoadedPlugin) -> Bridge:
    others = tuple(known[n] for n in bridge.manifest.requires if n in known and n != side.name)
    return Bridge(bridge, others, bridge.name in ctx.enabled)


def _last(ctx: Ctx) -> dict[str, AuditEntry]:
    """Who switched each plugin last, by its name."""
    latest = (
        select(func.max(AuditEntry.id))
        .where(AuditEntry.entity == "core.enablement", AuditEntry.tenant_id == ctx.tenant.id)
        .group_by(AuditEntry.number)
    )
    return {
        entry.number: entry
        for entry in ctx.session.scalars(select(AuditEntry).where(AuditEntry.id.in_(latest)))
    }


def _told(feature: Feature) -> str:
    manifest = feature.plugin.manifest
    brought = [name for _kind, names in feature.contents for name in names]
    others = [str(b.plugin.manifest.summary) for b in feature.bridges]
    return " ".join([manifest.name, str(manifest.title), str(manifest.summary), *brought, *others]).casefold()

"""What a tenant is given once of a plugin that it has: roles, rights, number series and lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Enablement
from core.declare.declarations import EVERYONE
from core.entities.lists import seed_lists
from core.entities.numbering import seed_series
from core.kernel import upgrading
from core.kernel.permissions import holders, seed_grants, seed_roles

if TYPE_CHECKING:
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub

CORE = "core"
"""The row of the hub itself: what core declares is given like what a plugin declares."""


def kept_rows(ctx: Ctx) -> dict[str, Enablement]:
    """What is kept of each plugin that this tenant has, or had: on or off, and what it was given."""
    return {row.plugin: row for row in ctx.session.scalars(select(Enablement))}


def declared_names(hub: Hub, plugin: str) -> list[str]:
    """What a tenant is given once of ``plugin``: ``role:…``, ``right:…``, ``series:…`` and ``list:…``."""
    registry = hub.registry
    groups = (
        ("role", registry.roles),
        ("right", registry.permissions),
        ("series", registry.number_series),
        ("list", registry.lists),
    )
    return [
        f"{kind}:{name}" for kind, group in groups for name, spec in group.items() if spec.plugin == plugin
    ]


def offer(ctx: Ctx, plugins: Sequence[str]) -> dict[str, list[str]]:
    """Mark ``plugins`` as on, and give the tenant what they and core declare and it was never offered: its names by plugin.
    What an administrator took away since stays away."""
    rows, fresh = kept_rows(ctx), {}
    for plugin in (CORE, *plugins):
        have = set(rows[plugin].offered) if plugin in rows else set()
        if new := [n for n in declared_names(ctx.hub, plugin) if n not in have]:
            fresh[plugin] = new
    _give(
        ctx, {name for names in fresh.values() for name in names}, known={p for p in rows if rows[p].offered}
    )
    for plugin in (CORE, *plugins):
        if plugin in rows:
            rows[plugin].enabled = True
            rows[plugin].offered = [*rows[plugin].offered, *fresh.get(plugin, ())]
    ctx.session.insert_many(
        Enablement,
        [
            {"plugin": p, "enabled": True, "offered": [*fresh.get(p, []), *upgrading.mark(ctx.hub, p)]}
            for p in (CORE, *plugins)
            if p not in rows
        ],
    )
    ctx.session.flush()
    return fresh


def _give(ctx: Ctx, names: set[str], known: Collection[str] = ()) -> None:
    """Give what is named; ``known`` are the plugins that the tenant had before, whose rights may follow older ones
    (``Permission.before``)."""
    registry, session = ctx.registry, ctx.session
    fresh = seed_roles(session, (r for n, r in registry.roles.items() if f"role:{n}" in names))
    rights: dict[str, list[str]] = {}
    for name, right in registry.permissions.items():
        codes = list(registry.roles) if right.roles == EVERYONE else list(right.roles)
        if f"right:{name}" in names:
            kept = right.before and right.plugin in known
            rights[name] = list(holders(session, right.before)) if kept else codes
        elif fresh and (right.plugin == CORE or right.plugin in ctx.enabled):
            # a role that comes later has what it would have had from the beginning
            rights[name] = [code for code in codes if code in fresh]
    seed_grants(session, rights)
    seed_series(session, (s for n, s in registry.number_series.items() if f"series:{n}" in names))
    seed_lists(session, (s for n, s in registry.lists.items() if f"list:{n}" in names))

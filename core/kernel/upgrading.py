"""Data of a company that follows a new version of a plugin: hook ``plugin_upgraded``, once per company and version, in steps.

Which version a company's data is of is kept beside what it was offered (``version:…``), for plugins that implement the hook.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Enablement
from core.kernel.hooks import Hooks

if TYPE_CHECKING:
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub

MARK = "version:"
HOOK = "plugin_upgraded"


def implementers(hub: Hub) -> dict[str, str]:
    """Versions of the plugins that keep their data in step with it, in dependency order."""
    asked = {impl.plugin_name for impl in getattr(hub.manager.hook, HOOK).get_hookimpls()}
    return {p.name: p.manifest.version for p in hub.plugins if p.name in asked}


def mark(hub: Hub, plugin: str) -> list[str]:
    """What is kept of a company whose data is of the version that runs."""
    version = implementers(hub).get(plugin)
    return [] if version is None else [f"{MARK}{version}"]


def version_of(row: Enablement) -> str:
    """The version that a company's data is of; "" for one from before this was kept."""
    return next((n.removeprefix(MARK) for n in row.offered if n.startswith(MARK)), "")


def due(ctx: Ctx, rows: Iterable[Enablement]) -> list[tuple[str, str]]:
    """(plugin, version of the data) where the data is not of the version that runs, of plugins that are on."""
    known = {row.plugin: version_of(row) for row in rows}
    here = {name: version for name, version in implementers(ctx.hub).items() if name in ctx.enabled}
    return [(name, known[name]) for name in here if name in known and known[name] != here[name]]


def take_step(ctx: Ctx, plugin: str, since: str) -> bool:
    """Let the plugin bring its data on; False once it is done, which is noted in the same transaction."""
    only = Hooks(ctx, ctx.hub.manager, frozenset({plugin}))
    if any(only.plugin_upgraded(since=since, version=implementers(ctx.hub)[plugin])):
        return True
    row = ctx.session.scalars(select(Enablement).where(Enablement.plugin == plugin)).one()
    row.offered = [*(n for n in row.offered if not n.startswith(MARK)), *mark(ctx.hub, plugin)]
    ctx.session.flush()
    return False

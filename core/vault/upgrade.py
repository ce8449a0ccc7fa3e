"""What an upgrade does beside the tables: companies are given what plugins newly declare, and their data follows new versions.

Each step is kept by itself: where one fails it is said, the others go on, and doing it again goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from core.data import migrate
from core.data.records import AuditEntry
from core.errors import HubError, PluginFailed, StartError
from core.kernel import enablement, upgrading
from core.kernel.context import TenantInfo
from core.vault import proof, tables

if TYPE_CHECKING:
    from core.kernel.hub import Hub

KINDS = {"right": "right", "role": "role", "series": "number series", "list": "list"}


def upgrade(hub: Hub) -> Iterator[str]:
    """Migrate every loaded plugin, then :func:`bring`; what was done, a line for each thing."""
    with hub.engine.connect() as connection:
        known = migrate.known_lineages(connection)
    behind = migrate.pending_migrations(hub)
    migrate.upgrade_database(hub)
    hub.check_ready()
    _go_on_after_history(hub, set(behind) - known)
    yield f"Migrated: {', '.join(behind)}." if behind else "Everything is up to date."
    yield from bring(hub)


def bring(hub: Hub, companies: Iterable[TenantInfo] | None = None) -> Iterator[str]:
    """Give companies (all, also those that are shut) what is new, and bring their data on. StartError in the end, with
    sentences, where a plugin failed for one."""
    failed = []
    for company in proof.every_company(hub) if companies is None else companies:
        with hub.context(company) as ctx:
            brought, due = enablement.sync(ctx), enablement.outdated(ctx)
        for plugin, names in brought.items():
            for name in names:
                kind, _, which = name.partition(":")
                yield f"{company.code}: {plugin}: {KINDS.get(kind, kind)} {which}".rstrip()
        for plugin, since in due:
            try:
                steps = _steps(hub, company, plugin, since)
            except (HubError, PluginFailed) as error:
                failed.append(
                    f"{company.code}: {hub.speakers.named(plugin)}: its data was not brought on from "
                    f"{since or 'before'}: {error}"
                )
                continue
            yield f"{company.code}: {plugin}: data brought on from {since or 'before'} ({steps} steps)"
    if failed:
        raise StartError(
            "\n".join([*failed, "What was done is kept; `hub plugin sync` goes on where it stopped."])
        )


def _steps(hub: Hub, company: TenantInfo, plugin: str, since: str) -> int:
    done, more = 0, True
    while more:
        with hub.context(company) as ctx:
            more = upgrading.take_step(ctx, plugin, since)
        done += 1
    return done


def _go_on_after_history(hub: Hub, plugins: set[str]) -> None:
    """A plugin that was here before, purged and comes again: its documents get none of the ids that the trail tells of."""
    names = {
        e.name: str(e.model.__tablename__) for e in hub.registry.entities.values() if e.plugin in plugins
    }
    if not names:
        return
    last: dict[str, int] = {}
    engine, entry = migrate.owner_engine(hub), AuditEntry.table()
    with engine.begin() as connection:
        wanted = sa.select(entry.c.entity, sa.func.max(entry.c.entity_id)).where(
            entry.c.entity.in_(list(names))
        )
        for company in proof.every_company(hub):
            tables.announce(connection, company.id)
            own = wanted.where(entry.c.tenant_id == company.id).group_by(entry.c.entity)
            for name, found in connection.execute(own):
                last[names[name]] = max(last.get(names[name], 0), found)
        for shape in tables.shapes(connection) if last else ():
            tables.go_on_after(connection, shape, last.get(shape.name))
    engine.dispose()

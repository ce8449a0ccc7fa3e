"""How a company's features and the installation under them are: what failed, what is missing, what waits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from core.api import Ctx
from core.base_api import (
    Enablement,
    Failure,
    Hub,
    Job,
    StartError,
    all_failures,
    known_lineages,
    pending_migrations,
)


@dataclass(frozen=True)
class Installation:
    """What concerns every company: ``left_out`` as the hub has it, names of plugins whose tables are behind their code
    (``pending``), why that cannot be told (``fault``), plugins that have tables here and are not loaded (``orphans``)."""

    left_out: dict[str, str]
    pending: tuple[str, ...]
    fault: str
    orphans: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Nothing to do; tables of what is not loaded do no harm."""
        return not (self.left_out or self.pending or self.fault)


@dataclass(frozen=True)
class Health:
    """One company's: what failed and nobody has seen since, what was seen, failed jobs by kind with their number, plugins that
    are on here and are not loaded, and plugins (with what they require) that are on without it."""

    failing: tuple[Failure, ...]
    seen: tuple[Failure, ...]
    jobs: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]
    incomplete: tuple[tuple[str, str], ...]

    @property
    def well(self) -> bool:
        """Nothing to do."""
        return not (self.failing or self.jobs or self.missing or self.incomplete)


def installation(hub: Hub) -> Installation:
    """What concerns every company."""
    fault, behind = "", list[str]()
    try:
        behind = pending_migrations(hub)
    except StartError as error:
        fault = str(error)
    with hub.engine.connect() as connection:
        known = known_lineages(connection)
    orphans = known - {"core", *hub.plugin_names, *hub.left_out}
    return Installation(dict(hub.left_out), tuple(behind), fault, tuple(sorted(orphans)))


def health(ctx: Ctx) -> Health:
    """This company's."""
    failures = all_failures(ctx)
    failing = tuple(f for f in failures if f.seen_at is None or f.last_at > f.seen_at)
    failed = (
        select(Job.kind, func.count()).where(Job.status == "failed").group_by(Job.kind).order_by(Job.kind)
    )
    rows = ctx.session.scalars(select(Enablement.plugin).where(Enablement.enabled))
    on = {name.partition("/")[0] for name in rows}  # parts of plugins are kept beside them
    return Health(
        failing,
        tuple(f for f in failures if f not in failing),
        tuple((kind, number) for kind, number in ctx.session.execute(failed)),
        tuple(sorted(on - {"core", *ctx.hub.plugin_names})),
        tuple(
            (plugin.name, need)
            for plugin in ctx.hub.plugins
            if plugin.name in ctx.enabled
            for need in plugin.manifest.requires
            if need not in ctx.enabled
        ),
    )

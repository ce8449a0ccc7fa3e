"""How every plugin stands in an installation: distribution, migrations, companies, rows, and what is left of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection

from core.data import migrate
from core.data.models import Enablement
from core.kernel.plugins import BASE_GROUP, discover, origins
from core.vault import proof, tables
from core.vault.belongings import NAMED, OFFERED, of_documents
from core.vault.tables import TENANT, Shape

if TYPE_CHECKING:
    from core.kernel.hub import Hub


@dataclass
class Standing:
    """How a plugin stands in an installation."""

    name: str
    version: str = ""
    distribution: str = ""
    loaded: bool = False
    installed: bool = False
    migrations: str = "none"
    """``none``, ``up to date``, ``pending`` or ``ahead`` (the database was made by a newer version); ``left`` of one that is
    not loaded."""
    revision: str = ""
    on: list[str] = field(default_factory=list)
    """Codes of the companies where it is on."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows by table: its own, and what belongs to it elsewhere."""

    @property
    def is_left(self) -> bool:
        """Is it not loaded any more, and something of it still there?"""
        return not self.loaded and bool(self.rows or self.revision)


@dataclass
class Census:
    """What the database holds of each plugin."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    """Rows by table, of each."""
    on: dict[str, list[str]] = field(default_factory=dict)
    """Codes of the companies where each is on."""

    def note(self, plugin: str, table: str, rows: int) -> None:
        """So many rows of the table are the plugin's."""
        if plugin not in ("", "core") and rows:
            self.rows.setdefault(plugin, Counter())[table] += rows


def standings(hub: Hub, only: str = "", *, core: bool = False) -> list[Standing]:
    """Every plugin that is loaded, installed, or has left something in the database; or the one that is named. ``core``: where
    core itself stands comes first."""
    loaded, brought = {p.name: p for p in hub.plugins}, origins()
    engine = migrate.owner_engine(hub)
    with engine.connect().execution_options(hub_write=False) as connection:
        connection.begin()
        at, counted = tables.standing(connection), _census(hub, connection)
    engine.dispose()
    beside = {*discover(), *discover(BASE_GROUP), *at, *counted.rows} - {"core", *loaded}
    names = [*(["core"] if core else []), *loaded, *sorted(beside)]
    found = []
    for name in [n for n in names if only in ("", n)]:
        made = Standing(
            name, loaded=name in (*loaded, "core"), installed=name in brought, revision=at.get(name, "")
        )
        made.distribution = ", ".join(sorted(brought.get(name, ())))
        if name in loaded:
            made.version, made.distribution = loaded[name].manifest.version, loaded[name].distribution
        made.migrations = _migrated(hub, made)
        made.rows, made.on = dict(counted.rows.get(name, {})), counted.on.get(name, [])
        found.append(made)
    return found


def _migrated(hub: Hub, made: Standing) -> str:
    if not made.loaded:
        return "left" if made.revision else "none"
    heads = migrate.heads_of(hub, made.name)
    if made.revision and made.revision not in migrate.revisions_of(hub, made.name):
        return "ahead"
    return (
        "none" if not heads and not made.revision else "up to date" if heads == {made.revision} else "pending"
    )


def _census(hub: Hub, connection: Connection) -> Census:
    made, shapes = Census(), tables.shapes(connection)
    for shape in shapes:
        if not shape.owned and shape.plugin != "core":
            made.note(shape.plugin, shape.name, tables.count_rows(connection, shape, None))
    if not any(shape.name == "core_enablement" for shape in shapes):
        return made
    for company in proof.every_company(hub):
        tables.announce(connection, company.id)
        switch = Enablement.table()
        owner: dict[str, str] = {}
        rows = sa.select(switch.c.plugin, switch.c.enabled, switch.c.offered).where(
            switch.c.tenant_id == company.id
        )
        for plugin, on, offered in connection.execute(rows):
            made.note(plugin, "core_enablement", 1)
            owner |= dict.fromkeys(offered or (), plugin)
            if on:
                made.on.setdefault(plugin, []).append(company.code)
        _note_company(connection, shapes, made, company.id, owner)
    return made


def _note_company(
    connection: Connection, shapes: Sequence[Shape], made: Census, company: int, owner: Mapping[str, str]
) -> None:
    hanging = of_documents()
    for shape in (s for s in shapes if s.owned):
        column = NAMED.get(shape.name) or ("entity" if shape.name in hanging else "")
        if column:
            table = tables.table_of(shape)
            grouped = (
                sa.select(table.c[column], sa.func.count())
                .where(table.c[TENANT] == company)
                .group_by(table.c[column])
            )
            for code, rows in connection.execute(grouped):
                prefix, dot, _rest = str(code).partition(".")
                whose = owner.get(f"{OFFERED.get(shape.name, '-')}{code}") or (prefix if dot else "")
                made.note(whose, shape.name, rows)
        if shape.plugin != "core":
            made.note(shape.plugin, shape.name, tables.count_rows(connection, shape, (TENANT, company)))

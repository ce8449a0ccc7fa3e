"""The life of each plugin of the house: alone with what it requires, off and on, purged and again, and upgraded, with data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, func, select

from core.data import migrate
from core.data.db import Base
from core.kernel import accounts, dependencies, enablement
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.kernel.plugins import discover
from core.testing.databases import engine_name, new_database
from core.testing.ground import config_for
from core.testing.web import HubClient
from core.vault import chain, proof, purge, standings, tables
from plugins.base_demo.demo import loader

_numbers = itertools.count(1)
DAILY = ("imports",)
"""Whose life is looked at every day; the others are ``thorough``."""
EVERY = [n if n in DAILY else pytest.param(n, marks=pytest.mark.thorough) for n in sorted(discover())]


@pytest.fixture(autouse=True)
def _slow_on_split_tables():
    if engine_name() == "pghash":
        pytest.skip("the same on unsplit tables, and slow here")


@pytest.fixture
def new_hub(tmp_path: Path, worker: str) -> Iterator[Any]:
    """``new_hub(names)``: a hub with these plugins on an empty database; ``new_hub(names, other)`` on that of another."""
    made: list[Hub] = []

    def make(names: tuple[str, ...], beside: Hub | None = None) -> Hub:
        if beside is not None:
            config = replace(beside.config, plugins=names)
        else:
            config = config_for(new_database(tmp_path, f"life_{worker}_{next(_numbers)}"), tmp_path, names)
        made.append(Hub(config))
        return made[-1]

    yield make
    for hub in made:
        hub.engine.dispose()


def with_required(hub: Hub, name: str) -> tuple[str, ...]:
    return tuple(n for n in dependencies.required_plugins(hub, name) if n not in hub.always_on)


def counts(hub: Hub, info: TenantInfo, plugin: str) -> dict[str, int]:
    with hub.context(info, write=False) as ctx:
        models = [
            m.class_
            for m in Base.registry.mappers
            if migrate.belongs(m.local_table.name, plugin, hub.plugin_names)
        ]
        return {m.__tablename__: ctx.session.scalar(select(func.count()).select_from(m)) or 0 for m in models}


def pages(hub: Hub, make_app: Any, info: TenantInfo, plugin: str) -> dict[str, int]:
    """How the lists of the plugin answer to the administrator."""
    app = make_app(hub, testing=True)
    app.test_client_class = HubClient
    client = app.test_client().sign_in(hub.user_info("boss@life.test", info), info)
    names = [e.name for e in hub.registry.entities.values() if e.plugin == plugin]
    return {name: client.get(f"/{name.replace('.', '/')}/").status_code for name in names}


@pytest.mark.parametrize("name", EVERY)
def test_the_life_of_a_plugin(hub, new_hub, make_app, tmp_path, name):
    """With the demo company's data of those that are loaded."""
    names = with_required(hub, name)
    own = new_hub(names)
    migrate.upgrade_database(own)
    own.check_ready()
    info = loader.load(own, loader.AS_OF)
    accounts.create_user(own, "boss@life.test", "Boss", "a long road to Taipei")
    accounts.add_member(own, info, "boss@life.test", ["admin"])
    before = counts(own, info, name)
    shown = pages(own, make_app, info, name)
    assert set(shown.values()) <= {200}, shown

    # off and on again: gone, and back as it was
    cards = {p.name: p.manifest for p in own.plugins}
    manifest = cards[name]
    sides = [n for n in names if n in manifest.requires and not cards[n].bridge]
    side = sides[-1] if manifest.bridge else name
    with own.context(info) as ctx:
        enablement.disable_plugin(ctx, side)
    with own.context(info, write=False) as ctx:
        assert name not in ctx.enabled
    assert set(pages(own, make_app, info, name).values()) <= {404}
    assert counts(own, info, name) == before
    with own.context(info) as ctx:
        enablement.enable_plugin(ctx, side)
    with own.context(info, write=False) as ctx:
        assert name in ctx.enabled
    assert pages(own, make_app, info, name) == shown
    assert counts(own, info, name) == before

    # purged and again: nothing is left, what is left is right, and it begins as with a new company
    chain.seal(own, info)
    if manifest.bridge:
        with own.context(info) as ctx:
            enablement.disable_plugin(ctx, side)
    purge.refuse(own, name, [info], whole=False)
    purge.purge(own, name, tmp_path / "one.zip", lambda _n: None, only=info)
    left = next(s for s in standings.standings(own, name))
    assert (left.rows, left.on) == ({}, [])
    own.check_ready()
    assert proof.faults(own, info) == []
    with own.context(info) as ctx:
        enablement.enable_plugin(ctx, side)
    assert pages(own, make_app, info, name) == shown

    # its code is gone, then it is purged of everything, then it comes back
    less = new_hub(tuple(n for n in names if n != name), own)
    less.check_ready()
    purge.refuse(less, name, [info], whole=True)
    purge.purge(less, name, tmp_path / "all.zip", lambda _n: None)
    assert name not in {s.name for s in standings.standings(less) if s.rows or s.revision}
    with less.engine.connect() as connection:
        assert [t for t in tables.table_names(connection) if migrate.belongs(t, name, hub.plugin_names)] == []
    migrate.upgrade_database(own)
    own.check_ready()
    with own.context(info) as ctx:
        enablement.enable_plugin(ctx, side)
    assert pages(own, make_app, info, name) == shown
    assert proof.faults(own, info) == []


# --- upgrades -------------------------------------------------------------------------------------------------------------


def older(hub: Hub, back: int) -> dict[str, str]:
    """A revision of each lineage that was landed earlier: the first, or so many before the last."""
    found = {}
    for name, folder in migrate.lineages(hub).items():
        revisions = sorted(f.name for f in folder.glob(f"{name}_[0-9]*.py"))
        if revisions:
            wanted = revisions[0] if back < 0 else revisions[max(0, len(revisions) - 1 - back)]
            found[name] = wanted[: len(name) + 5]
    return found


VALUES = {"whole": 1, "yes": False, "json": "[]", "decimal": 1, "bytes": b"x", "float": 1.0}
DAY, TIME = "2026-01-05", "2026-01-05 08:00:00"


def fill(connection: Connection) -> dict[str, int]:
    """A company, and a row in every table that takes one, made of nothing but what the database says of its columns."""
    inspector, made = sa.inspect(connection), {}
    connection.execute(
        sa.text(
            "INSERT INTO core_tenant (code, name, timezone, demo, active) VALUES ('OLD', 'Old', 'Asia/Taipei', false, true)"
        )
    )
    tables.announce(connection, 1)
    for shape in tables.shapes(connection):
        if shape.name != "core_user" and (not shape.owned or not shape.needs <= {"core_tenant", *made}):
            continue
        said = {c["name"]: c for c in inspector.get_columns(shape.name)}
        refers = {c for k in inspector.get_foreign_keys(shape.name) for c in k["constrained_columns"]}
        values: dict[str, Any] = {}
        for column, kind in shape.columns:
            if (
                column == "id"
                or (said[column]["nullable"] and column not in refers)
                or column in shape.itself
            ):
                continue
            if kind == "text":
                values[column] = f"{column} 1"[: getattr(said[column]["type"], "length", None) or 40]
            elif kind in ("day", "time"):
                values[column] = sa.cast(sa.literal(DAY if kind == "day" else TIME), said[column]["type"])
                if connection.dialect.name == "sqlite":
                    values[column] = sa.literal_column(f"'{DAY if kind == 'day' else TIME}'")
            elif kind == "json":
                values[column] = sa.literal_column("'[]'")
            else:
                values[column] = VALUES[kind]
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(tables.table_of(shape)).values(values))
            made[shape.name] = 1
        except sa.exc.IntegrityError:
            continue  # a rule of the table that a row of ones does not keep
    return made


@pytest.mark.thorough
@pytest.mark.parametrize("back", [1, -1], ids=["the last version", "the first"])
def test_a_database_of_a_landed_version_with_rows_is_brought_up(hub, new_hub, back):
    """Rows of every table go through every migration since, are still there, and are read by the models of today."""
    own = new_hub(tuple(n for n in hub.config.plugins))
    made: dict[str, int] = {}
    migrate.upgrade_database(own, first=older(own, back), fill=lambda c: made.update(fill(c)))
    own.check_ready()
    assert len(made) > 60, "few tables took a row"
    info = own.tenant_info("OLD")
    models = {m.local_table.name: m.class_ for m in Base.registry.mappers}
    with own.context(info, write=False) as ctx:
        for table in set(made) - {"core_user"}:
            columns = [c for c in models[table].table().c if not _is_snapshot(c.type)]
            assert len(ctx.session.execute(select(*columns)).all()) == 1, table
    with own.engine.connect() as connection:
        assert {n: d for n in migrate.lineages(own) if (d := migrate.differences(own, n, connection))} == {}


def _is_snapshot(kind: Any) -> bool:
    """Does the column hold a document as it was, which an empty list is not?"""
    return isinstance(kind, sa.TypeDecorator) and isinstance(kind.impl_instance, sa.JSON)

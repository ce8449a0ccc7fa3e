"""The test tools themselves: each check must be able to fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from core.testing.queries import ALLOWED
from core.testing.server import PrivateServer
from tests.thirdparty.samples.models import Maker, RequestLine


@pytest.fixture
def split(hub, one_part):
    if one_part is None:
        pytest.skip("only where tables are split")
    yield one_part
    one_part.faults.clear()  # these faults are made on purpose


def test_a_statement_without_its_tenant_is_caught(hub, split):
    with hub.engine.connect() as connection:
        connection.execute(select(Maker.__table__.c.code).where(Maker.__table__.c.code == "x"))
    assert len(split.faults) == 1
    assert "touches several parts of samples_maker" in split.faults[0]
    assert "SELECT samples_maker.code" in split.faults[0]


def test_a_join_that_forgets_the_tenant_on_one_side_is_caught(hub, split):
    maker, line = Maker.__table__, RequestLine.__table__
    with hub.engine.connect() as connection:
        connection.execute(
            select(line.c.article).join(maker, maker.c.id == line.c.request_id).where(line.c.tenant_id == 1)
        )
        assert len(split.faults) == 1
        connection.execute(
            select(line.c.pieces)
            .join(maker, (maker.c.id == line.c.request_id) & (maker.c.tenant_id == line.c.tenant_id))
            .where(line.c.tenant_id == 1)
        )
        assert len(split.faults) == 1


def test_an_update_without_its_tenant_is_caught_although_it_finds_nothing(hub, split):
    with hub.engine.connect() as connection:
        connection.execute(update(Maker.__table__).values(name="x").where(Maker.__table__.c.code == "none"))
    assert len(split.faults) == 1


def test_work_of_the_operator_may_say_that_it_means_every_tenant(hub, split):
    with hub.engine.connect() as connection:
        connection.execute(text(f"SELECT count(*) FROM samples_maker {ALLOWED}"))
    assert split.faults == []


def test_statements_are_counted(ctx, count_queries):
    with count_queries() as log:
        ctx.session.scalars(select(Maker)).all()
        ctx.session.scalars(select(Maker)).all()
    assert log.count == 2
    assert "1. SELECT samples_maker.id" in str(log)


def test_a_held_context_steps_aside(ctx, ctx_as):
    ctx.session.add(Maker(code="H", name="held"))
    ctx.session.flush()
    with ctx_as("merch") as person:
        assert person.session.scalars(select(Maker.code)).all() == ["H"]
        person.session.add(Maker(code="P", name="person"))
    assert sorted(ctx.session.scalars(select(Maker.code))) == ["H", "P"]


def test_the_day_is_pinned(ctx):
    assert ctx.today().isoformat() == "2026-11-23"


def test_a_private_server_starts_and_leaves_nothing(hub):
    if hub.config.is_sqlite:
        pytest.skip("SQLite needs none")
    import psycopg

    killed = (
        "import os; from core.testing.server import PrivateServer; server = PrivateServer(); server.start(); "
        "print(server.folder, flush=True); os._exit(9)"
    )
    left = subprocess.run(
        [sys.executable, "-c", killed], stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
    assert Path(left, "data", "postmaster.pid").exists(), "a run that was killed cannot stop its server"
    server = PrivateServer()
    try:
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()
    assert not server.folder.exists()
    running = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert str(server.folder) not in running
    assert not Path(left).exists()
    assert left not in running

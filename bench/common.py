"""What the benchmarks share: a throw-away hub, CPU time per call, and a table of results.

A figure is the median of several calls of CPU time in this process (``time.process_time``), which a busy machine
disturbs less than wall time. On PostgreSQL the server's own CPU is not in it.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import memory, migrate, setup
from core.config import load_config
from core.context import TenantInfo
from core.hub import Hub
from core.testing.databases import Cluster, new_database
from core.testing.web import HubClient
from core.web.app import create_app


@dataclass(frozen=True)
class Result:
    """One measured figure: ``goal`` is what it should stay under."""

    what: str
    engine: str
    cpu_ms: float
    wall_ms: float
    goal: str


def measure(work: Callable[[], Any], *, calls: int = 15, warm: int = 3) -> tuple[float, float]:
    """Median CPU and wall milliseconds of ``work``."""
    for _ in range(warm):
        work()
    cpu, wall = [], []
    for _ in range(calls):
        c, w = time.process_time(), time.perf_counter()
        work()
        cpu.append((time.process_time() - c) * 1000)
        wall.append((time.perf_counter() - w) * 1000)
    return statistics.median(cpu), statistics.median(wall)


@contextmanager
def fresh_hub(engine: str) -> Iterator[tuple[Hub, TenantInfo]]:
    """A migrated hub with one tenant on ``sqlite`` or ``pg`` (a server of its own, or the one HUB_TEST_POSTGRES names)."""
    os.environ["HUB_TEST_ENGINE"] = engine
    cluster = Cluster() if engine == "pg" else None
    if cluster is not None:
        cluster.prepare()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        data = Path(folder)
        addresses = new_database(data, "bench")
        hub = Hub(load_config(data=data, database_url=addresses.app, owner_url=addresses.owner))
        try:
            migrate.upgrade(hub)
            yield hub, setup.create_tenant(hub, "BENCH", "Bench", base_currency="USD")
        finally:
            hub.engine.dispose()
            if cluster is not None:
                cluster.clear()


def settle(hub: Hub, engine: str, command: str = "ANALYZE") -> None:
    """What autovacuum does on a PostgreSQL server in its own time, within a minute of the first postings."""
    if engine == "pg":
        owner = migrate.owner_engine(hub)
        with owner.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(command)
        owner.dispose()


def browser(hub: Hub, tenant: TenantInfo, person: str) -> HubClient:
    """A browser in which ``person`` (an e-mail) has signed in."""
    app = create_app(hub, testing=True)
    app.test_client_class = HubClient
    client = app.test_client()
    assert isinstance(client, HubClient)
    memory.settle()  # as hub serve does
    return client.sign_in(hub.user_info(person, tenant), tenant)


ENGINES = ("sqlite", "pg")

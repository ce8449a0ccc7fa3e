"""What the benchmarks share: a throw-away hub, CPU time per call, and a table of results.

CPU is that of this process (``time.process_time``), which a busy machine disturbs less than wall time. On PostgreSQL the
server's own CPU is not in it.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from core.data import migrate
from core.kernel import enablement, tenants
from core.kernel import garbage as memory
from core.kernel.config import load_config
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.testing.databases import Cluster, new_database
from core.testing.web import HubClient
from core.web.app import create_app


class Timing(NamedTuple):
    """Milliseconds of repeated calls: median CPU, median wall time, and the wall time of the best call, which others on
    the machine disturbed least."""

    cpu: float
    wall: float
    best: float

    @classmethod
    def of(cls, cpu: Sequence[float], wall: Sequence[float]) -> Timing:
        """From those of each call."""
        return cls(statistics.median(cpu), statistics.median(wall), min(wall))


@dataclass(frozen=True)
class Result:
    """One measured figure (see :class:`Timing`): ``goal`` is what it should stay under."""

    what: str
    engine: str
    cpu_ms: float
    wall_ms: float
    best_ms: float
    goal: str

    def __str__(self) -> str:
        return (
            f"  {self.engine:7} {self.what:66} {self.cpu_ms:9.2f} ms CPU {self.wall_ms:9.2f} ms wall "
            f"{self.best_ms:9.2f} ms at best"
        )


def pace() -> float:
    """Seconds that a loop of three million additions takes now: how fast the machine is at the moment."""
    began, total = time.perf_counter(), 0
    for i in range(3_000_000):
        total += i
    return time.perf_counter() - began


def measure(work: Callable[[], Any], *, calls: int = 15, warm: int = 3) -> Timing:
    """How long ``work`` takes."""
    for _ in range(warm):
        work()
    cpu, wall = [], []
    for _ in range(calls):
        c, w = time.process_time(), time.perf_counter()
        work()
        cpu.append((time.process_time() - c) * 1000)
        wall.append((time.perf_counter() - w) * 1000)
    return Timing.of(cpu, wall)


@contextmanager
def fresh_hub(engine: str, extra: Sequence[ModuleType] = ()) -> Iterator[tuple[Hub, TenantInfo]]:
    """A migrated hub with one tenant on ``sqlite`` or ``pg`` (a server of its own, or the one HUB_TEST_POSTGRES names);
    ``extra`` plugins beside those of config.toml."""
    os.environ["HUB_TEST_ENGINE"] = engine
    cluster = Cluster() if engine == "pg" else None
    if cluster is not None:
        cluster.prepare()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        data = Path(folder)
        addresses = new_database(data, "bench")
        hub = Hub(load_config(data=data, database_url=addresses.app, owner_url=addresses.owner), extra)
        try:
            migrate.upgrade_database(hub)
            yield hub, tenants.create_tenant(hub, "BENCH", "Bench", base_currency="USD")
        finally:
            hub.engine.dispose()
            if cluster is not None:
                cluster.clear()


def everything_on(ctx: Ctx) -> None:
    """Every plugin switched on; bridges follow what they join."""
    enablement.enable_plugins(ctx, [p.name for p in ctx.hub.plugins if not p.manifest.bridge])


def settle(hub: Hub, engine: str, command: str = "ANALYZE") -> None:
    """What a server that serves has behind it: its start is no garbage, and autovacuum came by, as it does on PostgreSQL
    within a minute of the first postings."""
    memory.settle()
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

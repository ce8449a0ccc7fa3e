"""Fixtures of the database under a run: its preparation, the application over it, what a test finds in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import event, select, update

from core.data import migrate
from core.data.models import Tenant
from core.kernel import enablement, garbage, tenants
from core.kernel.config import Config
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.kernel.plugins import discover
from core.testing import rooms, under_test
from core.testing.copies import Copies
from core.testing.databases import Addresses, engine_name, new_database
from core.testing.holding import HeldContexts
from core.testing.images import Images
from core.testing.observer import Observer
from core.testing.queries import OnePart, Watch
from core.testing.sources import hub_hash
from core.testing.states import States
from core.testing.template import copy_of_template

TODAY = "2026-11-23"
USUAL: dict[str, Any] = {"base_currency": "TWD"}
"""How a tenant of a test is made unless it says otherwise."""


def config_for(addresses: Addresses, data: Path, plugins: tuple[str, ...]) -> Config:
    """The configuration of a hub under test."""
    return Config(
        database_url=addresses.app,
        owner_url=addresses.owner,
        data=data,
        plugins=plugins,
        partition=engine_name() == "pghash",
        demo=True,
    )


@pytest.fixture(scope="session")
def hub_plugin_names(pytestconfig: pytest.Config, hub_extra: tuple[ModuleType, ...]) -> tuple[str, ...]:
    """Installed plugins to load: the project's own with whatever they require; all where the project brings none."""
    return under_test.names_to_load(pytestconfig.rootpath, hub_extra)


@pytest.fixture(scope="session")
def hub_extra(pytestconfig: pytest.Config) -> tuple[ModuleType, ...]:
    """Plugin modules to load that are not installed: the project's own, where it is tested without ``pip install``."""
    return under_test.not_installed(pytestconfig.rootpath)


@pytest.fixture(scope="session")
def plugin_under_test(pytestconfig: pytest.Config) -> str:
    """The name of the project's plugin; the first where it brings several."""
    return next(iter(under_test.own_plugins(pytestconfig.rootpath)))


@pytest.fixture(scope="session")
def hub_observer() -> Observer:
    """Hears of what is prepared for the tests; override it where a run wants to know."""
    return Observer()


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this test process: ``gw0``, ``gw1``, …, ``main`` without parallel workers."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def hub_folder(tmp_path_factory: pytest.TempPathFactory, share_glyphs: Callable[[Path], Path]) -> Path:
    """The worker's folder: SQLite file, stored files."""
    return share_glyphs(tmp_path_factory.mktemp("hub") / "data").parent


@dataclass(frozen=True)
class Prepared:
    """The worker's database: on SQLite still empty, on PostgreSQL a copy of the run's template, perhaps with the demo."""

    addresses: Addresses
    demo: TenantInfo | None = None


@pytest.fixture(scope="session")
def hub_prepared(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    hub_folder: Path,
    worker: str,
    hub_plugin_names: tuple[str, ...],
    hub_extra: tuple[ModuleType, ...],
    hub_observer: Observer,
    load_demo: Callable[[Hub], TenantInfo],
) -> Prepared:
    """The worker's database; what is common to all workers of a run is made once."""
    if engine_name() == "sqlite":
        return Prepared(new_database(hub_folder, worker))
    own = tuple(under_test.own_plugins(request.config.rootpath))
    asked = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    with_demo = bool(asked & {"demo_tenant", "hub_states"})

    def make(addresses: Addresses, data: Path) -> TenantInfo | None:
        made = Hub(config_for(addresses, data, hub_plugin_names), hub_extra)
        _base(made, own)
        check = _one_part(made, addresses, request.config)
        demo = load_demo(made) if with_demo else None
        if check is not None:
            check.close()
            if check.faults:
                raise AssertionError("the demo's " + "\n\n".join(check.faults))
        made.engine.dispose()
        return demo

    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker == "main" else shared.parent
    kind = "demo" if with_demo else "base"
    return Prepared(*copy_of_template(shared, worker, hub_folder / "data", kind, make, hub_observer))


@pytest.fixture(scope="session")
def hub_addresses(hub_prepared: Prepared) -> Addresses:
    """Where the worker's database is."""
    return hub_prepared.addresses


@pytest.fixture(scope="session")
def hub_images(
    request: pytest.FixtureRequest,
    hub_plugin_names: tuple[str, ...],
    hub_extra: tuple[ModuleType, ...],
    hub_observer: Observer,
) -> Images | None:
    """Prepared databases, kept from run to run; None where the engine has none."""
    if engine_name() != "sqlite":
        return None
    modules = [*(point.load() for name, point in discover().items() if name in hub_plugin_names), *hub_extra]
    folders = [Path(str(module.__file__)).parent for module in modules]
    name = hub_hash(folders, TODAY, *sorted(m.__name__ for m in modules))
    return Images(Path(str(request.config.cache.mkdir("hub-images"))) / name, hub_observer)


@pytest.fixture(scope="session")
def hub(
    hub_folder: Path,
    hub_addresses: Addresses,
    hub_plugin_names: tuple[str, ...],
    hub_extra: tuple[ModuleType, ...],
    hub_images: Images | None,
    hub_observer: Observer,
    pytestconfig: pytest.Config,
) -> Iterator[Hub]:
    """The application with a migrated database of its own."""
    own = tuple(under_test.own_plugins(pytestconfig.rootpath))
    made = Hub(config_for(hub_addresses, hub_folder / "data", hub_plugin_names), hub_extra)
    if made.config.is_sqlite:
        event.listen(made.engine, "connect", _impatient)
    if hub_images is not None:
        hub_images.build("base", made, lambda: _base(made, own))
    hub_observer.listen(made.engine)
    garbage.settle()  # as a serving process does: looking through all that a start made took a tenth of a run
    yield made
    made.engine.dispose()


def _base(hub: Hub, own: tuple[str, ...]) -> TenantInfo:
    """Tables, and a tenant that others are copied from, with the plugins on that are tested."""
    migrate.upgrade_database(hub)
    hub.check_ready()
    made = tenants.create_tenant(hub, "TEMPLATE", "Template of tenants", **USUAL)
    with hub.context(made) as ctx:
        enablement.enable_plugins(ctx, own)
    with hub.platform() as session:
        session.execute(update(Tenant).where(Tenant.id == made.id).values(active=False))
    return made


def _impatient(dbapi_connection: Any, _record: object) -> None:
    # a test that waits for a lock waits for itself; and nothing here has to survive a power cut
    dbapi_connection.execute("PRAGMA busy_timeout=4000")
    dbapi_connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def held_contexts(hub: Hub) -> HeldContexts:
    """Lets ``ctx`` step aside when the same test opens another transaction."""
    return HeldContexts(hub.engine)


@pytest.fixture(scope="session")
def query_watch(hub: Hub) -> Watch:
    """Listens to the hub's engine."""
    return Watch(hub.engine)


@pytest.fixture(scope="session")
def one_part(hub: Hub, hub_addresses: Addresses, pytestconfig: pytest.Config) -> Iterator[OnePart | None]:
    """The check that a statement touches one part; only on split tables."""
    check = _one_part(hub, hub_addresses, pytestconfig)
    yield check
    if check is not None:
        check.close()


def _one_part(hub: Hub, addresses: Addresses, config: pytest.Config) -> OnePart | None:
    if not hub.config.partition:
        return None
    kept = Path(str(config.cache.mkdir("hub-parts"))) if config.cache else None
    return OnePart(hub.engine, addresses.admin, kept)


@pytest.fixture(scope="session")
def hub_copies(hub: Hub, hub_addresses: Addresses) -> Copies:
    """Makes tenants as copies of templates."""
    made = Copies(hub, hub_addresses.admin, tenants.create_tenant)
    with hub.platform(write=False) as session:
        row = session.scalars(select(Tenant).where(Tenant.code == "TEMPLATE")).one()
    made.keep(TenantInfo(row.id, row.code, row.name, row.timezone, row.demo), **USUAL)
    return made


@pytest.fixture(scope="session")
def load_demo() -> Callable[[Hub], TenantInfo]:
    """Loads the demo company into a hub: ``load_demo`` of the testing room of whichever plugin has one."""

    def load(hub: Hub) -> TenantInfo:
        found = rooms.room_of(hub, "load_demo")
        if found is None:
            raise NotImplementedError("no loaded plugin has a demo company: override the fixture load_demo")
        made: TenantInfo = found(hub)
        return made

    return load


@pytest.fixture(scope="session")
def hub_states(
    hub: Hub,
    hub_copies: Copies,
    held_contexts: HeldContexts,
    hub_images: Images | None,
    hub_prepared: Prepared,
    hub_observer: Observer,
    load_demo: Callable[[Hub], TenantInfo],
) -> States:
    """What the tests of this process find in the database."""

    def load(into: Hub) -> TenantInfo:
        with hub_observer.demo():
            return load_demo(into)

    return States(hub, hub_copies, held_contexts, hub_images, load, hub_observer, hub_prepared.demo)

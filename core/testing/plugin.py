"""The pytest plugin: engines, databases and fixtures described in :mod:`core.testing`."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import event, select, update

from core.data import migrate
from core.data.models import Tenant, User
from core.kernel import accounts, tenants
from core.kernel.config import Config
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.kernel.plugins import discover
from core.testing.copies import Copies
from core.testing.databases import Addresses, Cluster, engine_name, new_database, turn
from core.testing.holding import HeldContexts
from core.testing.images import Images
from core.testing.queries import OnePart, QueryLog, Watch
from core.testing.scenes import Scene, plan_of
from core.testing.sources import hub_hash
from core.testing.states import States

TODAY = "2026-11-23"
PASSWORD = "a long road to Taipei"
USUAL: dict[str, Any] = {"base_currency": "TWD"}
"""How a tenant of a test is made unless it says otherwise."""
_numbers = itertools.count(1)
_cluster = pytest.StashKey[Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    os.environ["HUB_TODAY"] = TODAY
    # the rules are tried at length once; the other engines only have to agree
    settings.register_profile("hub", deadline=None, max_examples=100 if engine_name() == "sqlite" else 25)
    settings.load_profile("hub")
    config.addinivalue_line("markers", "once: does not depend on the engine; runs on SQLite only")
    config.addinivalue_line("markers", "browser: drives a real Chromium; runs on SQLite only")
    is_worker = hasattr(config, "workerinput")
    if engine_name() != "sqlite" and not is_worker and not config.option.collectonly:
        cluster = config.stash[_cluster] = Cluster()
        cluster.prepare()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not depend on the engine runs once, on SQLite."""
    if engine_name() == "sqlite":
        return
    left = [item for item in items if item.get_closest_marker("once") or item.get_closest_marker("browser")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = config.stash.get(_cluster, None)
    if cluster is not None:
        cluster.clear()


def pytest_report_header() -> str:
    return f"hub engine: {engine_name()}"


def test_config(addresses: Addresses, data: Path, plugins: tuple[str, ...]) -> Config:
    """The configuration of a hub under test."""
    return Config(
        database_url=addresses.app,
        owner_url=addresses.owner,
        data=data,
        plugins=plugins,
        partition=engine_name() == "pghash",
        demo=True,
    )


test_config.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def hub_plugin_names() -> tuple[str, ...]:
    """Installed plugins to load: all of them."""
    return tuple(sorted(discover()))


@pytest.fixture(scope="session")
def hub_extra() -> tuple[ModuleType, ...]:
    """Plugin modules to load that are not installed."""
    return ()


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this test process: ``gw0``, ``gw1``, …, ``main`` without parallel workers."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def hub_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worker's folder: SQLite file, stored files."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="session")
def hub_addresses(hub_folder: Path, worker: str) -> Addresses:
    """The worker's database, still empty."""
    return new_database(hub_folder, worker)


@pytest.fixture(scope="session")
def hub_images(
    request: pytest.FixtureRequest, hub_plugin_names: tuple[str, ...], hub_extra: tuple[ModuleType, ...]
) -> Images | None:
    """Prepared databases, kept from run to run; None where the engine has none."""
    if engine_name() != "sqlite":
        return None
    modules = [*(point.load() for name, point in discover().items() if name in hub_plugin_names), *hub_extra]
    folders = [Path(str(module.__file__)).parent for module in modules]
    name = hub_hash(folders, TODAY, *sorted(m.__name__ for m in modules))
    return Images(Path(str(request.config.cache.mkdir("hub-images"))) / name)


@pytest.fixture(scope="session")
def hub(
    hub_folder: Path,
    hub_addresses: Addresses,
    hub_plugin_names: tuple[str, ...],
    hub_extra: tuple[ModuleType, ...],
    hub_images: Images | None,
) -> Iterator[Hub]:
    """The application with a migrated database of its own."""
    made = Hub(test_config(hub_addresses, hub_folder / "data", hub_plugin_names), hub_extra)
    if made.config.is_sqlite:
        event.listen(made.engine, "connect", _impatient)
    if hub_images is not None:
        hub_images.build("base", made, lambda: _base(made))
    else:
        with turn():
            _base(made)
    yield made
    made.engine.dispose()


def _base(hub: Hub) -> TenantInfo:
    """Tables, and a tenant that others are copied from."""
    migrate.upgrade(hub)
    hub.check_ready()
    made = tenants.create_tenant(hub, "TEMPLATE", "Template of tenants", **USUAL)
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
def one_part(hub: Hub, hub_addresses: Addresses) -> Iterator[OnePart | None]:
    """The check that a statement touches one part; only on split tables."""
    check = OnePart(hub.engine, hub_addresses.admin) if hub.config.partition else None
    yield check
    if check is not None:
        check.close()


@pytest.fixture(autouse=True)
def _statements_stay_in_one_part(request: pytest.FixtureRequest) -> Iterator[None]:
    check: OnePart | None = request.getfixturevalue("one_part") if "hub" in request.fixturenames else None
    yield
    if check is not None and check.faults:
        faults, check.faults = check.faults, []
        pytest.fail("\n\n".join(faults), pytrace=False)


@pytest.fixture
def count_queries(query_watch: Watch) -> Callable[[], AbstractContextManager[QueryLog]]:
    """``with count_queries() as log``: the statements sent inside the block."""
    return query_watch.counting


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
    """Loads the demo tenant into a hub; override it where there is one."""

    def load(_hub: Hub) -> TenantInfo:
        raise NotImplementedError("no demo: override the fixture load_demo")

    return load


@pytest.fixture(scope="session")
def hub_states(
    hub: Hub,
    hub_copies: Copies,
    held_contexts: HeldContexts,
    hub_images: Images | None,
    load_demo: Callable[[Hub], TenantInfo],
) -> States:
    """What the tests of this process find in the database."""
    return States(hub, hub_copies, held_contexts, hub_images, load_demo)


@pytest.fixture(autouse=True)
def hub_scene(request: pytest.FixtureRequest) -> Scene | None:
    """The database as this test wants it, before anything else of the test."""
    if "hub" not in request.fixturenames:
        return None
    states: States = request.getfixturevalue("hub_states")
    if "demo_tenant" in request.fixturenames:
        states.need_demo()
        return None
    plan = plan_of(request)
    return states.scene(plan, request) if plan is not None else None


@pytest.fixture(scope="session")
def demo_tenant(hub_states: States) -> TenantInfo:
    """The demo tenant: read it, never change it."""
    return hub_states.need_demo()


@pytest.fixture
def make_tenant(hub_copies: Copies, hub_scene: Scene | None) -> Callable[..., TenantInfo]:
    """Make a fresh tenant; keywords as for :func:`core.kernel.tenants.create_tenant`."""

    def make(**options: Any) -> TenantInfo:
        number = next(_numbers)
        options = {**USUAL, **options}
        return hub_copies.make(options.pop("code", f"T{number}"), f"Tenant {number}", **options)

    return make


@pytest.fixture
def tenant(make_tenant: Callable[..., TenantInfo], hub_scene: Scene | None) -> TenantInfo:
    """A fresh tenant, in TWD and Taipei; that of the scene, where the test's fixtures make one."""
    return hub_scene.tenant if hub_scene is not None else make_tenant()


@pytest.fixture
def other_tenant(make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    """A second fresh tenant, which must never see the first."""
    return make_tenant()


@pytest.fixture
def ctx(hub: Hub, tenant: TenantInfo, held_contexts: HeldContexts) -> Iterator[Ctx]:
    """The system's context in ``tenant``, committed at the end of the test and whenever another one starts."""
    with hub.context(tenant) as opened, held_contexts.hold(opened.session):
        yield opened


@cache
def _hash() -> str:
    return str(accounts.HASHER.hash(PASSWORD))


@pytest.fixture
def user_of(hub: Hub, tenant: TenantInfo) -> Callable[..., UserInfo]:
    """``user_of("merch")``: a member of ``tenant`` with that role (or of ``of=another``); several roles with commas."""
    known: dict[tuple[str, int], UserInfo] = {}

    def find(role: str, of: TenantInfo | None = None) -> UserInfo:
        place = of or tenant
        if (role, place.id) not in known:
            roles = [r for r in role.split(",") if r]
            email = f"{'-'.join(roles) or 'nobody'}@{place.code.lower()}.test"
            person = accounts.create_user(hub, email, (roles or ["nobody"])[0].capitalize(), locale="en")
            with hub.platform() as session:  # hashing is slow on purpose: everybody gets the same hash
                session.execute(update(User).where(User.id == person).values(password=_hash()))
            accounts.add_member(hub, place, email, roles)
            known[role, place.id] = hub.user_info(email, place)
        return known[role, place.id]

    return find


@pytest.fixture
def ctx_as(
    hub: Hub, tenant: TenantInfo, user_of: Callable[..., UserInfo]
) -> Callable[..., AbstractContextManager[Ctx]]:
    """``with ctx_as("merch") as ctx``: a unit of work of a person with that role, committed when the block ends."""

    @contextlib.contextmanager
    def enter(role: str, of: TenantInfo | None = None, **options: Any) -> Iterator[Ctx]:
        person = user_of(role, of)
        with hub.context(of or tenant, person, **options) as opened:
            yield opened

    return enter


@pytest.fixture(scope="session")
def app(hub: Hub) -> Any:
    """The web application over ``hub``."""
    from core.testing.web import HubClient
    from core.web.app import create_app

    made = create_app(hub, testing=True)
    made.test_client_class = HubClient
    return made


@pytest.fixture
def client(app: Any) -> Any:
    """A browser nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def client_as(app: Any, tenant: TenantInfo, user_of: Callable[..., UserInfo]) -> Callable[..., Any]:
    """``client_as("merch")``: a browser in which a person with that role has signed in."""

    def sign_in(role: str, of: TenantInfo | None = None) -> Any:
        return app.test_client().sign_in(user_of(role, of), of or tenant)

    return sign_in

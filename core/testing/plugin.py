"""The pytest plugin: engines, databases and fixtures described in :mod:`core.testing`."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import update

from core.data import split
from core.data.models import User
from core.kernel import accounts, garbage
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.kernel.logs import TerminalHandler
from core.testing import ground, rooms
from core.testing.copies import Copies
from core.testing.databases import Cluster, engine_name
from core.testing.folders import fast_folder
from core.testing.ground import TODAY, USUAL
from core.testing.holding import HeldContexts
from core.testing.queries import OnePart, QueryLog, Watch
from core.testing.scenes import Scene, plan_of
from core.testing.states import States
from core.text.i18n import locale_scope

PASSWORD = "a long road to Taipei"
GLYPHS = "fonts"
"""Where in its data folder a hub keeps glyphs for its documents."""
_numbers = itertools.count(1)
_cluster = pytest.StashKey[Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ground, ground.__name__)
    config.pluginmanager.register(rooms.builders(), "hub-builders")
    os.environ["HUB_TODAY"] = TODAY
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(fast_folder()))  # where pytest makes tmp_path
    settings.register_profile("hub", deadline=None, database=None)
    settings.load_profile("hub")
    split.PARTS = 2  # what touches more than its own part touches both; the server makes and copies a quarter of the files
    # hashing is slow on purpose; here it need not be
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    for part in PasswordHasher.__slots__:
        setattr(accounts.HASHER, part, getattr(quick, part))
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


@pytest.fixture(autouse=True)
def _speaks_english() -> Iterator[None]:
    """Each test begins in English, as a process does, whoever's page the one before it asked for."""
    with locale_scope("en"):
        yield


@pytest.fixture(autouse=True)
def _terminal_stays_quiet() -> Iterator[None]:
    """A command that a test ran in this process may have turned the log on: the next test's output is its own again."""
    yield
    for handler in [h for h in logging.root.handlers if isinstance(h, TerminalHandler)]:
        logging.root.removeHandler(handler)


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
def demo_tenant(hub_states: States) -> TenantInfo:
    """The demo tenant: read it, never change it."""
    return hub_states.need_demo()


@pytest.fixture(scope="session")
def demo(demo_tenant: TenantInfo) -> TenantInfo:
    """The demo company, with the parts of the plugins that are loaded: read it, never change it."""
    return demo_tenant


@pytest.fixture(scope="session")
def share_glyphs(pytestconfig: pytest.Config) -> Callable[[Path], Path]:
    """``share_glyphs(data)``: a new data folder where glyphs for documents are those of all processes and runs. It takes
    seconds to make them from a font with every Chinese character."""

    def share(data: Path) -> Path:
        data.mkdir(parents=True)
        if pytestconfig.cache is not None:
            (data / GLYPHS).symlink_to(pytestconfig.cache.mkdir("hub-glyphs"))
        return data

    return share


@pytest.fixture(scope="session")
def make_app(pytestconfig: pytest.Config) -> Callable[..., Any]:
    """``make_app(hub)``: the web application of a hub; its pages are compiled once for all processes and runs."""
    from jinja2 import FileSystemBytecodeCache

    from core.web.app import create_app

    def make(hub: Hub, *, testing: bool = False) -> Any:
        made = create_app(hub, testing=testing)
        if pytestconfig.cache is not None:
            made.jinja_env.bytecode_cache = FileSystemBytecodeCache(
                str(pytestconfig.cache.mkdir("hub-pages"))
            )
        return made

    return make


@pytest.fixture(scope="session")
def app(hub: Hub, make_app: Callable[..., Any]) -> Any:
    """The web application over ``hub``."""
    from core.testing.web import HubClient

    made = make_app(hub, testing=True)
    made.test_client_class = HubClient
    garbage.settle()
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

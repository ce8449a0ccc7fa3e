"""What is around the hub fails: the database goes away, the disk is full, somebody holds the lock. Nobody sees a stack of
errors, nothing is half saved, reading and signing in go on."""

from __future__ import annotations

import errno
import io
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import obstore
import psycopg
import pytest
from obstore.exceptions import GenericError
from PIL import Image
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.data import retry
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD
from core.web.frame import collisions
from core.web.frame.turns import Turns
from tests.thirdparty.samples.models import Request

HOME = "/samples/request/"
NEW = {"notes": "typed with care", "lines-0-article": "A-1", "lines-0-pieces": "3"}
LOST, FULL = "the database is away", "the disk is full"


def trouble(hub: Hub, what: str) -> OperationalError:
    """The error that the engine raises when that happens."""
    orig: Exception
    if hub.engine.dialect.name == "postgresql":
        orig = (
            psycopg.errors.AdminShutdown("terminating") if what == LOST else psycopg.errors.DiskFull("full")
        )
    else:
        orig = sqlite3.OperationalError(what)
        orig.sqlite_errorname = "SQLITE_IOERR" if what == LOST else "SQLITE_FULL"  # type: ignore[attr-defined]
    return OperationalError("INSERT secret", {"p": "secret"}, orig)


@contextmanager
def planted(hub: Hub, what: str, when: Callable[[str], bool], times: int = 10_000) -> Iterator[list[str]]:
    """Statements that ``when`` is true of fail, so many times."""
    hits: list[str] = []

    def fail(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if when(statement) and len(hits) < times:
            hits.append(statement)
            raise trouble(hub, what)

    event.listen(hub.engine, "before_cursor_execute", fail)
    try:
        yield hits
    finally:
        event.remove(hub.engine, "before_cursor_execute", fail)


def writing(statement: str) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE"))


def made(hub: Hub, tenant: TenantInfo) -> int:
    with hub.context(tenant, write=False) as ctx:
        return ctx.session.scalar(select(func.count()).select_from(Request)) or 0


@pytest.fixture
def app(make_app: Callable[..., Any], hub: Hub, app: Any) -> Iterator[Any]:
    """The application as it is served: errors become pages."""
    app.testing = False
    yield app
    app.testing = True


@pytest.fixture
def client(app: Any, client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


def test_what_is_whose_fault() -> None:
    def of(orig: Exception, **given: Any) -> OperationalError:
        for name, value in given.items():
            setattr(orig, name, value)
        return OperationalError("", {}, orig)

    led = RuntimeError("a plugin failed")
    led.__cause__ = of(psycopg.errors.AdminShutdown())
    broken = of(sqlite3.OperationalError("gone"))
    broken.connection_invalidated = True
    for error, lost, full in (
        (of(psycopg.errors.AdminShutdown()), True, False),
        (of(psycopg.errors.CrashShutdown()), True, False),
        (of(psycopg.errors.CannotConnectNow()), True, False),
        (of(psycopg.errors.ConnectionFailure()), True, False),
        (of(psycopg.errors.TooManyConnections()), True, False),
        (of(psycopg.OperationalError("server closed the connection unexpectedly")), True, False),
        (of(psycopg.errors.DiskFull()), False, True),
        (of(psycopg.errors.QueryCanceled()), False, False),
        (of(psycopg.errors.DeadlockDetected()), False, False),
        (IntegrityError("", {}, psycopg.errors.UniqueViolation()), False, False),
        (of(sqlite3.OperationalError("x"), sqlite_errorname="SQLITE_FULL"), False, True),
        (of(sqlite3.OperationalError("x"), sqlite_errorname="SQLITE_CANTOPEN"), True, False),
        (of(sqlite3.OperationalError("database is locked"), sqlite_errorname="SQLITE_BUSY"), False, False),
        (PoolTimeout("QueuePool limit"), True, False),
        (broken, True, False),
        (led, True, False),
        (OSError(errno.ENOSPC, "no"), False, True),
        (OSError(errno.EACCES, "no"), False, False),
        (GenericError("Generic LocalFileSystem error: No space left on device (os error 28)"), False, True),
        (ValueError("x"), False, False),
    ):
        assert (retry.is_lost(error), retry.is_full(error)) == (lost, full), error


def test_a_connection_that_breaks_once_is_not_noticed(hub: Hub, tenant: TenantInfo, client: Any) -> None:
    for number in range(0, 16, 4):
        before, count = made(hub, tenant), iter(range(1000))
        with planted(hub, LOST, lambda _s, n=number, c=count: next(c) == n, times=1) as hits:
            assert client.get(HOME).status_code == 200
        assert hits or number > 10
        count = iter(range(1000))
        with planted(hub, LOST, lambda _s, n=number, c=count: next(c) == n, times=1) as hits:
            reply = client.post(f"{HOME}new", data=NEW)
        assert reply.status_code == 302
        assert hits
        assert made(hub, tenant) == before + 1


def test_a_database_that_stays_away_is_a_page_that_says_when_to_come(
    hub: Hub, tenant: TenantInfo, client: Any
) -> None:
    before = made(hub, tenant)
    form = {**NEW, "_key": "the-key-of-this-form"}
    for when in (lambda _s: True, writing):
        with planted(hub, LOST, when) as hits:
            replies = [client.post(f"{HOME}new", data=form)]
            replies += [client.get(HOME)] if when is not writing else []
        assert len(hits) <= 2 * len(replies), "asked twice at most"
        for reply in replies:
            assert reply.status_code == 503
            assert reply.headers["Retry-After"] == "5"
            assert "The database cannot be reached" in reply.text
            assert "secret" not in reply.text
    assert made(hub, tenant) == before
    assert client.post(f"{HOME}new", data=form).status_code == 302
    assert made(hub, tenant) == before + 1


def test_what_was_saved_before_the_connection_broke_is_not_saved_twice(
    hub: Hub, tenant: TenantInfo, client: Any
) -> None:
    before, broken = made(hub, tenant), []

    def commit(conn: Any) -> None:
        if not broken and conn.get_execution_options().get("hub_write"):
            broken.append(1)
            if hub.engine.dialect.name == "sqlite":
                conn.connection.dbapi_connection.execute("COMMIT")
            else:
                conn.connection.dbapi_connection.commit()
            raise trouble(hub, LOST)

    event.listen(hub.engine, "commit", commit)
    try:
        reply = client.post(f"{HOME}new", data=NEW)
    finally:
        event.remove(hub.engine, "commit", commit)
    assert broken
    assert reply.status_code == 302
    assert made(hub, tenant) == before + 1
    assert client.get(reply.location).status_code == 200


def test_a_full_disk_keeps_what_was_typed_and_lets_people_read_and_sign_in(
    hub: Hub, tenant: TenantInfo, client: Any, app: Any, user_of: Callable[..., Any]
) -> None:
    before, email = made(hub, tenant), user_of("merch").email
    with planted(hub, FULL, writing) as hits:
        reply = client.post(f"{HOME}new", data=NEW)
        assert hits
        assert reply.status_code == 507
        assert reply.headers["Retry-After"] == "60"
        assert "disk is full" in reply.text
        assert "typed with care" in reply.text
        assert client.post("/theme", data={"theme": "dark"}).status_code == 507
        assert client.get(HOME).status_code == 200
        other = app.test_client()
        entered = other.post("/login", data={"email": email, "password": PASSWORD})
        assert entered.status_code == 302
        assert other.get("/").status_code == 200
    assert made(hub, tenant) == before
    assert client.post(f"{HOME}new", data=NEW).status_code == 302


def test_a_file_that_finds_no_room_leaves_nothing_behind(
    hub: Hub,
    tenant: TenantInfo,
    client: Any,
    ctx: Any,
    ask: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row_id = ask(ctx).id
    ctx.session.commit()
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "olive").save(out, "PNG")

    def send() -> Any:
        files = [(io.BytesIO(out.getvalue()), "olive.png")]
        return client.post(f"/files/on/samples.request/{row_id}", data={"files": files})

    def full(*_: Any, **__: Any) -> None:
        raise GenericError("Generic LocalFileSystem error: No space left on device (os error 28)")

    with monkeypatch.context() as patched:
        patched.setattr(obstore, "put", full)
        reply = send()
    assert reply.status_code == 507, reply.text[-900:]
    assert "disk is full" in reply.text
    assert "olive.png" not in client.get(f"{HOME}{row_id}").text
    assert send().status_code == 302
    assert "olive.png" in client.get(f"{HOME}{row_id}").text


def test_connections_that_the_server_ends(hub: Hub, tenant: TenantInfo, client: Any) -> None:
    if hub.engine.dialect.name != "postgresql":
        pytest.skip("the embedded database has no connections to end")
    before = made(hub, tenant)
    done: list[int] = []

    def end(conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO samples_request") and not done:
            done.append(1)
            conn.connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    event.listen(hub.engine, "before_cursor_execute", end)
    try:
        assert client.post(f"{HOME}new", data=NEW).status_code == 302
    finally:
        event.remove(hub.engine, "before_cursor_execute", end)
    assert done
    assert made(hub, tenant) == before + 1


# --- a lock that somebody else holds --------------------------------------------------------------------------------------


@contextmanager
def locked(hub: Hub) -> Iterator[None]:
    """Somebody else writes and does not end."""
    with hub.engine.connect() as other:
        other.execute(text("UPDATE core_tenant SET name = name"))
        yield
        other.rollback()


def test_a_lock_held_elsewhere_keeps_nobody_from_reading_and_signing_in(
    hub: Hub, client: Any, app: Any, user_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if hub.engine.dialect.name != "sqlite":
        pytest.skip("one writer at a time is the embedded database's way")
    monkeypatch.setattr(collisions, "LOCK_WAIT", 0.05)
    monkeypatch.setattr(collisions, "PATIENCE", 0.1)
    user = user_of("merch")
    waits: list[str] = []

    def noted(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "BEGIN IMMEDIATE" in statement:
            waits.append(statement)

    with locked(hub):
        event.listen(hub.engine, "before_cursor_execute", noted)
        try:
            assert client.get(HOME).status_code == 200
            assert app.test_client().get("/login").status_code == 200
            assert not waits, "reading asks for no lock"
        finally:
            event.remove(hub.engine, "before_cursor_execute", noted)
        entered = app.test_client().post("/login", data={"email": user.email, "password": PASSWORD})
        assert entered.status_code == 302
        reply = client.post(f"{HOME}new", data=NEW)
        assert reply.status_code == 422
        assert "Others are posting" in reply.text
        assert "typed with care" in reply.text


def test_writers_leave_threads_for_reading(hub: Hub, tenant: TenantInfo, client: Any, app: Any) -> None:
    turns = Turns(3)
    app.config["HUB_TURNS"] = turns
    try:
        before = made(hub, tenant)
        assert client.post(f"{HOME}new", data=NEW).status_code == 302
        assert turns.take(), "it was given back"
        with turns._waiting:
            reply = client.post(f"{HOME}new", data=NEW)
            assert reply.status_code == 422
            assert "Others are posting" in reply.text
            assert "typed with care" in reply.text
            assert client.post("/theme", data={"theme": "dark", "_key": ""}).status_code in (302, 422)
            assert client.get(HOME).status_code == 200
        later = threading.Timer(0.2, turns.give)
        later.start()
        assert client.post(f"{HOME}new", data=NEW).status_code == 302, "one waits"
        later.join()
        assert made(hub, tenant) == before + 2
    finally:
        app.config["HUB_TURNS"] = None


def test_as_many_turns_as_threads_but_two() -> None:
    turns = Turns(8)
    assert [turns.take() for _n in range(6)] == [True] * 6
    with turns._waiting:
        assert not turns.take()
    assert Turns(1).take()

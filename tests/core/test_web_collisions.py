"""Real collisions in the database: the request is begun anew; what cannot be done is said, with what was typed kept."""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event, func, select

from core import ledger
from core.data.models import Counter
from core.data.tenancy import TenantSession
from core.errors import Refused
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.web.frame import collisions
from plugins.base_files.models import Attachment
from tests.thirdparty.samples.models import Maker, Request

NEW = {
    "notes": "please",
    "wanted": "2026-12-01",
    "maker": "M1",
    "lines-0-article": "A-1",
    "lines-0-pieces": "3",
}
SENTENCE = "Others are posting to the same stock or documents. Nothing was saved; please try again."


@pytest.fixture
def maker(hub: Hub, tenant: TenantInfo) -> int:
    with hub.context(tenant) as ctx:
        row = Maker(code="M1", name="Maker")
        ctx.session.add(row)
        ctx.session.flush()
        return int(row.id)


@pytest.fixture
def impatient(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Locks are waited for 80 ms, not for many seconds."""
    monkeypatch.setattr(collisions, "LOCK_WAIT", 0.08)

    def checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        if hub.engine.dialect.name == "sqlite":
            connection.execute("PRAGMA busy_timeout=80")
        else:
            connection.autocommit = True
            connection.execute("SET lock_timeout = '80ms'")
            connection.autocommit = False

    event.listen(hub.engine, "checkout", checkout)
    yield
    event.remove(hub.engine, "checkout", checkout)
    hub.engine.dispose()  # the connections keep what was set


@contextmanager
def held(hub: Hub, tenant: TenantInfo, seconds: float) -> Iterator[None]:
    """Somebody else holds the maker (SQLite: the database) for so long, or until the block ends if that is sooner."""
    begun, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with TenantSession(hub.engine, tenant.id) as session:
            session.execute(select(Maker).with_for_update()).all()
            begun.set()
            leave.wait(seconds)
            session.rollback()

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(10)
    yield
    leave.set()
    thread.join()


def rounds(caplog: Any) -> list[str]:
    return [r.getMessage() for r in caplog.records if ", round " in r.getMessage()]


def how_many(hub: Hub, tenant: TenantInfo, what: Any) -> int:
    with hub.context(tenant, write=False) as ctx:
        return ctx.session.scalar(select(func.count()).select_from(what)) or 0


def test_a_lock_that_goes_away_is_waited_for_in_a_new_transaction(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], impatient: None, caplog: Any
) -> None:
    client = client_as("admin")
    with caplog.at_level(logging.INFO, "hub"), held(hub, tenant, 0.3):
        reply = client.post(
            f"/samples/maker/{maker}/edit", data={"code": "M1", "name": "New", "_version": "1"}
        )
    assert reply.status_code == 302
    assert rounds(caplog), "it did not collide: this test proves nothing"
    with hub.context(tenant, write=False) as ctx:
        found = ctx.session.scalars(select(Maker)).one()
        assert (found.name, found.version) == ("New", 2)


def test_what_cannot_be_done_is_said_and_what_was_typed_stays(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], impatient: None, caplog: Any
) -> None:
    client = client_as("admin")
    form = {"code": "M1", "name": "Typed with care", "_version": "1", "_key": "the-key-of-this-form"}
    with caplog.at_level(logging.INFO, "hub"), held(hub, tenant, 60):
        reply = client.post(f"/samples/maker/{maker}/edit", data=form)
    assert len(rounds(caplog)) == collisions.ROUNDS
    assert reply.status_code == 422
    assert SENTENCE in reply.text
    assert "Typed with care" in reply.text
    with hub.context(tenant, write=False) as ctx:
        assert ctx.session.scalars(select(Maker.name)).one() == "Maker"
    assert client.post(f"/samples/maker/{maker}/edit", data=form).status_code == 302, (
        "the same form, sent again"
    )
    with hub.context(tenant, write=False) as ctx:
        assert ctx.session.scalars(select(Maker.name)).one() == "Typed with care"


def test_nobody_waits_longer_than_people_wait(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], impatient: None, caplog: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(collisions, "PATIENCE", 0.05)
    client = client_as("admin")
    with caplog.at_level(logging.INFO, "hub"), held(hub, tenant, 60):
        reply = client.post(f"/samples/maker/{maker}/edit", data={"code": "M1", "name": "x", "_version": "1"})
    assert len(rounds(caplog)) == 1
    assert (reply.status_code, SENTENCE in reply.text) == (422, True)


def test_uploads_are_read_from_their_beginning_again(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], impatient: None, caplog: Any
) -> None:
    client, out = client_as("admin"), io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    size = len(out.getvalue())
    failures = iter([True])

    def send() -> Any:
        data = {"files": [(io.BytesIO(out.getvalue()), "photo.png")], "_key": "the-key-of-this-form"}
        return client.post(f"/files/on/samples.maker/{maker}", data=data)

    def collide(session: Any, *_: Any) -> None:
        """After the file was read and written, before the commit: a lock that is really not to be had."""
        mine = session.info.get("tenant_id") == tenant.id and any(
            isinstance(r, Attachment) for r in session.new
        )
        if mine and next(failures, False):
            with held(hub, tenant, 0.3):
                session.execute(select(Maker).with_for_update()).all()

    if hub.engine.dialect.name == "sqlite":
        pytest.skip("SQLite collides when the transaction begins: nothing was read then")
    event.listen(TenantSession, "before_flush", collide)
    try:
        with caplog.at_level(logging.INFO, "hub"):
            reply = send()
    finally:
        event.remove(TenantSession, "before_flush", collide)
    assert (reply.status_code, len(rounds(caplog))) == (302, 1)
    assert send().status_code == 302, "the same form again is known by the same content"
    with hub.context(tenant, write=False) as ctx:
        assert ctx.session.scalars(select(Attachment)).one().file.size == size


def test_a_real_deadlock_is_begun_anew_and_says_it_once(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], caplog: Any
) -> None:
    """The request has the number and wants the maker; somebody has the maker and then wants the number."""
    if hub.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time: nobody can hold what another wants")
    client = client_as("admin")
    assert client.post("/samples/request/new", data=NEW).status_code == 302  # the series of numbers is there
    begun = threading.Event()

    def cross() -> None:
        with TenantSession(hub.engine, tenant.id) as session:
            session.execute(select(Maker).with_for_update()).all()
            begun.set()
            time.sleep(0.4)  # the request waits by now, so that it is the one that finds the circle
            session.execute(select(Counter).with_for_update()).all()
            session.rollback()

    thread = threading.Thread(target=cross)
    thread.start()
    assert begun.wait(10)
    with caplog.at_level(logging.INFO, "hub"):
        reply = client.post("/samples/request/new", data=NEW)
    thread.join()
    assert reply.status_code == 302
    assert ["DeadlockDetected" in line for line in rounds(caplog)] == [True]
    with hub.context(tenant, write=False) as ctx:
        assert [n[-4:] for n in ctx.session.scalars(select(Request.number).order_by(Request.id))] == [
            "0001",
            "0002",
        ]


def test_what_was_flashed_in_a_round_that_failed_is_not_said_twice(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], impatient: None, caplog: Any
) -> None:
    client = client_as("admin")
    location = client.post("/samples/request/new", data=NEW).location
    if hub.engine.dialect.name == "sqlite":
        pytest.skip("SQLite collides when the transaction begins: nothing was said then")
    failures = iter([True])

    def collide(session: Any) -> None:
        if (
            session.info.get("tenant_id") == tenant.id
            and session.info.get("stamping") is None
            and next(failures, False)
        ):
            with held(hub, tenant, 0.3):
                session.execute(select(Maker).with_for_update()).all()

    event.listen(TenantSession, "before_commit", collide)
    try:
        with caplog.at_level(logging.INFO, "hub"):
            reply = client.post(f"{location}/do/stamp", data={"word": "seen"})
    finally:
        event.remove(TenantSession, "before_commit", collide)
    assert (reply.status_code, len(rounds(caplog))) == (302, 1)
    assert client.get(reply.location).text.count("Done: Stamp") == 1


def test_a_post_without_a_form_to_show_again_says_so_too(
    hub: Hub, tenant: TenantInfo, maker: int, client_as: Callable[..., Any], impatient: None
) -> None:
    client = client_as("admin")
    with held(hub, tenant, 60):
        reply = client.post(f"/samples/maker/{maker}/delete", data={})
    assert (reply.status_code, SENTENCE in reply.text) == (422, True)
    assert how_many(hub, tenant, Maker) == 1


def test_work_without_a_page_is_tried_again_and_then_refused(
    hub: Hub, tenant: TenantInfo, maker: int, impatient: None
) -> None:
    tries = []

    def work(ctx: Any) -> None:
        tries.append(1)
        ctx.session.scalars(select(Maker).with_for_update()).one().name = "New"

    with held(hub, tenant, 0.3):
        ledger.retrying(hub, tenant, work)
    assert how_many(hub, tenant, Maker) == 1
    assert hub.engine.dialect.name == "sqlite" or len(tries) > 1
    with held(hub, tenant, 60), pytest.raises(Refused, match="Others are posting"):
        ledger.retrying(hub, tenant, work, attempts=2)

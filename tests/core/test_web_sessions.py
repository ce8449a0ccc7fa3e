"""Sessions end: signed out, idle, after twelve hours, from another browser; a clock set back ends none."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError

from core.data.signing import SignIn
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def person(hub: Hub, user_of: Callable[..., UserInfo]) -> UserInfo:
    """Somebody who is signed in nowhere: logins, and their sessions, are of all tests."""
    found = user_of("merch")
    with hub.platform() as db:
        db.execute(delete(SignIn).where(SignIn.user_id == found.id))
    return found


@pytest.fixture
def enter(app: Any, person: UserInfo) -> Callable[[], Any]:
    """A new browser in which the person has signed in."""

    def new() -> Any:
        client = app.test_client()
        data = {"email": person.email, "password": PASSWORD}
        reply = client.post("/login", data=data, headers={"User-Agent": CHROME})
        assert reply.status_code == 302
        return client

    return new


def inside(client: Any) -> bool:
    return bool(client.get("/me/").status_code == 200)


def copied(app: Any, client: Any) -> Any:
    """Another browser with a copy of the session's cookie."""
    other = app.test_client()
    other.set_cookie("hub", client.get_cookie("hub").value)
    return other


def moved(client: Any, **seconds: float) -> None:
    """What the cookie says was then was so many seconds ago."""
    with client.session_transaction() as session:
        session.update({name: time.time() - ago for name, ago in seconds.items()})


def row(hub: Hub, client: Any, **values: Any) -> None:
    from core.web.frame.sessions import digest

    with client.session_transaction() as session, hub.platform() as db:
        db.execute(update(SignIn).where(SignIn.mark == digest(session["sid"])).values(**values))


def test_signing_out_ends_every_copy_of_the_cookie(app: Any, enter: Callable[[], Any]) -> None:
    client = enter()
    copy, other = copied(app, client), enter()
    assert inside(copy)
    client.post("/logout")
    assert not inside(client)
    assert not inside(copy)
    assert inside(other), "a session of its own"


def test_nobody_there_for_an_hour(app: Any, enter: Callable[[], Any]) -> None:
    client = enter()
    moved(client, seen=59 * 60)
    assert inside(client)
    with client.session_transaction() as session:
        assert session["seen"] > time.time() - 60, "used, so it goes on"
    copy = copied(app, client)
    moved(client, seen=61 * 60)
    gone = client.get("/samples/request/?q=a")
    assert gone.location == "/login?next=/samples/request/?q%3Da"
    assert "Nobody was here for a while" in client.get(gone.location).text
    assert "Nobody was here for a while" not in client.get(gone.location).text, "said once"
    assert not inside(copy), "the other copy of the cookie ends too"


def test_a_company_sets_its_own_time(hub: Hub, tenant: TenantInfo, enter: Callable[[], Any]) -> None:
    with hub.context(tenant) as ctx:
        ctx.settings.set("signing_in", {"idle": 15})
    client = enter()
    assert inside(client)
    moved(client, seen=14 * 60)
    assert inside(client)
    moved(client, seen=16 * 60)
    assert not inside(client)


def test_twelve_hours_and_no_longer(hub: Hub, app: Any, enter: Callable[[], Any]) -> None:
    client = enter()
    row(hub, client, since=datetime.now(UTC) - timedelta(hours=11.9))
    assert inside(client)
    row(hub, client, since=datetime.now(UTC) - timedelta(hours=12.1))
    assert not inside(client)
    for odd in ("since", "seen", "sid"):
        client = enter()
        with client.session_transaction() as session:
            del session[odd]
        assert not inside(client)


def test_a_clock_set_back_ends_nothing_and_makes_nothing_longer(hub: Hub, enter: Callable[[], Any]) -> None:
    client = enter()
    moved(client, since=-30 * 3600, seen=-30 * 3600)
    row(hub, client, since=datetime.now(UTC) + timedelta(hours=30))
    assert inside(client)
    with hub.platform(write=False) as db:
        assert db.scalar(select(func.max(SignIn.since))) <= datetime.now(UTC), "twelve hours from now"
    assert inside(client)


def test_using_it_writes_nothing(hub: Hub, enter: Callable[[], Any], count_queries: Any) -> None:
    """The row is looked up with the person; its last use follows every ten minutes."""
    client = enter()
    assert inside(client)
    with count_queries() as log:
        assert inside(client)
    assert [s for s in log.statements if "core_user." in s and "core_sign_in" in s]
    assert not [s for s in log.statements if s.startswith(("UPDATE", "INSERT"))]
    row(hub, client, seen=datetime.now(UTC) - timedelta(minutes=11))
    moved(client, seen=61)
    with count_queries() as log:
        assert inside(client)
    assert len([s for s in log.statements if s.startswith("UPDATE core_sign_in")]) == 1


def test_signing_in_and_going_on_where_nothing_can_be_written(
    hub: Hub, app: Any, enter: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = type(hub).platform

    def locked(self: Hub, *, write: bool = True, wait: float | None = None) -> Any:
        if write:
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        return real(self, write=write, wait=wait)

    with monkeypatch.context() as patch:
        patch.setattr(type(hub), "platform", locked)
        client = enter()
        assert inside(client)
    copy = copied(app, client)
    assert inside(copy)
    client.post("/logout")
    assert not inside(copy), "ended all the same"


def test_ones_sessions_are_listed_and_ended(
    hub: Hub, app: Any, enter: Callable[[], Any], client_as: Callable[..., Any]
) -> None:
    here, there, far = enter(), enter(), enter()
    page = here.get("/me/").text
    assert page.count("Chrome · Windows") >= 3
    assert page.count(">Sign out there<") == page.count("Chrome · Windows</td>") - 1, "all but this one"
    with there.session_transaction() as session, hub.platform(write=False) as db:
        from core.web.frame.sessions import digest

        ids = db.scalar(select(SignIn.id).where(SignIn.mark == digest(session["sid"])))
    stranger = client_as("fin")
    assert stranger.post("/me/sessions", data={"id": ids}).status_code == 404
    assert inside(there)
    assert here.post("/me/sessions", data={"id": ids}).location == "/me/#sessions"
    assert not inside(there)
    assert inside(far)
    assert here.post("/me/sessions").location == "/me/#sessions"
    assert not inside(far)
    assert inside(here)
    assert here.get("/me/").text.count("Chrome · Windows") == 1

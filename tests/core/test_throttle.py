"""Guessing is slow, and nobody is locked out by others: by account, address and browser, at once and with any clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError

from core.data.signing import LoginAttempt
from core.kernel.context import UserInfo
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD
from core.web.frame import throttle
from core.web.frame.throttle import Source, begin_attempt

HERE = Source("192.0.2.5")


@pytest.fixture
def person(user_of: Callable[..., UserInfo]) -> UserInfo:
    return user_of("merch")


@pytest.fixture(autouse=True)
def _nothing_failed_yet(hub: Hub) -> None:
    with hub.platform() as db:
        db.execute(delete(LoginAttempt))


def sign_in(client: Any, email: str, password: str = PASSWORD, address: str = "192.0.2.1") -> Any:
    data = {"email": email, "password": password}
    return client.post("/login", data=data, environ_base={"REMOTE_ADDR": address})


def earlier(hub: Hub, email: str, by: timedelta) -> None:
    with hub.platform() as db:
        moved = update(LoginAttempt).where(LoginAttempt.email == email)
        db.execute(moved.values(at=datetime.now(UTC) - by))


def failed(hub: Hub, email: str, source: Source = HERE, times: int = 1) -> None:
    for _n in range(times):
        attempt = begin_attempt(hub, email, source)
        assert not attempt.wait
        attempt.wrong()


def test_after_five_failures_even_the_right_password_waits_there(
    app: Any, client: Any, person: UserInfo, user_of: Callable[..., UserInfo], hub: Hub
) -> None:
    for _n in range(5):
        assert sign_in(client, person.email, "wrong").status_code == 200
    told = sign_in(client, person.email)
    assert told.status_code == 429
    assert 14 * 60 < int(told.headers["Retry-After"]) <= 15 * 60
    assert "Wait 15 minutes" in told.text
    assert client.get("/me/").status_code == 302
    assert sign_in(app.test_client(), person.email, address="192.0.2.9").status_code == 302, "not locked out"
    assert sign_in(app.test_client(), user_of("fin").email).status_code == 302, "others are not held up"
    earlier(hub, person.email, timedelta(minutes=16))
    assert sign_in(client, person.email).status_code == 302


def test_success_forgets_the_failures(client: Any, app: Any, person: UserInfo) -> None:
    for _round in range(2):
        for _n in range(4):
            sign_in(app.test_client(), person.email, "wrong")
        assert sign_in(app.test_client(), person.email).status_code == 302


def test_a_known_browser_gets_in_whatever_others_do(
    app: Any, person: UserInfo, user_of: Callable[..., UserInfo], hub: Hub
) -> None:
    """Others behind the same address, or all over the world, fail for this account and for all accounts."""
    known = app.test_client()
    assert sign_in(known, person.email).status_code == 302
    known.post("/logout")
    for n in range(30):
        failed(hub, f"guess{n}@nowhere.test", Source("192.0.2.1"))
    for n in range(10):
        failed(hub, person.email, Source(f"198.51.100.{n}"), times=5)
    assert sign_in(app.test_client(), user_of("fin").email).status_code == 429, "its address failed too often"
    assert sign_in(app.test_client(), person.email, address="203.0.113.1").status_code == 429, "the account"
    assert sign_in(known, person.email).status_code == 302, "known to this account"
    known.post("/logout")
    assert sign_in(known, user_of("fin").email).status_code == 429, "and not to others"
    for _n in range(5):
        sign_in(known, person.email, "wrong")
    assert sign_in(known, person.email).status_code == 429, "its own failures count"
    forged = app.test_client()
    forged.set_cookie("hub_browser", known.get_cookie("hub_browser").value[:-2] + "xx")
    assert sign_in(forged, person.email).status_code == 429


@pytest.mark.parametrize(
    ("failures", "since_last", "waits"),
    [(49, 0, 0), (50, 0, 1), (50, 1, 0), (53, 2, 6), (53, 8, 0), (60, 10, 890), (70, 10, 890)],
)
def test_an_account_over_all_addresses_takes_one_after_a_delay_that_doubles(
    hub: Hub, failures: int, since_last: int, waits: int
) -> None:
    account, now = f"all{failures}.{since_last}@over.test", datetime.now(UTC)
    with hub.platform() as db:
        db.add_all(
            LoginAttempt(email=account, address=f"198.51.100.{n}", pending=False,
                         at=now - timedelta(seconds=since_last, minutes=20 if n else 0))
            for n in range(failures)
        )  # fmt: skip
    attempt = begin_attempt(hub, account, Source("203.0.113.7"))
    assert waits - 1 <= attempt.wait <= waits
    attempt.wrong()


def test_waiting_is_not_made_longer_by_trying_nor_by_a_clock(hub: Hub) -> None:
    failed(hub, "clock@set.back", times=5)
    before = begin_attempt(hub, "clock@set.back", HERE).wait
    assert begin_attempt(hub, "clock@set.back", HERE).wait <= before
    with hub.platform(write=False) as db:
        assert db.scalar(select(func.count()).where(LoginAttempt.email == "clock@set.back")) == 5
    earlier(hub, "clock@set.back", timedelta(hours=-3))  # the clock was three hours ahead, and was set back
    assert not begin_attempt(hub, "clock@set.back", HERE).wait


def at_once(number: int, work: Callable[[], Any]) -> list[Any]:
    answers: list[Any] = []
    ready = threading.Barrier(number)

    def one() -> None:
        ready.wait()
        answers.append(work())

    threads = [threading.Thread(target=one) for _n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_eight_people_with_one_account_and_the_right_password_all_get_in(app: Any, person: UserInfo) -> None:
    assert at_once(8, lambda: sign_in(app.test_client(), person.email).status_code) == [302] * 8


def test_of_many_guesses_at_once_five_are_looked_at(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def guess() -> int:
        attempt = begin_attempt(hub, "many@at.once", HERE)
        if not attempt.wait:
            looked.append(1)
            time.sleep(0.05)
            attempt.wrong()
        return attempt.wait

    assert sorted(wait > 0 for wait in at_once(12, guess)) == [False] * 5 + [True] * 7
    assert len(looked) == 5


def test_what_was_broken_off_counts_as_failed(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PATIENCE", 0.1)
    for _n in range(5):
        assert not begin_attempt(hub, "broken@off.test", HERE).wait
    assert begin_attempt(hub, "broken@off.test", HERE).wait == 1, "they may still turn out right"
    earlier(hub, "broken@off.test", timedelta(seconds=11))
    assert begin_attempt(hub, "broken@off.test", HERE).wait > 800


@pytest.mark.parametrize("when", ["locked", "settled"])
def test_sign_in_goes_on_where_the_database_takes_no_writing(
    hub: Hub, app: Any, person: UserInfo, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Somebody else holds the lock, or the disk is full: failures are counted in memory."""
    real, calls = type(hub).platform, []

    def platform(self: Hub, *, write: bool = True, wait: float | None = None) -> Any:
        calls.append(write)
        if write and (when == "locked" or calls.count(True) > 1):
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        return real(self, write=write, wait=wait)

    monkeypatch.setattr(type(hub), "platform", platform)
    assert sign_in(app.test_client(), person.email, address="192.0.2.80").status_code == 302
    if when == "locked":
        failed(hub, person.email, Source("192.0.2.80"), times=5)
        assert sign_in(app.test_client(), person.email, address="192.0.2.80").status_code == 429


def test_a_lock_held_elsewhere_makes_sign_in_wait_for_seconds_only(hub: Hub) -> None:
    """The embedded engine has one writer; who waits for it here gives up soon, and the next one waits as ever."""
    if hub.engine.dialect.name != "sqlite":
        pytest.skip("writers of PostgreSQL do not wait for each other")
    raw = hub.engine.raw_connection()
    raw.cursor().execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), hub.platform(wait=0.01) as db:
        db.connection()
    raw.cursor().execute("ROLLBACK")
    raw.close()
    with hub.platform(wait=0.01) as db:
        assert db.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 20_000

"""Signing in and out: slow to guess, telling nothing, ending when it must."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from core.data.models import Membership, Tenant, User
from core.errors import Refused
from core.kernel import accounts
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD

WRONG = "E-mail or password is wrong."


@pytest.fixture
def person(user_of: Callable[..., UserInfo]) -> UserInfo:
    return user_of("merch")


def sign_in(client: Any, email: str, password: str = PASSWORD, **kw: Any) -> Any:
    return client.post("/login", data={"email": email, "password": password, **kw.pop("data", {})}, **kw)


def inside(client: Any) -> bool:
    return bool(client.get("/me/").status_code == 200)


def test_signing_in_and_out(client: Any, person: UserInfo) -> None:
    assert client.get("/login").status_code == 200
    reply = sign_in(client, person.email.upper())
    assert reply.status_code == 302
    assert inside(client)
    for cookie in reply.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert client.get_cookie("hub_locale").value == person.locale
    assert client.get("/logout").status_code == 404, "never by a link"
    assert inside(client)
    left = client.post("/logout")
    assert left.status_code == 302
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not inside(client)


def test_failures_look_alike(
    client: Any, hub: Hub, person: UserInfo, user_of: Callable[..., UserInfo]
) -> None:
    gone = user_of("qc")
    with hub.platform() as db:
        db.execute(update(User).where(User.id == gone.id).values(active=False))
    invited = accounts.create_user(hub, f"invited@{person.email.split('@')[1]}", "No password yet")
    assert invited
    bodies = set()
    for email, password in (
        (person.email, "wrong password"), ("nobody@nowhere.test", PASSWORD), (gone.email, PASSWORD), ("not an address", "x"),
        (f"invited@{person.email.split('@')[1]}", ""), ("", ""), ("a@b.c" * 90, "x" * 5000),
    ):  # fmt: skip
        reply = sign_in(client, email, password)
        assert reply.status_code == 200
        text = re.sub(r'(nonce|value|name="csrf_token")="[^"]*"', "", reply.text)
        bodies.add(re.sub(r"nonce-[\w-]+", "", text))
    assert len(bodies) == 1


def test_time_tells_nothing_about_accounts(
    hub: Hub, person: UserInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown account costs the same work as a known one: one comparison of a real hash with the same parameters."""
    with hub.platform(write=False) as db:
        stored = db.scalar(select(User.password).where(User.id == person.id))
    seen: list[str] = []
    real = type(accounts.HASHER).verify

    def verify(hasher: Any, hashed: str, password: str) -> bool:
        seen.append(hashed)
        return bool(real(hasher, hashed, password))

    monkeypatch.setattr(type(accounts.HASHER), "verify", verify)
    assert not accounts.password_fits(stored, "wrong")
    assert not accounts.password_fits(None, "wrong")
    assert len(seen) == 2
    assert seen[0].split("$")[:4] == seen[1].split("$")[:4]  # algorithm, version, memory, time and lanes


def test_a_new_session_begins_at_sign_in(client: Any, person: UserInfo) -> None:
    client.get("/login")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session.get("csrf_token")
    sign_in(client, person.email)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before
        assert session["since"] > time.time() - 60


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/", "//evil.test/", "/\\evil.test", "\\\\evil.test", "https:evil.test", "///evil.test",
        "/%09/evil.test", "/\t/evil.test", "javascript:alert(1)", " //evil.test", "http://localhost@evil.test/", "@evil.test",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(app: Any, person: UserInfo, target: str) -> None:
    for where in ("form", "address", "both"):
        client = app.test_client()
        kw: dict[str, Any] = {"data": {"next": target}} if where != "address" else {}
        if where != "form":
            kw["query_string"] = {"next": target}
        location = sign_in(client, person.email, **kw).location
        assert location == "/" or location.startswith("/%09/"), (where, location)
    shown = app.test_client().get("/login", query_string={"next": target})
    assert shown.status_code == 200


def test_signing_in_goes_on_where_it_was_asked_for(client: Any, person: UserInfo) -> None:
    asked = client.get("/samples/request/?q=a").location
    assert asked.startswith("/login?next=")
    reply = sign_in(client, person.email, data={"next": "/samples/request/?q=a"})
    assert reply.location == "/samples/request/?q=a"


def test_there_is_no_remembering_and_no_token(client: Any, app: Any, person: UserInfo) -> None:
    reply = sign_in(client, person.email, data={"remember": "y", "include_auth_token": "1"})
    assert "remember" not in str(reply.headers)
    sent = {"email": person.email, "password": PASSWORD}
    other = app.test_client()
    headers = {"X-CSRFToken": other.csrf_token(), "Accept": "application/json"}
    body = other.post("/login?include_auth_token", json=sent, headers=headers)
    assert "token" not in body.text.replace("csrf_token", "")
    assert not inside(other)
    assert other.get("/me/", headers={"Authentication-Token": "x"}).status_code == 302
    assert other.get("/me/?auth_token=x").status_code == 302


def test_whoever_is_switched_off_is_out_at_once(
    client: Any, hub: Hub, tenant: TenantInfo, person: UserInfo
) -> None:
    sign_in(client, person.email)
    member = update(Membership).where(Membership.user_id == person.id)
    firm = update(Tenant).where(Tenant.id == tenant.id)
    user = update(User).where(User.id == person.id)
    for statement, status in ((member, 403), (firm, 403), (user, 302)):
        assert inside(client)
        with hub.platform() as db:
            db.execute(statement.values(active=False))
        reply = client.get("/me/")
        assert reply.status_code == status
        if status == 403:
            assert "Sign out" in reply.text, "somebody without a company can at least leave"
        with hub.platform() as db:
            db.execute(statement.values(active=True))


def test_another_host_is_not_served(hub: Hub, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["hub.example"])
    assert app.test_client().get("/login", headers={"Host": "evil.test"}).status_code == 400


@pytest.mark.parametrize(
    ("password", "email", "fits"),
    [
        ("password1234", "", False), ("passwordpassword", "", False), ("qwertyuiop12", "", False), ("123456789012", "", False),
        ("iloveyou1234", "", False), ("P@ssw0rd1234", "", False), ("abcabcabcabc", "", False), ("a" * 500, "", False),
        ("zhangweiming1", "zhang.weiming@firm.test", False), ("short", "", False),
        ("a long road to Taipei", "a@firm.test", True),  # a name of one letter is in nearly every password
        ("my merch likes long walks", "merch@firm.test", True),
        ("這是一個很長的密碼句子喔", "", True), ("Zx9#kQ2!vLm4", "", True),
    ],
)  # fmt: skip
def test_easy_passwords_are_refused(password: str, email: str, fits: bool) -> None:
    if fits:
        accounts.check_password(password, email)
    else:
        with pytest.raises(Refused) as refused:
            accounts.check_password(password, email)
        assert refused.value.problems[0].field == "password"

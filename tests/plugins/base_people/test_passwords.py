"""A person changes their password; one who was invited chooses it with a link that works once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.errors import NotFound, Refused
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD
from plugins.base_people.services import passwords, people
from tests.core.test_web_auth import WRONG, inside, sign_in


@pytest.fixture
def person(user_of: Callable[..., UserInfo]) -> UserInfo:
    return user_of("merch")


def test_changing_the_password_ends_other_sessions(app: Any, client: Any, person: UserInfo) -> None:
    other = app.test_client()
    sign_in(client, person.email)
    sign_in(other, person.email)
    new = "another long road to Tainan"
    wrong = client.post("/me/password", data={"old": "not it", "password": new, "again": new})
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    for password, again, message in (
        ("short", "short", "at least 12"),
        (new, new + "!", "differ"),
        (PASSWORD, PASSWORD, "the old one"),
    ):
        reply = client.post("/me/password", data={"old": PASSWORD, "password": password, "again": again})
        assert message in reply.text
    assert inside(other)
    assert (
        client.post("/me/password", data={"old": PASSWORD, "password": new, "again": new}).status_code == 302
    )
    assert inside(client), "this session goes on"
    assert not inside(other)
    assert WRONG in sign_in(other, person.email).text
    assert sign_in(other, person.email, new).status_code == 302


def test_guessing_the_present_password_is_slow_too(client: Any, person: UserInfo) -> None:
    sign_in(client, person.email)
    new = "another long road to Tainan"
    for _n in range(5):
        client.post("/me/password", data={"old": "wrong", "password": new, "again": new})
    reply = client.post("/me/password", data={"old": PASSWORD, "password": new, "again": new})
    assert "Wait 15 minutes" in reply.text


def test_an_invited_person_chooses_a_password_once(
    app: Any, client: Any, hub: Hub, tenant: TenantInfo, ctx: Ctx
) -> None:
    email = f"new@{tenant.code.lower()}.test"
    user_id = people.invite(ctx, email, "New Person", ["merch"], "en")
    link = passwords.link(ctx, user_id)
    ctx.session.commit()
    assert "Welcome, New Person" in client.get(link).text
    weak = client.post(link, data={"password": "short", "again": "short"})
    assert weak.status_code == 422
    good = {"password": "a road of my own", "again": "a road of my own"}
    assert client.post(link, data=good, bare=True).status_code == 400, "a token is needed here too"
    assert client.post(link, data=good).status_code == 302
    assert client.post(link, data=good).status_code == 404, "it works once"
    assert client.get(link).status_code == 404
    assert client.get(link[:-3] + "xyz").status_code == 404
    assert sign_in(app.test_client(), email, "a road of my own").status_code == 302
    with pytest.raises(Refused):
        passwords.link(ctx, user_id)


def test_a_link_grows_old(hub: Hub, ctx: Ctx, tenant: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = people.invite(ctx, f"late@{tenant.code.lower()}.test", "Late", [], "en")
    token = passwords.link(ctx, user_id).removeprefix("/welcome/")
    ctx.session.commit()
    assert passwords.invited(hub, token).id == user_id
    monkeypatch.setattr(passwords, "LINK_LIFE", timedelta(seconds=-1))
    with pytest.raises(NotFound):
        passwords.invited(hub, token)

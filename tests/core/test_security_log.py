"""The security log says who came in, who was refused, who changed rights and features, who took lists away; and no secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from core.data.signing import LoginAttempt
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.enablement import disable_plugin, enable_plugin
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD


@pytest.fixture
def said(hub: Hub, caplog: pytest.LogCaptureFixture) -> Callable[[], list[Any]]:
    """What was logged since the last time one asked."""
    with hub.platform() as db:
        db.execute(delete(LoginAttempt))
    caplog.set_level(logging.INFO, logger="hub.security")

    def new() -> list[Any]:
        records = [r for r in caplog.records if r.name == "hub.security"]
        caplog.clear()
        return records

    return new


def sign_in(client: Any, email: str, password: str = PASSWORD) -> Any:
    return client.post(
        "/login", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": "192.0.2.44"}
    )


def test_coming_in_and_being_refused(
    app: Any, tenant: TenantInfo, user_of: Callable[..., UserInfo], said: Callable[[], list[Any]]
) -> None:
    email, client = user_of("merch").email, app.test_client()
    sign_in(client, email, "a wrong secret")
    sign_in(client, "my own password", "x")
    sign_in(client, "nobody@x.test\r\nfaked line", "x")
    sign_in(client, email)
    client.get("/admin/users/")
    client.post("/me/sessions", bare=True)
    client.post("/logout")
    records = said()
    assert [(r.event, r.levelname, r.address, r.who) for r in records] == [
        ("sign_in_failed", "WARNING", "192.0.2.44", email),
        ("sign_in_failed", "WARNING", "192.0.2.44", "?"),
        ("sign_in_failed", "WARNING", "192.0.2.44", "nobody@x.test??faked line"),
        ("sign_in", "INFO", "192.0.2.44", email),
        ("denied", "WARNING", "127.0.0.1", email),
        ("form_token_refused", "WARNING", "127.0.0.1", records[5].who),
        ("sign_out", "INFO", "127.0.0.1", email),
    ]
    assert (records[4].tenant, records[4].path) == (tenant.code, "/admin/users/")
    whole = " ".join(f"{r.getMessage()} {r.__dict__}" for r in records)
    assert PASSWORD not in whole
    assert "a wrong secret" not in whole
    assert "my own password" not in whole
    assert not any("\n" in r.getMessage() for r in records)
    for _n in range(5):
        sign_in(client, email, "wrong")
    said()
    sign_in(client, email)
    assert [r.event for r in said()] == ["sign_in_waits"]


def test_rights_people_features_and_exports(
    hub: Hub,
    tenant: TenantInfo,
    client_as: Callable[..., Any],
    user_of: Callable[..., UserInfo],
    said: Callable[[], list[Any]],
) -> None:
    admin, merch = client_as("admin"), user_of("merch")
    admin.post(f"/admin/users/{merch.id}", data={"name": merch.name, "roles": ["merch", "fin"]})
    (record,) = said()
    assert (record.event, record.who, record.tenant) == (
        "base_people.user.edit",
        user_of("admin").email,
        tenant.code,
    )
    assert (record.which, record.fields) == (merch.email, "roles")
    admin.post("/admin/security/", data={"idle": "30"})
    assert [r.event for r in said()] == ["base_people.rules.edit"]
    admin.get("/samples/request/export/csv")
    assert [(r.event, r.which) for r in said()] == [("export", "samples-request.csv")]
    admin.post("/admin/plugins/couriers/off")
    admin.post("/admin/plugins/couriers/on")
    assert [(r.event.split(".")[-1], r.which) for r in said()] == [
        ("disable", "couriers"),
        ("enable", "couriers"),
    ]


def test_what_was_not_saved_is_not_said(hub: Hub, tenant: TenantInfo, said: Callable[[], list[Any]]) -> None:
    with hub.context(tenant) as ctx:
        disable_plugin(ctx, "couriers")
        ctx.session.rollback()
    assert said() == []
    with hub.context(tenant) as ctx:
        disable_plugin(ctx, "couriers")
        assert said() == [], "not before it is kept"
    assert [(r.event.split(".")[-1], r.who) for r in said()] == [("disable", "system")]
    with hub.context(tenant) as ctx:
        enable_plugin(ctx, "couriers")

"""Features are switched with what they need, for everybody at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import update

from core.data.models import Enablement, User
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from tests.trail import audited


@pytest.fixture
def admin(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


def test_a_feature_is_switched_with_what_it_needs(admin: Any, ctx: Ctx, ask: Callable[..., Any]) -> None:
    row_id = ask(ctx).id
    ctx.session.commit()
    assert admin.get(f"/samples/request/{row_id}").status_code == 200
    refused = admin.post("/admin/plugins/samples/off")
    assert refused.status_code == 422
    assert "couriers" in refused.text.lower()
    assert admin.get(f"/samples/request/{row_id}").status_code == 200
    for name in ("couriers", "samples"):
        assert admin.post(f"/admin/plugins/{name}/off").status_code == 302
    assert admin.get(f"/samples/request/{row_id}").status_code == 404
    assert "/samples/" not in admin.get("/").text
    page = admin.get("/admin/plugins/").text
    assert "Switches on too: Samples" in page
    assert admin.post("/admin/plugins/couriers/on").status_code == 302
    assert admin.get(f"/samples/request/{row_id}").status_code == 200, "the data was kept"
    assert audited(ctx, "core.enablement")[-4:] == ["disable", "disable", "enable", "enable"]
    assert admin.post("/admin/plugins/nonsense/on").status_code == 404


def test_a_switch_reaches_every_process_at_once(
    hub: Hub, app: Any, tenant: TenantInfo, client_as: Callable[..., Any], hub_extra: tuple[ModuleType, ...]
) -> None:
    client = client_as("admin")
    assert client.get("/samples/maker/").status_code == 200
    with hub.context(tenant) as ctx:  # as another worker would
        ctx.session.execute(
            update(Enablement).where(Enablement.plugin.in_(["samples", "couriers"])).values(enabled=False)
        )
    assert client.get("/samples/maker/").status_code == 404


def test_switching_off_says_what_goes_and_asks(admin, ctx):
    admin.post("/admin/plugins/samples/on")
    page = admin.get("/admin/plugins/samples/off").text
    assert "Sample requests" in page
    assert 'href="/samples/request/"' in admin.get("/").text  # nothing is switched by asking
    assert admin.get("/admin/plugins/samples/on").status_code == 302, "it is on already"
    assert admin.get("/admin/plugins/nothing/off").status_code == 404


def test_a_card_says_what_a_feature_brings_and_who_switched_it(admin: Any, ctx: Ctx) -> None:
    admin.post("/admin/plugins/couriers/off")
    page = admin.get("/admin/plugins/").text
    assert "Sample requests" in page
    assert "switched off by" in page
    found = admin.get("/admin/plugins/?q=sample+REQUESTS").text
    assert 'id="samples"' in found
    assert 'id="tna"' not in found
    assert "Nothing fits these filters." in admin.get("/admin/plugins/?q=nothing+of+that").text


def test_switching_on_shows_first_what_comes_with_it(admin: Any, ctx: Ctx) -> None:
    for name in ("couriers", "samples"):
        admin.post(f"/admin/plugins/{name}/off")
    page = admin.get("/admin/plugins/couriers/on").text
    assert "Switched on with it:" in page
    assert "Samples" in page
    assert "Sample requests" in page
    assert 'href="/samples/request/"' not in admin.get("/").text, "nothing is switched by asking"


def test_a_restricted_feature_is_switched_by_operators_only(
    app: Any, hub: Hub, client_as: Callable[..., Any], user_of: Callable[..., Any], monkeypatch: Any
) -> None:
    admin = client_as("admin")
    assert admin.post("/admin/plugins/couriers/off").status_code == 302
    monkeypatch.setattr(hub, "config", replace(hub.config, restricted=("samples",)))
    assert admin.post("/admin/plugins/samples/off").status_code == 422
    assert "Only the operator switches this." in admin.get("/admin/plugins/").text
    operator(hub, user_of("admin").id)
    assert admin.post("/admin/plugins/samples/off").status_code == 302
    operator(hub, user_of("admin").id, on=False)
    assert admin.post("/admin/plugins/couriers/on").status_code == 422, "it would switch a restricted one on"
    assert admin.post("/admin/plugins/samples/on").status_code == 422


def test_no_role_gives_what_operators_have(
    hub: Hub, tenant: TenantInfo, client_as: Callable[..., Any], user_of: Callable[..., Any]
) -> None:
    admin, merch = user_of("admin"), user_of("merch")
    assert "core.operate" not in client_as("admin").get("/admin/roles/").text
    for person in (admin, merch):
        operator(hub, person.id)
    with hub.context(tenant, admin.email) as own:
        assert own.can("core.operate")
    with hub.context(tenant, merch.email) as own:
        assert not own.can("core.operate"), "an operator is administrator where they work, too"
    with hub.context(tenant, admin.email, only=lambda name: True) as own:
        assert not own.can("core.operate"), "a program is none"


def operator(hub: Hub, user_id: int, *, on: bool = True) -> None:
    with hub.platform() as session:
        session.get_one(User, user_id).operator = on

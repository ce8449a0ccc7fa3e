"""Features are switched with what they need, for everybody at once."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import update

from core.data.models import Enablement
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
    assert admin.get("/admin/plugins/samples/on").status_code == 302
    assert admin.get("/admin/plugins/nothing/off").status_code == 404

"""What an operator does with companies as a whole, over HTTP: made, shut, exported, deleted, put back; and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.data.models import User
from core.data.records import Job
from core.data.signing import SecurityEvent
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.work import jobs

HOME = "/admin/companies/"


@pytest.fixture
def operator(hub: Hub, client_as: Callable[..., Any], user_of: Callable[..., Any]) -> Any:
    with hub.platform() as db:
        db.get_one(User, user_of("admin").id).operator = True
    return client_as("admin")


def test_administrators_who_are_no_operators_find_nothing(client_as: Callable[..., Any]) -> None:
    admin = client_as("admin")
    assert HOME not in admin.get("/").text
    assert admin.get(HOME).status_code == 403
    assert admin.post(f"{HOME}new", data={"code": "X"}).status_code == 403


def test_a_company_from_its_beginning_to_its_end(hub: Hub, tenant: TenantInfo, operator: Any) -> None:
    page = operator.get(HOME).text
    assert tenant.code in page
    data = {
        "code": "NEWCO",
        "name": "New & Co",
        "base_currency": "eur",
        "timezone": "Asia/Taipei",
        "feature": ["couriers"],
    }
    wrong = operator.post(f"{HOME}new", data={**data, "code": "no good", "base_currency": "EURO"})
    assert wrong.status_code == 422
    assert "New &amp; Co" in wrong.text, "what was typed is there"
    assert operator.post(f"{HOME}new", data={**data, "source": tenant.code}).status_code == 302
    made = hub.tenant_info("NEWCO")
    with hub.context(made, write=False) as ctx:
        assert {"couriers", "samples"} <= ctx.enabled
        assert ctx.setting("company")["base_currency"] == "EUR"
    assert operator.post(f"{HOME}NEWCO/suspend").status_code == 302
    assert "NEWCO" not in {t.code for t in hub.tenants()}
    assert operator.post(f"{HOME}NEWCO/resume").status_code == 302
    assert operator.post(f"{HOME}{tenant.code}/suspend").status_code == 422, (
        "one does not shut the door behind oneself"
    )
    assert operator.post(f"{HOME}{tenant.code}/delete", data={"name": tenant.name}).status_code == 422
    assert operator.post(f"{HOME}NEWCO/delete", data={"name": "Newco"}).status_code == 422
    assert "Type its name" in operator.get(f"{HOME}NEWCO/delete").text
    reply = operator.post(f"{HOME}NEWCO/delete", data={"name": "New & Co"})
    assert reply.headers["Location"].startswith("/jobs/")
    work(hub, tenant)
    assert "NEWCO" not in operator.get(HOME).text.split("Archives")[0]
    archive = next((hub.config.data / "exports").glob("NEWCO-*.zip"))
    try:
        assert operator.get(f"{HOME}archive/{archive.name}").data[:2] == b"PK"
        assert operator.get(f"{HOME}archive/..%2fhub.db").status_code == 404
        assert operator.post(f"{HOME}restore", data={"archive": archive.name, "code": ""}).status_code == 302
        work(hub, tenant)
        assert hub.tenant_info("NEWCO").name == "New & Co"
        assert operator.post(f"{HOME}NEWCO/export").status_code == 302
        work(hub, tenant)
    finally:
        for each in archive.parent.glob("NEWCO-*.zip"):
            each.unlink()
    events = [e.event for e in hub_events(hub)]
    assert {"tenant.create", "tenant.suspend", "tenant.delete", "tenant.restore", "tenant.export"} <= set(
        events
    )


def work(hub: Hub, tenant: TenantInfo) -> None:
    assert jobs.run_due(hub, tenants=[tenant]) == 1
    with hub.context(tenant, write=False) as ctx:
        last = ctx.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        assert (last.status, last.error) == ("done", "")


def hub_events(hub: Hub) -> list[Any]:

    with hub.platform(write=False) as db:
        return list(db.scalars(select(SecurityEvent)))

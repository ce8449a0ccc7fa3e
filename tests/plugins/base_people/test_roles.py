"""Roles and the rights they grant: ticked at once, and never more than one has oneself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.data.models import Grant, Role
from core.errors import Refused, Stale
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from plugins.base_people.services import roles
from tests.trail import audited


@pytest.fixture
def admin(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


def ticked(page: str) -> list[str]:
    return re.findall(r'name="grant" value="([^"]+)"[^>]* checked', page)


def test_rights_are_ticked_and_take_effect_at_once(
    admin: Any, client_as: Callable[..., Any], ctx: Ctx
) -> None:
    clerk = client_as("merch")
    assert clerk.get("/admin/company/").status_code == 403
    page = admin.get("/admin/roles/").text
    merch = ctx.session.scalars(select(Role).where(Role.code == "merch")).one()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    grants = [*ticked(page), f"{merch.id}:base_company.settings"]
    assert admin.post("/admin/roles/", data={"grant": grants, "seen": seen[1]}).status_code == 302
    assert clerk.get("/admin/company/").status_code == 200
    assert sorted(ticked(admin.get("/admin/roles/").text)) == sorted(grants)
    assert audited(ctx, "base_people.role") == ["grants"]
    stale = admin.post("/admin/roles/", data={"grant": [], "seen": seen[1]})
    assert stale.status_code == 409
    assert clerk.get("/admin/company/").status_code == 200, "nothing of a stale form is saved"


def test_rights_of_what_is_off_and_of_the_administrator_stay(
    ctx: Ctx, other_tenant: TenantInfo, hub: Hub
) -> None:
    matrix = roles.matrix(ctx)
    assert {g.code for g in matrix.groups} == {"core", "samples", "couriers"}
    off = Grant(role_id=matrix.roles[1].id, permission="orders.order.view")
    ctx.session.add(off)
    ctx.session.flush()
    boss = next(role for role in matrix.roles if role.system)
    roles.save(ctx, [])
    left = list(ctx.session.scalars(select(Grant.permission)))
    assert left == ["orders.order.view"]
    with hub.context(other_tenant) as there:
        foreign = there.session.scalar(select(Role.id).where(Role.code == "merch"))
    for cell in (
        (boss.id, "base_people.users"),
        (foreign, "base_people.users"),
        (off.role_id, "core.nonsense"),
        (off.role_id, "orders.order.edit"),
    ):
        with pytest.raises(Refused):
            roles.save(ctx, [cell])
    with pytest.raises(Stale):
        roles.save(ctx, [], seen=matrix.seen)


def test_a_role_is_added_with_rights_of_another_and_removed(
    admin: Any, ctx: Ctx, user_of: Callable[..., UserInfo]
) -> None:
    merch = ctx.session.scalars(select(Role).where(Role.code == "merch")).one()
    form = {"code": "junior", "name": "Junior", "copy_of": str(merch.id)}
    assert admin.post("/admin/roles/new", data=form).status_code == 302
    ctx.session.rollback()
    junior = ctx.session.scalars(select(Role).where(Role.code == "junior")).one()
    rights = [
        set(ctx.session.scalars(select(Grant.permission).where(Grant.role_id == r.id)))
        for r in (merch, junior)
    ]
    assert rights[0] == rights[1] != set()
    assert "exists already" in admin.post("/admin/roles/new", data={**form, "_key": "another-form-1"}).text
    user_of("junior")
    assert "Somebody has this role" in admin.post(f"/admin/roles/{junior.id}/remove").text
    user_of("merch")
    with pytest.raises(Refused):
        roles.remove(ctx, ctx.session.scalars(select(Role.id).where(Role.system)).one())
    fresh = roles.add_role(ctx, "spare", "Spare")
    ctx.session.commit()
    assert admin.get(f"/admin/roles/{fresh.id}/remove").status_code == 200
    assert admin.post(f"/admin/roles/{fresh.id}/remove").status_code == 302

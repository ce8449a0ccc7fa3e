"""The administration pages: people and roles."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core import people, roles, setup
from core.data.models import Grant, Membership, Role
from core.data.records import AuditEntry
from core.errors import Denied, Refused, Stale
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from tests.core.test_web_auth import inside, sign_in


def audited(ctx: Ctx, entity: str) -> list[str]:
    ctx.session.rollback()
    return list(
        ctx.session.scalars(
            select(AuditEntry.action).where(AuditEntry.entity == entity).order_by(AuditEntry.id)
        )
    )


@pytest.fixture
def admin(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_person_is_invited_and_signs_in(app: Any, admin: Any, ctx: Ctx, tenant: TenantInfo) -> None:
    email = f"joan@{tenant.code.lower()}.test"
    form = {"email": email, "name": "Joan", "locale": "en", "roles": ["merch", "fin"]}
    made = admin.post("/admin/users/new", data=form)
    assert made.status_code == 302
    page = admin.get(made.location).text
    link = re.search(r'value="(http://localhost/welcome/[^"]+)"', page)
    assert link
    path = link[1].removeprefix("http://localhost")
    client = app.test_client()
    assert (
        client.post(path, data={"password": "roads and rivers", "again": "roads and rivers"}).status_code
        == 302
    )
    sign_in(client, email, "roads and rivers")
    assert inside(client)
    assert "/welcome/" not in admin.get(made.location).text
    assert client.get("/admin/users/").status_code == 403
    assert audited(ctx, "core.user") == ["create", "choose_password"]
    again = admin.post("/admin/users/new", data={**form, "_key": "another-form-1"})
    assert again.status_code == 422
    assert "exists already" in again.text


def test_wrong_people_are_refused_at_their_inputs(admin: Any) -> None:
    form = {"email": "x@y.test", "name": "X", "locale": "en", "roles": "merch"}
    for change, message in (
        ({"email": "no address"}, "not an e-mail address"), ({"name": " "}, "This is needed"),
        ({"roles": "boss"}, "no role boss"),
    ):  # fmt: skip
        reply = admin.post("/admin/users/new", data={**form, **change})
        assert reply.status_code == 422
        assert message in reply.text


def test_ending_work_ends_sessions_and_can_be_undone(
    app: Any, admin: Any, ctx: Ctx, user_of: Callable[..., UserInfo]
) -> None:
    person, client = user_of("merch"), app.test_client()
    sign_in(client, person.email)
    home = f"/admin/users/{person.id}"
    assert "End the work" in admin.get(f"{home}/deactivate").text
    assert inside(client), "the question alone does nothing"
    assert admin.post(f"{home}/deactivate").status_code == 302
    assert not inside(client)
    assert admin.post(f"{home}/activate").status_code == 302
    assert not inside(client), "the old session stays dead"
    assert sign_in(client, person.email).status_code == 302
    assert admin.post(f"{home}/reset").status_code == 302
    assert not inside(client)
    assert audited(ctx, "core.user") == ["deactivate", "activate", "reset_password"]


def test_the_last_administrator_stays(admin: Any, user_of: Callable[..., UserInfo], ctx: Ctx) -> None:
    me = user_of("admin")
    assert "Somebody must remain administrator" in admin.post(f"/admin/users/{me.id}/deactivate").text
    reply = admin.post(f"/admin/users/{me.id}", data={"name": me.name, "roles": "merch"})
    assert reply.status_code == 422
    assert "Somebody must remain administrator" in reply.text
    assert admin.post(f"/admin/users/{me.id}/reset").status_code == 422
    user_of("admin,fin")
    assert admin.post(f"/admin/users/{me.id}", data={"name": me.name, "roles": "merch"}).status_code == 302
    assert admin.get("/admin/users/").status_code == 403, "the rights are gone with the next click"


def test_two_administrators_cannot_remove_each_other(
    hub: Hub, tenant: TenantInfo, user_of: Callable[..., UserInfo]
) -> None:
    one, two = user_of("admin"), user_of("admin,fin")
    gate, refused = threading.Barrier(2), list[str]()

    def remove(actor: UserInfo, other: UserInfo) -> None:
        gate.wait()
        try:
            with hub.context(tenant, actor) as ctx:
                people.set_active(ctx, other.id, False)
        except (Refused, Denied) as error:
            refused.append(str(error))

    threads = [threading.Thread(target=remove, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with hub.platform() as db:
        left = db.scalar(
            select(func.count())
            .select_from(Membership)
            .where(Membership.user_id.in_([one.id, two.id]), Membership.active)
        )
    assert left == 1
    assert len(refused) == 1


def test_nobody_hands_out_more_than_they_have(
    hub: Hub, tenant: TenantInfo, ctx: Ctx, user_of: Callable[..., UserInfo]
) -> None:
    role = roles.add(ctx, "clerk", "Clerk")
    ctx.session.insert_many(
        Grant, [{"role_id": role.id, "permission": p} for p in ("core.users", "core.roles")]
    )
    ctx.session.commit()
    clerk, boss, merch = user_of("clerk"), user_of("admin"), user_of("merch")
    with hub.context(tenant, clerk) as mine:
        assert [r.code for r in people.assignable(mine) if r.code in ("admin", "merch", "clerk")] == ["clerk"]
        for attempt in (
            lambda: people.change(mine, clerk.id, clerk.name, ["clerk", "admin"]),
            lambda: people.invite(mine, "puppet@x.test", "Puppet", ["admin"]),
            lambda: people.change(mine, boss.id, boss.name, []),
            lambda: people.set_active(mine, boss.id, False),
            lambda: people.reset_password(mine, merch.id),
            lambda: roles.save(
                mine, [(role.id, "core.users"), (role.id, "core.roles"), (role.id, "base_company.settings")]
            ),
            lambda: roles.add(
                mine, "copy", "Copy", copy_of=mine.session.scalar(select(Role.id).where(Role.code == "mgr"))
            ),
        ):
            with pytest.raises((Refused, Denied)):
                attempt()
            mine.session.rollback()


def test_the_invited_wait_for_their_own_tenant(hub: Hub, ctx: Ctx, other_tenant: TenantInfo) -> None:
    setup.create_user(hub, f"there@{other_tenant.code.lower()}.test", "There")
    setup.add_member(hub, other_tenant, f"there@{other_tenant.code.lower()}.test", [])
    with pytest.raises(Refused, match="Ask the operator"):
        people.invite(ctx, f"there@{other_tenant.code.lower()}.test", "Mine", [])


# --- roles -----------------------------------------------------------------------------------------------------------


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
    assert audited(ctx, "core.role") == ["grants"]
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
        (boss.id, "core.users"),
        (foreign, "core.users"),
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
    fresh = roles.add(ctx, "spare", "Spare")
    ctx.session.commit()
    assert admin.get(f"/admin/roles/{fresh.id}/remove").status_code == 200
    assert admin.post(f"/admin/roles/{fresh.id}/remove").status_code == 302


# --- own page ---------------------------------------------------------------------------------------------------------


def test_everybody_has_a_page_of_their_own(client_as: Callable[..., Any]) -> None:
    page = client_as("wh").get("/me/").text
    assert "Warehouse" in page
    assert "Change my password" in page

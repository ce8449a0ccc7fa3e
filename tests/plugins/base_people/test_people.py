"""People are invited, given roles, and shown out; nobody hands out more than they have."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core.data.models import Grant, Membership, Role
from core.errors import Denied, Refused
from core.kernel import accounts
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.hub import Hub
from plugins.base_people.services import people, roles
from tests.core.test_web_auth import inside, sign_in
from tests.trail import audited


@pytest.fixture
def admin(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


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
    assert audited(ctx, "base_people.user") == ["create", "choose_password"]
    again = admin.post("/admin/users/new", data={**form, "_key": "another-form-1"})
    assert again.status_code == 422
    assert "exists already" in again.text


def test_wrong_people_are_refused_at_their_inputs(admin: Any) -> None:
    form = {"email": "x@y.test", "name": "X", "locale": "en", "roles": "merch"}
    for change, message in (
        ({"email": "no address"}, "not an e-mail address"),
        ({"name": " "}, "This is needed"),
        ({"roles": "boss"}, "no role boss"),
    ):
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
    assert audited(ctx, "base_people.user") == ["deactivate", "activate", "reset_password"]


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
    role = roles.add_role(ctx, "clerk", "Clerk")
    ctx.session.insert_many(
        Grant, [{"role_id": role.id, "permission": p} for p in ("base_people.users", "base_people.roles")]
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
                mine,
                [
                    (role.id, "base_people.users"),
                    (role.id, "base_people.roles"),
                    (role.id, "base_company.settings"),
                ],
            ),
            lambda: roles.add_role(
                mine, "copy", "Copy", copy_of=mine.session.scalar(select(Role.id).where(Role.code == "mgr"))
            ),
        ):
            with pytest.raises((Refused, Denied)):
                attempt()
            mine.session.rollback()


def test_the_invited_wait_for_their_own_tenant(hub: Hub, ctx: Ctx, other_tenant: TenantInfo) -> None:
    accounts.create_user(hub, f"there@{other_tenant.code.lower()}.test", "There")
    accounts.add_member(hub, other_tenant, f"there@{other_tenant.code.lower()}.test", [])
    with pytest.raises(Refused, match="Ask the operator"):
        people.invite(ctx, f"there@{other_tenant.code.lower()}.test", "Mine", [])


def test_everybody_has_a_page_of_their_own(client_as: Callable[..., Any]) -> None:
    page = client_as("wh").get("/me/").text
    assert "Warehouse" in page
    assert "Change my password" in page

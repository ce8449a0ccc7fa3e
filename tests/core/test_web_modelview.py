"""Plain tables of a plugin in the hub's frame: walls, questions before deleting, plain sentences, nothing inline."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.data.records import AuditEntry
from core.errors import StartError
from core.kernel.context import Ctx, TenantInfo
from core.text.i18n import T
from core.web.modelview import HubModelView
from tests.thirdparty.couriers.models import Parcel
from tests.thirdparty.samples.models import Request

HOME = "/couriers/parcel/"


@pytest.fixture
def parcel(ctx: Ctx, ask: Callable[..., Any]) -> int:
    """A parcel for a request of this tenant."""
    row = Parcel(request_id=ask(ctx).id, waybill="EE-1")
    ctx.session.add(row)
    ctx.session.commit()
    return row.id


@pytest.fixture
def foreign(hub: Any, other_tenant: TenantInfo, ask: Callable[..., Any]) -> tuple[int, int]:
    """(request, parcel) of another tenant."""
    with hub.context(other_tenant) as there:
        request = ask(there)
        row = Parcel(request_id=request.id, waybill="CANARY-7")
        there.session.add(row)
        there.session.flush()
        return request.id, row.id


def count(ctx: Ctx) -> int:
    ctx.session.rollback()
    return len(ctx.session.scalars(select(Parcel)).all())


def test_list_details_and_form_show_only_this_tenants_rows(
    client_as: Any, parcel: int, foreign: tuple[int, int]
) -> None:
    client = client_as("wh")
    body = client.get(HOME).text
    assert "EE-1" in body
    assert "CANARY" not in body
    assert '<span class="muted">1</span>' in body, "the count is the tenant's own"
    assert "Nothing fits these filters." in client.get(f"{HOME}?search=CANARY").text
    assert "<td>no</td>" in body, "words, where Flask-Admin would put an icon"
    details = client.get(f"{HOME}details/?id={parcel}").text
    assert "EE-1" in details
    assert "SR-2026-0001" in details
    assert " object at " not in details
    form = client.get(f"{HOME}edit/?id={parcel}").text
    assert len(re.findall(r"<option", form.split('name="request"')[1].split("</select>")[0])) == 1
    for path in ("details", "edit", "delete"):
        assert client.get(f"{HOME}{path}/?id={foreign[1]}").status_code == 404
        assert client.get(f"{HOME}{path}/?id=x").status_code == 404
        assert client.get(f"{HOME}{path}/").status_code == 404
    assert client.get(f"{HOME}?page=-1").status_code == 200
    assert client.get(f"{HOME}?page=99999999999999999999&sort=77&desc=1").status_code == 200


def test_a_row_is_created_once_and_recorded(client_as: Any, ctx: Ctx, parcel: int) -> None:
    client = client_as("wh")
    request_id = ctx.session.scalars(select(Request.id)).one()
    data = {"request": str(request_id), "waybill": "EE-2", "held": "y", "_key": "only-once-please"}
    for _attempt in range(2):
        assert client.post(f"{HOME}new/", data=data).status_code == 302
    ctx.session.rollback()
    made = ctx.session.scalars(select(Parcel).where(Parcel.waybill == "EE-2")).one()
    assert made.held
    assert made.tenant_id == ctx.tenant.id
    entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.entity == "couriers.parcel")).one()
    assert (entry.action, entry.entity_id) == ("create", made.id)


def test_a_forged_reference_is_an_error_and_what_was_typed_stays(
    client_as: Any, ctx: Ctx, parcel: int, foreign: tuple[int, int]
) -> None:
    client = client_as("wh")
    reply = client.post(f"{HOME}new/", data={"request": str(foreign[0]), "waybill": "typed-this"})
    assert reply.status_code == 422
    assert "typed-this" in reply.text
    assert "aria-invalid" in reply.text
    assert count(ctx) == 1


def test_an_optional_reference_that_does_not_exist_is_not_emptied(
    client_as: Any, ctx: Ctx, ask: Callable[..., Any], foreign: tuple[int, int]
) -> None:
    row_id = ask(ctx).id
    ctx.session.commit()
    client = client_as("admin")
    page = client.get(f"/couriers/raw/edit/?id={row_id}").text
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version
    shown = {"maker": "424242", "kind": "fit", "_version": version[1]}
    reply = client.post(f"/couriers/raw/edit/?id={row_id}", data=shown)
    assert reply.status_code == 422
    assert "This does not exist." in reply.text
    good = {**shown, "maker": "__None", "fee": "1,234.50"}
    assert client.post(f"/couriers/raw/edit/?id={row_id}", data=good).status_code == 302
    again = client.post(f"/couriers/raw/edit/?id={row_id}", data={**good, "kind": "pp"})
    assert again.status_code == 409, "the version that was shown is no longer the stored one"
    wrong = client.post(f"/couriers/raw/edit/?id={row_id}", data={**good, "fee": "1.23456", "_version": "2"})
    assert "At most 4 decimals." in wrong.text


def test_what_the_database_refuses_becomes_a_sentence(client_as: Any, ctx: Ctx) -> None:
    reply = client_as("admin").post("/couriers/raw/new/", data={"maker": "__None", "kind": "fit"})
    assert reply.status_code == 422
    assert "The database refused this entry." in reply.text
    assert "INSERT" not in reply.text
    assert "IntegrityError" not in reply.text


def test_nothing_is_deleted_without_the_answer_to_a_question(client_as: Any, ctx: Ctx, parcel: int) -> None:
    client = client_as("wh")
    question = client.get(f"{HOME}delete/?id={parcel}")
    assert question.status_code == 200
    assert "EE-1" in question.text
    assert count(ctx) == 1
    assert client.post(f"{HOME}delete/", data={"id": parcel}).status_code == 200, (
        "a post without answer asks again"
    )
    assert client.post(f"{HOME}action/", data={"action": "delete", "rowid": parcel}).status_code == 200
    assert count(ctx) == 1
    assert client.post(f"{HOME}delete/", data={"id": parcel, "confirm": "1"}).status_code == 302
    assert count(ctx) == 0


def test_batch_actions_ask_and_reach_only_rows_of_the_tenant(
    client_as: Any, ctx: Ctx, parcel: int, foreign: tuple[int, int]
) -> None:
    client = client_as("wh")
    data = {"action": "hold", "rowid": str(parcel)}
    assert "Carry this out?" in client.post(f"{HOME}action/", data=data).text
    assert client.post(f"{HOME}action/", data={**data, "confirm": "1"}).status_code == 302
    ctx.session.rollback()
    assert ctx.session.scalars(select(Parcel)).one().held
    for name in ("hold", "delete"):
        bad = {"action": name, "rowid": str(foreign[1]), "confirm": "1"}
        assert client.post(f"{HOME}action/", data=bad).status_code == 404
    assert client.post(f"{HOME}action/", data={"action": "explode", "rowid": parcel}).status_code == 404


def test_what_is_used_elsewhere_is_not_deleted(client_as: Any, ctx: Ctx, parcel: int) -> None:
    request_id = ctx.session.scalars(select(Request.id)).one()
    reply = client_as("admin").post("/couriers/raw/delete/", data={"id": request_id, "confirm": "1"})
    assert reply.status_code == 422
    assert "still used elsewhere" in reply.text


def test_rights_decide_pages_and_buttons(client_as: Any, parcel: int) -> None:
    stranger = client_as("fin")
    for path in ("", "new/", f"edit/?id={parcel}", f"delete/?id={parcel}", f"details/?id={parcel}"):
        assert stranger.get(HOME + path).status_code == 403
    assert "Parcels" in client_as("wh").get("/").text, "it has its place in the menu"


def test_flask_admins_other_addresses_are_closed(client_as: Any, parcel: int) -> None:
    client = client_as("admin")
    assert client.get(f"{HOME}export/csv/").status_code == 404
    assert (
        client.post(f"{HOME}ajax/update/", data={"list_form_pk": parcel, "waybill": "x"}).status_code == 404
    )
    assert client.get(f"{HOME}ajax/lookup/?name=request").status_code == 404


def test_what_needs_scripts_is_refused_at_start() -> None:
    class Wrong(HubModelView):
        column_editable_list = ("waybill",)

    with pytest.raises(StartError, match="column_editable_list"):
        Wrong(Parcel, "couriers.wrong", T("Wrong"), plugin="couriers")

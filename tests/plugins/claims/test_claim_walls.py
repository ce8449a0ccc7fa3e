"""What claims show to whom: another tenant, a plugin that is off, a language, a quota that is used up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel import enablement
from plugins.base_files.models import FileBlob
from plugins.claims.demo import pictures
from plugins.claims.services import photos
from tests.plugins.claims.conftest import World, do, garment, material, picture, shots

Client = Callable[..., Any]
URL = "/claims/claim"


def test_another_tenant_sees_neither_claim_nor_picture(
    world: World, other_world: TenantInfo, client_as: Client
) -> None:
    row = material(world)
    (made,) = photos.add_photos(world.ctx, row, [("a.jpg", picture())])
    base, photo_id, attachment_id, number = f"{URL}/{row.id}", made.id, made.attachment_id, row.number
    mine, theirs = client_as("mgr"), client_as("mgr", of=other_world)
    assert mine.get(f"{base}/photos/{photo_id}/full").status_code == 200
    for address in (base, f"{base}/photos/{photo_id}", f"{base}/photos/{photo_id}/full", f"{base}/photos/{photo_id}/thumb",
                    f"{base}/pdf/claims.report", f"/files/{attachment_id}"):  # fmt: skip
        assert theirs.get(address).status_code == 404, address
    for verb in ("photos", f"photos/{photo_id}/change", "do/cancel"):
        assert theirs.post(f"{base}/{verb}", data={"do": "remove", "reason": "x"}).status_code == 404, verb
    assert number not in theirs.get(f"{URL}/").text
    their_claim = theirs.post(
        f"{URL}/quick", data={"kind": "garment", "number": world.fo.number, "text": "mine"}
    )
    assert their_claim.status_code == 302  # the same number means their own order
    assert mine.get(their_claim.headers["Location"]).status_code == 404


@pytest.mark.parametrize("off", [(), ("tna",), ("material_gate",), ("tna", "material_gate")])
def test_it_works_whatever_else_is_on(world: World, client_as: Client, off: tuple[str, ...]) -> None:
    hub, tenant = world.ctx.hub, world.ctx.tenant
    row_id, fo_id = material(world).id, world.fo.id
    with hub.context(tenant) as ctx:
        for name in off:
            enablement.disable_plugin(ctx, name)
    client = client_as("mgr")
    for address in (
        "/",
        "/?tab=claims",
        f"{URL}/",
        f"{URL}/{row_id}",
        "/claims/figures/",
        f"/outsourcing/order/{fo_id}",
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "could not be shown" not in page.text, address


def test_switched_off_it_is_gone_at_once_and_back_with_everything(world: World, client_as: Client) -> None:
    hub, tenant = world.ctx.hub, world.ctx.tenant
    row = material(world)
    (made,) = photos.add_photos(world.ctx, row, [("a.jpg", picture())])
    base, photo_id, number, po_id = f"{URL}/{row.id}", made.id, row.number, world.po.id
    client = client_as("mgr")
    assert number in client.get(f"/purchasing/order/{po_id}").text
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "claims")
    for address in (f"{URL}/", base, f"{URL}/quick", f"{URL}/new", f"{base}/photos/{photo_id}/full",
                    f"{base}/pdf/claims.report", "/claims/figures/"):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.post(f"{base}/photos", data={"photos": shots("b.jpg")}).status_code == 404
    for address in ("/", f"/purchasing/order/{po_id}", f"/search?q={number}"):
        body = client.get(address).text
        assert "/claims/" not in body, address
    with hub.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "claims")
    assert client.get(f"{base}/photos/{photo_id}/full").status_code == 200
    assert number in client.get(f"{URL}/").text


def test_the_pages_of_claims_speak_chinese(world: World, client_as: Client) -> None:
    row_id = garment(world).id
    client = client_as("qc")
    client.post("/locale", data={"locale": "zh_Hant_TW"})
    assert "處理中" in client.get(f"{URL}/{row_id}").text
    assert "快速客訴" in client.get(f"{URL}/quick").text
    assert "客訴率" in client.get("/claims/figures/").text


def test_the_demos_pictures_are_small_and_each_its_own() -> None:
    drawn = [draw() for found in pictures.OF_CLAIM.values() for _name, _caption, draw in found]
    assert len(set(drawn)) == 6
    assert all(len(each) < 400_000 for each in drawn)


def test_a_quota_that_is_used_up_is_said_at_the_pictures(world: World, client_as: Client) -> None:
    ctx: Ctx = world.ctx
    row_id = material(world).id
    ctx.session.flush()
    used = ctx.session.scalar(select(func.coalesce(func.sum(FileBlob.size), 0)))
    ctx.set_setting("base_files.quota", int(used or 0) + 10)
    refused = client_as("qc").post(f"{URL}/{row_id}/photos", data={"photos": shots("a.jpg")})
    assert refused.status_code == 422
    assert "no room left" in refused.text


def test_a_closed_claims_picture_is_not_removed_through_the_files_either(
    world: World, client_as: Client
) -> None:
    row = material(world)
    (made,) = photos.add_photos(world.ctx, row, [("a.jpg", picture())])
    for action, given in (("resolve", {"resolution": "done"}), ("waive", {"reason": "small"}), ("close", {})):
        do(world.ctx, row, action, **given)
    address, picture_url = f"/files/{made.attachment_id}/remove", photos.address(made, "full")
    client = client_as("mgr")
    assert client.post(address).status_code == 404
    assert client.get(picture_url).status_code == 200


def test_a_picture_that_was_taken_off_is_gone_everywhere(world: World, client_as: Client) -> None:
    row = material(world)
    (made,) = photos.add_photos(world.ctx, row, [("a.jpg", picture())])
    page, picture_url = f"{URL}/{row.id}", f"{URL}/{row.id}/photos/{made.id}"
    file_url = f"/files/{made.attachment_id}"
    client = client_as("mgr")
    assert client.get(file_url).status_code == 200
    assert f"{file_url}/remove" not in client.get(page).text  # it is taken off where it is shown
    assert client.post(f"{picture_url}/change", data={"do": "remove"}).status_code == 302
    for address in (f"{picture_url}/full", f"{picture_url}/thumb", file_url):
        assert client.get(address).status_code == 404, address
    assert file_url not in client.get(page).text

"""Claims over HTTP: the two lists, the forms, several pictures at once, figures that open their lists."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image

from plugins.claims.services import photos
from tests.plugins.base_files.test_files import bomb
from tests.plugins.claims.conftest import World, do, garment, material, picture, shots

Client = Callable[..., Any]
URL = "/claims/claim"


def test_two_lists_with_thumbs_age_and_filters(world: World, client_as: Client) -> None:
    cloth, piece = material(world, defect="shade", severity="critical"), garment(world)
    photos.add_photos(world.ctx, cloth, [("a.jpg", picture())])
    numbers = cloth.number, piece.number
    address = photos.address(photos.of_claim(world.ctx, cloth.id)[0], "thumb")
    client = client_as("fin")
    page = client.get(f"{URL}/?kind=material").text
    assert numbers[0] in page
    assert numbers[1] not in page
    assert f'src="{address}"' in page
    assert "<h1>Material claims</h1>" in page
    assert page.count('<option value="open"') == 1
    assert "Shade variation between rolls or lots" in page
    for query, found in (
        ("severity=critical", numbers[:1]), ("defect=shade", numbers[:1]), ("partner=F1", numbers[1:]),
        ("state=open", numbers), ("state=resolved", ()), (f"factory_order={world.fo.number}", numbers[1:]),
    ):  # fmt: skip
        body = client.get(f"{URL}/?{query}").text
        assert [n for n in numbers if n in body] == list(found), query
    table = client.get(f"{URL}/export/csv").text
    assert numbers[0] in table
    assert "/thumb" not in table


def test_pages_cost_a_fixed_number_of_queries(
    world: World, client_as: Client, count_queries: Callable[..., Any]
) -> None:
    client = client_as("qc")
    for n in range(3):
        material(world, 1 + n % 2)
    world.ctx.session.commit()
    client.get(f"{URL}/")
    with count_queries() as few:
        client.get(f"{URL}/")
    with world.ctx.hub.context(world.ctx.tenant) as ctx:
        more = World(
            ctx,
            *(
                ctx.session.merge(x)
                for x in (world.po, world.receipt, world.so, world.fo, world.goods, world.shipment)
            ),
        )
        for n in range(12):
            photos.add_photos(ctx, material(more, 1 + n % 2), [("a.jpg", picture(size=(30, 30)))])
            garment(more)
    with count_queries() as many:
        client.get(f"{URL}/")
    assert many.count <= few.count + 4, "one query for each further kind of thing, none for each row"


def test_the_form_offers_the_lines_of_the_order_and_keeps_what_was_typed(
    world: World, client_as: Client
) -> None:
    po, fo, so = world.po.number, world.fo.number, world.so.number
    client = client_as("merch")
    page = client.get(f"{URL}/new?kind=material&purchase_order={po}").text
    assert '<option value="2">2 · FAB WHT · 40 m</option>' in page
    form = {
        "kind": "material",
        "purchase_order": po,
        "severity": "minor",
        "opened_on": "2026-11-23",
        "qty": "3.5",
    }
    refused = client.post(f"{URL}/new", data=form)
    assert refused.status_code == 422
    assert 'id="e-line_no"' in refused.text
    assert 'value="3.5"' in refused.text
    made = client.post(f"{URL}/new", data={**form, "line_no": "2"}, follow_redirects=True)
    assert "CM-2026-0001" in made.text
    assert "3.5 m" in re.sub(r"\s+", " ", made.text)
    page = client.get(f"{URL}/new?factory_order={fo}").text
    assert f'<option value="{so}/ST-1">' in page
    missing = client.post(f"{URL}/new", data={**form, "kind": "garment", "purchase_order": ""})
    assert missing.status_code == 422
    assert 'id="e-factory_order"' in missing.text
    found = client.get(f"{URL}/parts?kind=material&order={po.lower()}").json
    assert [p["value"] for p in found] == ["1", "2"]
    assert client.get(f"{URL}/parts?kind=material&order=PM-NONE").json == []


def test_an_edit_on_top_of_another_is_told(world: World, client_as: Client) -> None:
    row = material(world)
    address = f"{URL}/{row.id}/edit"
    version = row.version
    client = client_as("qc")
    form = {"kind": "material", "purchase_order": world.po.number, "line_no": "1", "severity": "minor",
            "opened_on": "2026-11-23", "_version": str(version)}  # fmt: skip
    assert client.post(address, data={**form, "description": "first"}).status_code == 302
    assert client.post(address, data={**form, "description": "second"}).status_code == 409


def test_several_pictures_at_once_then_large_cover_caption_and_removal(
    world: World, client_as: Client
) -> None:
    row = material(world)
    base = f"{URL}/{row.id}"
    client = client_as("wh")
    sent = client.post(f"{base}/photos", data={"photos": shots("a.jpg", "b.jpg", "c.jpg"), "caption": "dock 2"},
                       content_type="multipart/form-data", follow_redirects=True)  # fmt: skip
    assert sent.text.count("/thumb") == 3
    ids = sorted({int(n) for n in re.findall(rf"{base}/photos/(\d+)/thumb", sent.text)})
    page = client.get(f"{base}/photos/{ids[1]}").text
    assert "Picture 2 of 3" in page
    assert f"{base}/photos/{ids[1]}/full" in page
    assert "dock 2" in page
    got = client.get(f"{base}/photos/{ids[1]}/full")
    assert (got.status_code, got.content_type) == (200, "image/jpeg")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert Image.open(io.BytesIO(got.data)).size == (640, 480)
    change = f"{base}/photos/{ids[1]}/change"
    client.post(change, data={"do": "cover", "caption": ""})
    assert f"/photos/{ids[1]}/thumb" in client.get(f"{URL}/").text
    client.post(change, data={"do": "caption", "caption": "the worst roll"})
    assert "the worst roll" in client.get(base).text
    client.post(change, data={"do": "remove", "caption": ""})
    assert client.get(f"{base}/photos/{ids[1]}/full").status_code == 404
    body = client.get(base).text
    assert body.count("/thumb") == 2
    assert "took a file off" in body


def test_a_bad_picture_is_told_at_the_input_and_none_is_kept(world: World, client_as: Client) -> None:
    row_id = material(world).id
    client = client_as("wh")
    data = {"photos": [*shots("good.jpg"), (io.BytesIO(bomb(10_000, 10_000)), "huge.png"),
                       (io.BytesIO(b"<svg onload=alert(1)>"), "x.jpg")]}  # fmt: skip
    refused = client.post(f"{URL}/{row_id}/photos", data=data, content_type="multipart/form-data")
    assert refused.status_code == 422
    error = re.search(r'id="e-photos">(.*?)</div>', refused.text, re.S)
    assert error is not None
    assert "huge.png" in error.group(1)
    assert "10000 × 10000" in error.group(1)
    assert "x.jpg" in error.group(1)
    assert 'aria-describedby="e-photos"' in refused.text
    assert "/thumb" not in client.get(f"{URL}/{row_id}").text


def test_who_only_looks_adds_and_removes_nothing(world: World, client_as: Client) -> None:
    row = material(world)
    (made,) = photos.add_photos(world.ctx, row, [("a.jpg", picture())])
    base, picture_id = f"{URL}/{row.id}", made.id
    client = client_as("fin")
    assert client.get(f"{base}/photos/{picture_id}/full").status_code == 200
    assert client.post(f"{base}/photos", data={"photos": shots("a.jpg")}).status_code == 403
    assert client.post(f"{base}/photos/{picture_id}/change", data={"do": "remove"}).status_code == 403
    assert client.get(f"{URL}/quick").status_code == 403
    assert "Take a picture" not in client.get(base).text


def test_figures_open_the_list_behind_them(world: World, client_as: Client) -> None:
    numbers = [material(world, defect="shade").number for _ in range(2)]
    cancelled = material(world, defect="shade")
    do(world.ctx, cancelled, "cancel", reason="none")
    gone, receipt = cancelled.number, world.receipt.number
    client = client_as("fin")
    page = client.get("/claims/figures/").text
    assert "Shade variation between rolls or lots × 2" in page
    links = {
        h.replace("&amp;", "&") for h in re.findall(r'href="(/claims/claim/\?[^"]*partner=S1[^"]*)"', page)
    }
    assert len(links) >= 3
    for address in links:
        body = client.get(address).text
        assert all(n in body for n in numbers), address
        assert gone not in body, address
    (receipts,) = re.findall(r'href="(/receiving/receipt/[^"]*supplier=S1)"', page)
    assert receipt in client.get(receipts.replace("&amp;", "&")).text
    assert (
        receipt
        not in client.get(
            receipts.replace("&amp;", "&").replace("received_on_to=2026-11-23", "received_on_to=2026-11-01")
        ).text
    )
    assert client.get("/claims/figures/?from=2026-12-01&to=2026-11-01").status_code == 422
    assert client.get("/claims/figures/?from=nonsense").status_code == 200

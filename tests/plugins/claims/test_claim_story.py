"""Claims over HTTP, from the short form on a phone to the closed claim and its report."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from kit.printing import documents
from plugins.claims.models import Claim, Photo
from plugins.claims.services import photos, recent
from tests.plugins.claims.conftest import World, from_phone, garment, material, picture, shots

Client = Callable[..., Any]
URL = "/claims/claim"


def text_of(pdf: bytes) -> str:
    """All words of a PDF."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def pictures_of(pdf: bytes) -> int:
    """How many pictures a PDF holds."""
    return sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_quick_claim_with_two_pictures_and_nothing_else(world: World, client_as: Client) -> None:
    number = world.fo.number
    client = client_as("wh")
    page = client.get(f"{URL}/quick").text
    assert 'capture="environment"' in page
    assert 'accept="image/*" multiple' in page
    data = {
        "number": number.lower(),
        "text": "",
        "photos": [(io.BytesIO(from_phone()), "IMG_1.jpg"), *shots("IMG_2.jpg")],
    }
    made = client.post(f"{URL}/quick", data=data, content_type="multipart/form-data", follow_redirects=True)
    assert made.status_code == 200
    assert "CG-2026-0001" in made.text
    assert made.text.count("/thumb") == 2
    with world.ctx.hub.context(world.ctx.tenant) as ctx:
        row = ctx.session.scalars(select(Claim)).one()
        assert (row.factory_order.number, row.partner.code, row.qty) == (number, "F1", None)
        assert row.style.code == "ST-1"  # the only one of this order


def test_recent_orders_are_offered(world: World, client_as: Client) -> None:
    """Orders of which something came, as far as the person may see them; one of them is enough, and says the kind."""
    offered = recent.orders(world.ctx)
    page = client_as("wh").get(f"{URL}/quick").text
    assert all(f'name="recent" value="{number}"' in page for number, _partner in offered)
    made = client_as("wh").post(
        f"{URL}/quick", data={"recent": world.fo.number, "number": "", "text": "torn"}
    )
    assert made.status_code == 302
    with world.ctx.hub.context(world.ctx.tenant) as ctx:
        assert ctx.session.scalars(select(Claim)).one().kind == "garment"
    assert 'href="/claims/claim/quick"' in client_as("wh").get("/").text.split("Waiting for me")[0]
    assert "Claim with a photo" not in client_as("fin").get("/").text


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"number": ""}, "number", "Which order"),
        ({"number": "PM-2026-0099"}, "number", "no order"),
        ({"number": "{fo}"}, "number", "is a factory order"),
        ({"kind": "garment", "number": "{po}"}, "number", "is a purchase order"),
        ({"photos": ()}, "photos", "Take a picture"),
        ({"text": "x" * 401}, "text", "At most 400"),
        ({"photos": b"GIF89a"}, "photos", "not accepted"),
    ],
)
def test_what_the_short_form_refuses(
    world: World, client_as: Client, given: dict[str, Any], field: str, words: str
) -> None:
    numbers = {"po": world.po.number, "fo": world.fo.number}
    client = client_as("qc")
    data: dict[str, Any] = {
        "kind": "material",
        "number": numbers["po"],
        "text": "",
        "photos": shots("a.jpg"),
        **given,
    }
    data["number"] = data["number"].format(**numbers)
    if isinstance(data["photos"], bytes):
        data["photos"] = [(io.BytesIO(data["photos"]), "a.jpg")]
    if field == "photos" and not data["photos"]:
        del data["photos"]
    refused = client.post(f"{URL}/quick", data=data, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert re.search(rf'id="e-{field}">[^<]*{words}', refused.text)
    assert f'value="{data["number"]}"' in refused.text
    with world.ctx.hub.context(world.ctx.tenant) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Claim)) == 0
        assert ctx.session.scalar(select(func.count()).select_from(Photo)) == 0


def test_a_quick_claim_is_completed_at_a_desk(world: World, client_as: Client) -> None:
    po = world.po.number
    client = client_as("qc")
    client.post(f"{URL}/quick", data={"kind": "material", "number": po, "text": "off shade"})
    with world.ctx.hub.context(world.ctx.tenant) as ctx:
        row_id, version = ctx.session.execute(select(Claim.id, Claim.version)).one()
    form = {
        "kind": "material",
        "purchase_order": po,
        "severity": "major",
        "opened_on": "2026-11-23",
        "_version": str(version),
    }
    assert client.post(f"{URL}/{row_id}/edit", data=form).status_code == 422
    assert client.post(f"{URL}/{row_id}/edit", data={**form, "line_no": "1"}).status_code == 302
    assert "FAB" in client.get(f"{URL}/{row_id}").text


def test_from_open_to_closed_with_a_linked_receipt(world: World, client_as: Client) -> None:
    row_id, receipt, receipt_id = material(world).id, world.receipt.number, world.receipt.id
    base = f"{URL}/{row_id}"
    qc, manager = client_as("qc"), client_as("mgr")
    assert qc.post(f"{base}/do/resolve", data={"resolution": ""}).status_code == 422
    assert qc.post(f"{base}/do/resolve", data={"resolution": "replacement received"}).status_code == 302
    assert manager.post(f"{base}/do/close").status_code == 422
    wrong = qc.post(f"{base}/do/link", data={"number": "RC-2026-7777"})
    assert wrong.status_code == 422
    assert "RC-2026-7777" in wrong.text
    assert qc.post(f"{base}/do/link", data={"number": receipt}).status_code == 302
    page = qc.get(base).text
    assert f'href="/receiving/receipt/{receipt_id}">{receipt}</a>' in page
    assert qc.post(f"{base}/do/close").status_code == 403
    assert manager.post(f"{base}/do/close").status_code == 302
    assert "Take a picture" not in manager.get(base).text
    assert qc.get(base).text.count(f"{base}/edit") == 0
    late = qc.post(f"{base}/edit", data={"kind": "material", "purchase_order": world.po.number, "line_no": "1",
                                         "severity": "minor", "opened_on": "2026-11-23"})  # fmt: skip
    assert late.status_code == 422
    assert "can no longer be edited" in late.text
    assert manager.post(f"{base}/do/reopen", data={"reason": "again"}).status_code == 302


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Material claim CM-2026-0001", "Purchase order", "Roll or dye lot", "Shade variation")),
        ("zh_Hant_TW", ("物料客訴 CM-2026-0001", "採購單", "匹號或缸號", "缸差", "問題說明", "第 1 頁")),
        ("zh_Hans_CN", ("物料客诉 CM-2026-0001", "采购单", "匹号或缸号", "缸差", "问题说明", "第 1 页")),
    ],
)
def test_the_report_is_written_in_the_language_asked_for_and_holds_every_picture(
    world: World, client_as: Client, language: str, words: tuple[str, ...]
) -> None:
    row = material(world, lot="L-77", defect="shade", description="三匹偏淺\nsecond line")
    photos.add_photos(
        world.ctx, row, [(f"{c}.jpg", picture(color=c)) for c in ("red", "blue", "green")], "左袖"
    )
    row_id = row.id
    got = client_as("fin").get(f"{URL}/{row_id}/pdf/claims.report?language={language}")
    assert got.content_type == "application/pdf"
    found = re.sub(r"\s+", " ", text_of(got.data))
    for each in (*words, "L-77", "三匹偏淺", "second line", "左袖"):
        assert each in found
    assert pictures_of(got.data) == 3
    assert client_as("fin").get(f"{URL}/{row_id}/pdf/claims.report?language=xx").status_code == 404


def test_many_pictures_go_on_over_pages_and_keep_their_shape(world: World) -> None:
    ctx, row = world.ctx, garment(world)
    photos.add_photos(
        ctx, row, [(f"{n}.jpg", picture(size=(300, 900), color=(n * 20, 10, 90))) for n in range(7)]
    )
    made = documents.render(ctx, "claims.report", row, "zh_Hant_TW")
    assert pictures_of(made.pdf) == 7
    assert made.pages >= 2

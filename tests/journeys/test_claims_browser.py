"""A claim from the warehouse floor: opened on a phone with two pictures, resolved and printed; then by keyboard at a desk."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from core.testing.site import PHONE
from plugins.claims.demo import pictures

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


@pytest.fixture
def shots(tmp_path: Path) -> list[Path]:
    """Two pictures as they lie on a phone."""
    made = []
    for name, draw in (
        ("IMG_0001.jpg", pictures.close_up),
        ("IMG_0002.jpg", lambda: pictures.pocket((3, 7), 3)),
    ):
        made.append(tmp_path / name)
        made[-1].write_bytes(draw())
    return made


def test_from_the_phone_to_the_report(visit: Visit, shots: list[Path]) -> None:
    page = visit("qc", viewport=PHONE)
    page.goto("/claims/claim/quick")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.fill("#number", "fo-2026-0001")
    camera, album = page.locator("input[name=photos]").all()
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files(str(shots[0]))
    expect(page.locator("[data-previews] img")).to_have_count(1)
    album.set_input_files(str(shots[1]))
    expect(page.locator("[data-previews] img")).to_have_count(2)
    assert page.locator("[data-chosen]").inner_text() == "2 chosen"
    page.fill("#text", "skipped stitches at the pocket")
    page.click("button[data-key=s]")
    page.wait_for_selector("#photos img")
    number = page.locator("h1").inner_text().split()[0]
    assert number == "CG-2026-0003"
    assert page.locator("#photos .photos img").count() == 2
    page.wait_for_load_state("networkidle")  # a busy server may still be sending them
    assert page.evaluate(
        "[...document.querySelectorAll('#photos .photos img')].every(i => i.naturalWidth > 0)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    address = page.url

    page.locator("#photos .photos a").first.click()
    page.wait_for_selector(".large img")
    page.fill("[name=caption]", "left opening")
    page.click("button[value=caption]")
    page.wait_for_selector("figcaption")

    page.goto(address)
    page.get_by_role("link", name="Resolve").click()
    page.click("button.primary")
    assert page.locator("#e-resolution").inner_text() == "This is needed."
    page.fill("[name=resolution]", "six pieces go back for rework")
    page.select_option("[name=remedy]", "rework")
    page.click("button.primary")
    page.wait_for_url(address)
    assert "Resolved" in page.locator(".bar-top").inner_text()
    page.fill("#follow-ups [name=number]", "RW-2026-0001")
    page.click("#follow-ups button:has-text('Link')")
    page.wait_for_selector("#follow-ups a:has-text('RW-2026-0001')")

    page.locator("summary:has-text('PDF')").click()
    href = page.locator("a[href*='/pdf/claims.report']:has-text('繁體中文')").get_attribute("href")
    pdf = PdfReader(io.BytesIO(page.request.get(href).body()))
    words = "".join(p.extract_text() for p in pdf.pages)
    assert f"成衣客訴 {number}" in words
    assert "left opening" in words
    assert sum(len(p.images) for p in pdf.pages) == 2


@pytest.mark.more
def test_pictures_are_sent_by_themselves_and_a_bad_one_is_told(
    visit: Visit, shots: list[Path], tmp_path: Path
) -> None:
    page = visit("qc", viewport=PHONE)
    page.goto("/claims/claim/?kind=garment&q=CG-2026-0002")
    page.locator("td a").first.click()
    page.wait_for_selector("#photos .photos img")
    before = page.locator("#photos .photos img").count()
    page.locator("#photos input[multiple]").set_input_files([str(s) for s in shots])
    expect(page.locator("#photos .photos:not([data-previews]) img")).to_have_count(before + 2)
    wrong = tmp_path / "drawing.jpg"
    wrong.write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    page.locator("#photos input[multiple]").set_input_files(str(wrong))
    page.wait_for_selector("#e-photos")
    assert "drawing.jpg" in page.locator("#e-photos").inner_text()
    assert "not accepted" in page.locator("#e-photos").inner_text()


def test_the_lines_of_the_order_appear_when_it_is_typed(visit: Visit) -> None:
    page = visit("merch")
    page.goto("/claims/claim/new?kind=material")
    page.fill("[name=purchase_order]", "PM-2026-0002")
    page.press("[name=purchase_order]", "Tab")
    page.wait_for_selector("select[name=line_no]")
    page.select_option("select[name=line_no]", "2")
    page.fill("[name=qty]", "12.5")
    page.fill("[name=description]", "one roll with holes")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#follow-ups")
    words = " ".join(page.locator(".facts").inner_text().split())
    assert "FAB-FT280" in words
    assert "12.5 kg" in words
    assert "S01" in words

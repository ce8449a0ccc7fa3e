"""Labels: each in its place, with a code that scanners tell apart; rolls and cartons have their own; the number of a roll
opens the receipt it came with."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from core.api import Ctx, NotFound
from core.testing.scenes import stage
from kit.labels import SHEETS, Label, barcode_width, compose, fit
from kit.labels.label import NARROWEST
from kit.printing.documents import draw
from plugins.labels.services import collecting
from plugins.receiving.models import Receipt
from plugins.receiving.services.rolls import Roll
from plugins.receiving.shown import rolls
from tests.plugins.purchasing.conftest import D, bought, came, got, ids, line

RECEIPT = "receiving.receipt"


@stage
def receipt(mill: Ctx) -> Receipt:
    """A hundred metres of navy in two rolls of one dye lot, forty of white without rolls."""
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), line(mill, "FAB", "40", color="WHT"))
    first, second = ids(mill, po)
    packed = [Roll("R-0001", "L7", D("60.5")), Roll("R-0002", "L7", D("39.5"))]
    return came(mill, po, got(first, "100", rolls=packed), got(second, "40"))


@pytest.mark.once
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda s: s.name)
def test_every_place_is_on_the_page_and_none_over_another(sheet: Any) -> None:
    (width, height), frames = sheet.size, sheet.frames()
    assert len(set(frames)) == sheet.places
    for left, top in frames:
        assert left >= 0
        assert top >= 0
        assert left + width <= sheet.page[0] + 0.01
        assert top + height <= sheet.page[1] + 0.01
    for (x, y), (u, v) in itertools.combinations(frames, 2):
        assert abs(x - u) >= width - 0.01 or abs(y - v) >= height - 0.01


@pytest.mark.once
@given(st.text(max_size=60), st.floats(5, 120))
def test_what_does_not_fit_is_cut_and_says_so(text: str, room: float) -> None:
    found = fit(text, room, 8)
    assert found == text or (found.endswith("…") and text.startswith(found[:-1].rstrip()))
    assert len(found) * 8 * 0.3528 * 0.56 <= room + 8, "a Latin letter beyond it at most"


@pytest.mark.once
@pytest.mark.parametrize(
    ("code", "room", "wide"),
    [("RC-2026-0001", 59.5, 0.356), ("SHORT", 90, 0.38), ("A" * 40, 59.5, None), ("匹-1", 90, None), ("", 90, None)],
)  # fmt: skip
def test_bars_are_as_wide_as_there_is_room_or_left_out(code: str, room: float, wide: float | None) -> None:
    assert barcode_width(code, room) == wide
    assert wide is None or wide >= NARROWEST


@pytest.mark.once
@pytest.mark.parametrize(
    ("most", "kept"), [(1, "a"), (2, "ax"), (3, "axy"), (4, "abxy"), (5, "abcxy"), (9, "abcxy")]
)
def test_what_the_company_chose_stays_where_there_is_little_room(most: int, kept: str) -> None:
    assert "".join(Label("C", ("a", "b", "c"), "/x", ("x", "y")).within(most)) == kept


def test_a_receipt_has_one_for_each_roll_and_for_each_line_without(mill: Ctx, receipt: Receipt) -> None:
    entity, rows = collecting.documents(mill, RECEIPT, [receipt.id])
    found = collecting.collect(mill, entity, rows)
    assert [label.code for label in found] == ["R-0001", "R-0002", receipt.number]
    assert {label.path for label in found} == {f"/receiving/receipt/{receipt.id}"}
    assert "60.5 m" in found[0].lines
    assert "Lot L7" in found[0].lines
    assert "40 m" in found[2].lines
    hits = rolls.search(mill, "R-0002", 5)
    assert [(h.label, h.href) for h in hits] == [(receipt.number, found[1].path)]
    assert rolls.search(mill, "r-0001", 5)
    assert not rolls.search(mill, "R-0003", 5)


def test_many_receipts_cost_what_one_costs(
    mill: Ctx, receipt: Receipt, count_queries: Callable[[], Any]
) -> None:
    def statements(wanted: list[int]) -> int:
        entity, rows = collecting.documents(mill, RECEIPT, wanted)
        with count_queries() as log:
            collecting.collect(mill, entity, rows)
        return len(log.statements)

    one = statements([receipt.id])
    po = bought(mill, line(mill, "FAB", "10", color="NVY"))
    more = came(mill, po, got(*ids(mill, po), "10", rolls=[Roll("X", "Y", D(10))]))
    mill.session.expire_all()
    assert statements([receipt.id, more.id]) == one


def test_what_nobody_tells_of_has_one_with_its_code(mill: Ctx) -> None:
    entity = mill.registry.get("catalog.material")
    row = mill.session.query(entity.model).filter_by(code="FAB").one()
    (label,) = collecting.collect(mill, *collecting.documents(mill, "catalog.material", [row.id]))
    assert label == Label("FAB", (str(entity.label), row.name), f"/catalog/material/{row.id}")
    with pytest.raises(NotFound):
        collecting.documents(mill, "catalog.material", [row.id, 10**9])


def test_each_begins_a_place_of_its_own_and_the_first_where_it_was_asked(mill: Ctx) -> None:
    labels = [Label(f"C-{n}", ("全棉針織布 " * 9, "x" * 200, "third"), "/x") for n in range(22)]
    made = draw(
        mill, compose(mill, SHEETS["a4-21"], labels, address="https://hub.example", language="en", first=3)
    )
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.pdf)).pages]
    assert len(pages) == 2, "long texts push nothing into the next place"
    assert [f"C-{n}\n" in pages[0] for n in (0, 18, 19)] == [True, True, False]
    assert "C-19" in pages[1]
    assert "Page" not in pages[0], "no foot is printed over a label"


def test_printed_from_the_page_of_a_receipt(
    hub: Any, tenant: Any, client_as: Callable[..., Any], receipt: Receipt
) -> None:
    office = client_as("wh")
    assert "/labels/?entity=receiving.receipt" in office.get(f"/receiving/receipt/{receipt.id}").text
    url = f"/labels/?entity={RECEIPT}&id={receipt.id}"
    page = office.get(url)
    assert page.text.count('name="pick"') == 3
    made = office.post(url, data={"sheet": "roll-100", "first": "1", "copies": "2", "pick": ["0", "2"]})
    assert made.mimetype == "application/pdf"
    assert len(PdfReader(io.BytesIO(made.data)).pages) == 4
    for wrong, said in (
        ({"first": "22"}, "This sheet has 21 places."),
        ({"pick": []}, "Tick at least one label."),
        ({"copies": "0"}, "aria-invalid"),
    ):
        typed = {"sheet": "a4-21", "first": "1", "copies": "1", "pick": ["0"]} | wrong
        refused = office.post(url, data=typed)
        assert refused.status_code == 422
        assert said in refused.text
    assert office.get(f"/labels/?entity={RECEIPT}&id=999999").status_code == 404
    assert office.get("/labels/").status_code == 404


def test_printed_for_what_is_ticked_in_a_list(
    mill: Ctx, client_as: Callable[..., Any], receipt: Receipt
) -> None:
    office = client_as("wh")
    kinds = {kind for told in mill.hooks.label_kinds() for kind in told}
    assert kinds >= {"receiving.receipt", "stock.store", "catalog.material"}
    for kind in kinds - {"shipping.shipment"}:  # not for whom may not see shipments
        page = office.get(f"/{kind.replace('.', '/')}/").text
        assert f'formaction="/labels/of/{kind}"' in page
        assert 'name="row"' in page
    assert "/labels/of/" not in office.get("/catalog/color/").text
    store = mill.session.query(mill.registry.get("stock.store").model).first()
    assert store.code in office.get(f"/labels/of/stock.store?row={store.id}").text
    assert office.get("/labels/of/stock.store").location == "/stock/store/"
    assert office.get("/labels/of/nothing.here?row=1").status_code == 404
    assert office.get(f"/search?scanned=1&q={store.code}").location == f"/stock/store/{store.id}", (
        "scanned into the search"
    )

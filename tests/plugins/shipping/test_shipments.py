"""Shipments: what may go, kept pieces first, tolerance, invoice, packing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import ledger
from core.api import Ctx, EntityRef, Refused
from kit.printing import documents
from plugins.catalog.models import Partner
from plugins.outsourcing.models import FactoryOrder
from plugins.shipping.services import packing, shipping, shipping_lines
from plugins.shipping.shown import cartons
from plugins.stock.services import stores
from tests.plugins.factory_stock.conftest import FULL, came, do, fields, garment, one, shipped, stock
from tests.plugins.outsourcing.conftest import sold


@pytest.fixture
def inside(shop: Ctx, fo: FactoryOrder) -> FactoryOrder:
    """All navy for US-LAX came in: 100 of each size."""
    came(shop, fo, {(1, "NVY"): FULL})
    return fo


def there(ctx: Ctx, size: str, document: EntityRef | None = None) -> int:
    store = stores.default(ctx).id
    place = ledger.Place("reserved", store, document) if document else stores.place(store)
    return int(ledger.balance(ctx, garment(ctx, "NVY", size), place))


def kept_for(order: Any) -> EntityRef:
    return EntityRef("orders.order", order.id)


def test_from_draft_to_closed(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    row = shipped(shop, so, {"NVY": {"S": 60, "M": 100}})
    assert (row.number, row.mode, shipping_lines.pieces(row)) == ("SH-2026-0001", "sea", 160)
    do(shop, row, "confirm")
    with pytest.raises(Refused, match="can no longer be changed"):
        shipping_lines.save(shop, row, {})
    do(shop, row, "unpack")
    do(shop, row, "confirm")
    do(shop, row, "ship")
    assert [there(shop, s, kept_for(so)) for s in "SML"] == [40, 0, 100]
    customer = ledger.Place("customer", so.customer_id)
    assert ledger.balance(shop, garment(shop, "NVY", "S"), customer) == 60
    with pytest.raises(Refused, match="invoice number first"):
        do(shop, row, "close")
    do(shop, row, "invoice", invoice_no="CI-77")
    with pytest.raises(Refused, match="Invoice CI-77 is out"):
        do(shop, row, "reverse", reason="wrong")
    do(shop, row, "close")
    assert row.state == "closed"
    rest = shipped(shop, so, {})
    assert sorted(shipping_lines.default_cells(shop, rest).values()) == [40, 100]
    with pytest.raises(Refused, match="Goods were shipped: SH-2026-0001|factory order"):
        do(shop, so, "cancel", reason="no")


def test_reversed_before_the_invoice(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    row = shipped(shop, so, {"NVY": {"S": 60}})
    do(shop, row, "confirm")
    do(shop, row, "ship")
    do(shop, row, "reverse", reason="the truck came back")
    assert (row.state, there(shop, "S", kept_for(so))) == ("reversed", 100)
    assert shipping_lines.shipped(shop, [so.id]) == {}
    with pytest.raises(Refused, match="not possible"):
        do(shop, row, "reverse", reason="again")
    assert ledger.verify(shop) == []


def test_only_what_is_kept_for_the_order_and_what_is_free(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    stock(shop, (garment(shop, "NVY", "S"), "30"))
    stock(shop, (garment(shop, "NVY", "S"), "500"), document=EntityRef("orders.order", 99999))
    too_many = shipped(shop, so, {"NVY": {"S": 131, "M": 100, "L": 101}})
    with pytest.raises(
        Refused, match="ST-1 NVY S: 131 pcs asked, 100 kept for it and 30 free are there"
    ) as caught:
        do(shop, too_many, "confirm")
    assert len(fields(caught)) == 2
    row = shipped(shop, so, {"NVY": {"S": 110}})
    do(shop, row, "confirm")
    do(shop, row, "ship")
    assert [there(shop, "S"), there(shop, "S", kept_for(so)), there(shop, "S", EntityRef("orders.order", 99999))] == [
        20, 0, 500,
    ]  # fmt: skip
    first, second = (shipped(shop, so, {"NVY": {"M": 60}}) for _n in range(2))
    do(shop, first, "confirm")
    do(shop, second, "confirm")
    do(shop, first, "ship")
    with pytest.raises(Refused, match="60 pcs asked, 40 kept for it and 0 free"):
        do(shop, second, "ship")


def test_seconds_and_rejected_pieces_do_not_go_out(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    came(shop, fo, {(1, "NVY"): {"S": (20, 10)}})
    came(shop, fo, {(1, "NVY"): {"S": 4}}, kind="seconds")
    with pytest.raises(Refused, match="10 kept for it and 0 free"):
        do(shop, shipped(shop, so, {"NVY": {"S": 11}}), "confirm")


@pytest.mark.parametrize(
    ("tolerance", "qty", "warns"), [(None, 300, 0), (None, 301, 1), ("3", 309, 0), ("3", 310, 1)]
)
def test_beyond_the_tolerance_warns(
    shop: Ctx, inside: FactoryOrder, so: Any, tolerance: str | None, qty: int, warns: int
) -> None:
    one(shop, Partner, "C1").ship_tol_pct = Decimal(tolerance) if tolerance else None
    stock(shop, (garment(shop, "NVY", "S"), "50"))
    before = shipped(shop, so, {"NVY": {"M": 100}})
    do(shop, before, "confirm")
    do(shop, before, "ship")
    row = shipped(shop, so, {"NVY": {"S": qty - 200, "L": 100}})
    said = do(shop, row, "confirm")
    assert row.state == "confirmed"
    assert len(shipping.warnings(shop, row)) == warns
    assert ("Mind the tolerance" in str(said)) is bool(warns)


def test_wrong_shipments(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    row = shipped(shop, so, {"NVY": {"S": 1}})
    with pytest.raises(Refused, match="not on the customer order"):
        shipping_lines.save(shop, row, {(999999, 1): 1})
    line, size = row.lines[0].order_line_id, row.lines[0].sizes[0].size_id
    with pytest.raises(Refused, match="more than zero"):
        shipping_lines.save(shop, row, {(line, size): -1})
    with pytest.raises(Refused, match="no line yet"):
        do(shop, shipped(shop, so, {}), "confirm")


def test_lines_are_a_payload_too(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    row = shipped(shop, so, {"NVY": {"S": 1}})
    number = row.lines[0].order_line.position + 1
    sizes = [{"size": "s", "pcs": "12"}, {"size": "M", "pcs": 5}]
    do(shop, row, "lines", lines=[{"line": number, "sizes": sizes}])
    assert [{s.size.code: s.qty for s in line.sizes} for line in row.lines] == [{"S": 12, "M": 5}]
    cases: list[tuple[list[dict[str, Any]], str, str]] = [
        ([{"line": number, "sizes": [{"size": "S", "pcs": "1.5"}]}], "lines.0.sizes.0.pcs", "whole pieces"),
        ([{"line": number, "sizes": [{"size": "XXL", "pcs": 1}]}], "lines.0.sizes.0.pcs", "not on the customer order"),
        ([{"line": 99, "sizes": []}], "lines.0.line", "not on the customer order"),
        ([{"line": number, "sizes": []}, {"line": number, "sizes": []}], "lines.1.line", "twice"),
        ([{"line": number, "sizes": [{"size": "S", "pcs": 1}, {"size": "s", "pcs": 1}]}], "lines.0.sizes.1.size", "twice"),
    ]  # fmt: skip
    for lines, field, says in cases:
        with pytest.raises(Refused, match=says) as caught:
            do(shop, row, "lines", lines=lines)
        assert field in fields(caught)
    with pytest.raises(Refused) as caught:
        do(
            shop,
            row,
            "lines",
            lines=[lines[0] for lines, _field, _says in cases[1:3]] + [{"line": number, "sizes": sizes}],
        )
    assert fields(caught) == {"lines.0.sizes.0.pcs", "lines.1.line", "lines.2.line"}
    assert shipping_lines.pieces(row) == 17


def test_all_that_is_against_a_shipment_is_said_at_once(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    """The day, and each size that is not there, at its cell."""
    row = shipped(shop, so, {"NVY": {"S": 90, "M": 90}})
    do(shop, row, "confirm")
    other = shipped(shop, so, {"NVY": {"S": 20, "M": 30}})
    for step in ("confirm", "ship"):
        do(shop, other, step)
    row.day = shop.today() + timedelta(days=1)
    with pytest.raises(Refused) as caught:
        do(shop, row, "ship")
    line = row.lines[0]
    assert fields(caught) == {"day", *(f"cell-{line.order_line_id}-{size.size_id}" for size in line.sizes)}


# --- packing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "per", "found"),
    [
        ([("NVY", 1, 48)], 24, ["1-2 NVY1:24"]),
        ([("NVY", 1, 50)], 24, ["1-2 NVY1:24", "3-3 NVY1:2"]),
        ([("NVY", 1, 30), ("NVY", 2, 30)], 24, ["1-1 NVY1:24", "2-2 NVY2:24", "3-3 NVY1:6 NVY2:6"]),
        ([("NVY", 1, 20), ("WHT", 1, 20)], 24, ["1-1 NVY1:20 WHT1:4", "2-2 WHT1:16"]),
        ([("NVY", 1, 7), ("NVY", 2, 5)], None, ["1-1 NVY1:7 NVY2:5"]),
        ([("NVY", 1, 0)], 24, []),
    ],
)
def test_cartons(wanted: list[tuple[str, int, int]], per: int | None, found: list[str]) -> None:
    made = packing.boxes([(1, *w) for w in wanted], {1: per})
    assert [
        f"{b.first}-{b.last} " + " ".join(f"{color}{size}:{qty}" for color, size, qty in b.contents)
        for b in made
    ] == found


@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.sampled_from(["A", "B"]), st.integers(1, 4), st.integers(0, 200)),
        max_size=12,
    ),
    st.integers(1, 60),
)
def test_cartons_lose_nothing_and_are_as_few_as_can_be(
    wanted: list[tuple[int, str, int, int]], per: int
) -> None:
    made = packing.boxes(wanted, {1: per, 2: per})
    assert sum(b.total for b in made) == sum(w[3] for w in wanted)
    assert all(0 < b.each <= per for b in made)
    assert sum(b.count for b in made) == sum(
        -(-sum(w[3] for w in wanted if w[0] == s) // per) for s in (1, 2)
    )
    numbers = [n for b in made for n in range(b.first, b.last + 1)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_packing_list_is_printed(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    row = shipped(shop, so, {"NVY": {"S": 60, "M": 100}}, vessel="EVER GIVEN", gross_kg=Decimal("40.5"))
    row.marks = "HARBOR\nLOS ANGELES"
    shop.session.flush()
    found = documents.compose(shop, "shipping.packing_list", row, "zh_Hant_TW").html
    for part in ("裝箱單", row.number, "EVER GIVEN", "40.5", "LOS ANGELES", "ST-1", "160", "PO-1"):
        assert part in found
    made = documents.render(shop, "shipping.packing_list", row, "en")
    assert made.pdf.startswith(b"%PDF")
    assert made.pages == 1
    found = cartons.labels(shop, "shipping.shipment", [row.id])[row.id]
    assert [label.code for label in found] == [f"{row.number}-{n + 1}" for n in range(len(found))]
    assert found[-1].lines[0] == f"Carton {len(found)} of {len(found)}"
    assert sum(int(label.lines[3].split()[0]) for label in found) == 160, "all pieces are in the cartons"


def test_a_shipment_proposes_its_own_and_free_pieces_told_apart(
    shop: Ctx, inside: FactoryOrder, so: Any
) -> None:
    """A27: what came in for one customer's order is not proposed to another's."""
    other = sold(shop, ("ST-1", "NVY", "US-LAX", {"S": 50}), po="PO-OTHER")
    stock(shop, (garment(shop, "NVY", "S"), "7"))
    cells = [
        cell for row in shipping_lines.sheet(shop, shipped(shop, other, {})) for cell in row.cells.values()
    ]
    assert [(c.kept, c.free, c.ready) for c in cells if c.ordered] == [(0, 7, 7)]
    with pytest.raises(
        Refused, match=f"8 pcs asked, 0 kept for it and 7 free are there; more is kept for {so.number}"
    ):
        do(shop, shipped(shop, other, {"NVY": {"S": 8}}), "confirm")
    mine = [c for row in shipping_lines.sheet(shop, shipped(shop, so, {})) for c in row.cells.values()]
    assert (mine[0].kept, mine[0].free, mine[0].ready) == (100, 7, 100)


def test_what_comes_back_for_an_order_that_is_over_is_free(shop: Ctx, inside: FactoryOrder, so: Any) -> None:
    row = shipped(shop, so, {"NVY": {"S": 60}})
    do(shop, row, "confirm")
    do(shop, row, "ship")
    so.state = "cancelled"
    shop.session.flush()
    do(shop, row, "reverse", reason="the truck came back")
    assert (there(shop, "S"), there(shop, "S", kept_for(so))) == (100, 0)

"""Changes after issue: stories of revisions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.api import Ctx, Refused
from core.money import round_half_up
from plugins.outsourcing.models import Contract, FactoryOrder, Revision
from plugins.outsourcing.services import amounts, paid, rows
from tests.plugins.outsourcing.conftest import GoodsIn, attempt, do, priced, sized
from tests.plugins.outsourcing.test_fo_payments import pay


def revisions(ctx: Ctx, order: FactoryOrder) -> list[Revision]:
    return list(
        ctx.session.scalars(select(Revision).where(Revision.order_id == order.id).order_by(Revision.revision))
    )


def signed(ctx: Ctx, order: FactoryOrder) -> Contract:
    """A signed contract, as if it had been uploaded."""
    row = Contract(
        order_id=order.id, number=f"CT-{order.number}", revision=order.revision, language="en", status="signed", at=ctx.now(),
        user_name="x", signed_filename="scan.pdf", signer="Hu", signed_on=date(2026, 11, 20), sha256="", pages=1, note="",
    )  # fmt: skip
    ctx.session.add(row)
    order.contract_status = "signed"
    ctx.session.flush()
    return row


def test_a_price_revision_voids_the_contract_and_moves_progress(shop: Ctx, issued: FactoryOrder) -> None:
    contract = signed(shop, issued)
    pay(shop, issued, "675", kind="deposit")
    assert paid.of_order(shop, issued).progress == Decimal("30.00")
    do(shop, issued, "revise", style_prices=priced(st_1="3.00"), reason="cotton went up")
    (revision,) = revisions(shop, issued)
    assert revision.changes == [("price ST-1", "2.5", "3"), ("total", "2250", "2700")]
    assert (revision.revision, revision.reason, revision.reprice) == (1, "cotton went up", "all")
    assert revision.snapshot is not None
    assert revision.snapshot.total == 2250
    assert issued.snapshot is not None
    assert issued.snapshot.total == 2700
    assert (issued.contract_status, contract.status, contract.signed_filename) == ("void", "void", "scan.pdf")
    assert paid.of_order(shop, issued).progress == Decimal("25.00")
    assert issued.state == "issued"


def test_withdrawing_voids_what_was_made(shop: Ctx, issued: FactoryOrder) -> None:
    contract = signed(shop, issued)
    with pytest.raises(Refused, match="is signed"):
        do(shop, issued, "withdraw")
    contract.status, issued.contract_status = "generated", "sent"
    shop.session.flush()
    do(shop, issued, "withdraw")
    assert (contract.status, issued.contract_status) == ("void", "void")


def test_from_new_receipts_only(goods: GoodsIn, shop: Ctx, issued: FactoryOrder) -> None:
    goods.accept(shop, issued, 0.5)  # 300 of line 1, 150 of line 2
    do(shop, issued, "revise", style_prices=priced(ST_1="3"), reason="new fabric", reprice="new")
    assert [x.amount for x in rows.lines(shop, issued)] == [Decimal("1650"), Decimal("825")]
    assert rows.lines(shop, issued)[0].parts == [[300, "2.5"]]
    goods.accept(shop, issued, 0.75)
    do(shop, issued, "revise", style_prices=priced(ST_1="4"), reason="again", reprice="new")
    first = rows.lines(shop, issued)[0]
    assert first.parts == [[300, "2.5"], [150, "3"]]
    assert first.amount == Decimal("300") * Decimal("2.5") + 150 * 3 + 150 * 4
    do(shop, issued, "revise", style_prices=priced(ST_1="2"), reason="all of them after all", reprice="all")
    assert [x.amount for x in rows.lines(shop, issued)] == [Decimal("1200"), Decimal("600")]


def test_quantity_below_accepted_is_refused(goods: GoodsIn, shop: Ctx, issued: FactoryOrder) -> None:
    goods.accept(shop, issued, 0.5)
    with pytest.raises(Refused, match="Line 1 NVY/S: 50 pieces have been accepted, 49 are fewer"):
        do(shop, issued, "revise", lines=[{"line": 1, "sizes": sized("NVY", S=49)}], reason="less")
    fewer = [{"line": 1, "sizes": sized("NVY", S=50)}, {"line": 2, "sizes": sized("NVY", M=60)}]
    do(shop, issued, "revise", lines=fewer, reason="less")
    assert [x.qty for x in rows.lines(shop, issued)] == [550, 260]
    assert issued.total == Decimal("2025")
    (revision,) = revisions(shop, issued)
    assert ("line 1 NVY/S", 100, 50) in revision.changes


def test_a_line_price_and_a_ship_date(shop: Ctx, issued: FactoryOrder) -> None:
    do(
        shop,
        issued,
        "revise",
        lines=[{"line": 2, "price": "2.75"}, {"line": 1, "ship_date": "2026-12-01"}],
        reason="lined, and earlier",
    )
    first, second = rows.lines(shop, issued)
    assert (second.override_price, second.override_reason) == (Decimal("2.75"), "lined, and earlier")
    assert (first.ship_date, issued.ship_date) == (date(2026, 12, 1), date(2026, 12, 1))


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "Nothing was changed"),
    ({"style_prices": priced(ST_1="2.50")}, "Nothing was changed"),
    ({"style_prices": priced(ST_2="2")}, "no line of style ST-2"),
    ({"style_prices": priced(ST_9="2")}, "no Style “ST-9”"),
    ({"style_prices": [{"style": "ST-1"}]}, "needed"),
    ({"style_prices": priced(ST_1="x")}, "not a number"),
    ({"lines": [{"line": 9, "price": "2"}]}, "has no line 9"),
    ({"lines": [{"line": 1, "sizes": sized("NVY", S=104)}]}, "more than the 100 ordered"),
    ({"lines": [{"sizes": sized("NVY", S=4)}]}, "needed"),
    ({"lines": [{"line": 1, "price": "2"}, {"line": 1, "price": "3"}]}, "stands here twice"),
    (
        {"lines": [{"line": 1, "sizes": sized("NVY", S=0, M=0, L=0) + sized("WHT", S=0, M=0, L=0)}]},
        "quantity is 0",
    ),
    ({"lines": [{"line": 1, "ship_date": "soon"}]}, "not a date"),
    ({"reprice": "some", "style_prices": priced(ST_1="3")}, "."),
    ({"style_prices": priced(ST_1="3"), "reason": " "}, "needed"),
]


def test_what_is_refused(shop: Ctx, issued: FactoryOrder, subtests: Any) -> None:
    shop.permissions = frozenset({"outsourcing.order.revise", "catalog.factory_prices"})
    for values, message in BAD:
        with subtests.test(values=values), attempt(shop), pytest.raises(Refused, match=message):
            do(shop, issued, "revise", **{"reason": "because", **values})
    shop.permissions = frozenset({"*"})
    assert (issued.revision, issued.qty, revisions(shop, issued)) == (0, 900, [])


@given(
    st.integers(0, 5000),
    st.decimals(0, 100, places=6),
    st.lists(st.tuples(st.integers(1, 1000), st.decimals(0, 100, places=4)), max_size=3),
    st.sampled_from([0, 2]),
)
def test_a_line_amount_is_rounded_once(
    qty: int, price: Decimal, parts: list[tuple[int, Decimal]], decimals: int
) -> None:
    found = amounts.line_amount(qty, price, [[n, str(p)] for n, p in parts], decimals)
    exact, left = Decimal(0), qty
    for n, p in parts:
        exact, left = exact + min(n, left) * p, left - min(n, left)
    assert found == round_half_up(exact + left * price, decimals)
    assert abs(found - (exact + left * price)) * 2 <= Decimal(1).scaleb(-decimals)

"""Decimals stay exact: what goes in comes out, sums add up, and whatever could not be kept exactly is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select

from core.data.columns import Money, Price, Qty, Rate, Scaled, Utc
from tests.thirdparty.samples.models import Request, RequestLine

DIALECT = None  # the type does not look at it


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 10))
def test_every_stored_number_comes_back_as_it_was(units, scale):
    kind = Scaled(scale)
    value = kind.process_result_value(units, DIALECT)
    assert kind.process_bind_param(value, DIALECT) == units
    assert value == Decimal(units) / 10**scale


@given(st.decimals(-(10**9), 10**9, places=7).filter(lambda d: d % Decimal("0.000001")))
def test_more_decimals_than_kept_are_refused(value):
    with pytest.raises(ValueError, match="decimals"):
        Qty.process_bind_param(value, DIALECT)


@pytest.mark.parametrize("value", [1.5, 1.0, True, "1", float("nan")])
def test_what_is_not_a_decimal_is_refused(value):
    with pytest.raises(TypeError, match="decimal is needed"):
        Money.process_bind_param(value, DIALECT)


@pytest.mark.parametrize("value", [Decimal(2**63), Decimal("1e30"), -Decimal(2**63)])
def test_what_does_not_fit_is_refused(value):
    with pytest.raises(ValueError, match="out of range"):
        Rate.process_bind_param(value, DIALECT)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises((ValueError, ArithmeticError)):
        Rate.process_bind_param(value, DIALECT)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(prices=st.lists(st.decimals("-900000", "900000", places=6, allow_nan=False), min_size=1, max_size=30))
def test_the_database_sums_exactly(ctx, ask, prices):
    row = ask(ctx, lines=())
    ctx.session.insert_many(
        RequestLine,
        [
            {"request_id": row.id, "position": i, "article": f"a{i}", "pieces": 1, "price": p}
            for i, p in enumerate(prices)
        ],
    )
    mine = RequestLine.request_id == row.id
    assert ctx.session.scalar(select(func.sum(RequestLine.price)).where(mine)) == sum(prices)
    assert ctx.session.scalar(select(func.max(RequestLine.price)).where(mine)) == max(prices)
    assert sorted(ctx.session.scalars(select(RequestLine.price).where(mine))) == sorted(prices)


def test_arithmetic_in_the_database_keeps_the_scale(ctx, ask):
    row = ask(ctx, fee=Decimal("12.34"))
    fee = select(Request.fee + Request.fee, Request.fee - Decimal("0.34"), Request.fee * 3).where(
        Request.id == row.id
    )
    assert ctx.session.execute(fee).one() == (Decimal("24.68"), Decimal(12), Decimal("37.02"))


@pytest.mark.parametrize(
    "mixed",
    [
        lambda: RequestLine.price * RequestLine.fabric,
        lambda: RequestLine.price * Decimal("1.5"),
        lambda: RequestLine.price / 2,
        lambda: RequestLine.price + Request.fee,
        lambda: RequestLine.price > Request.fee,
        lambda: func.sum(RequestLine.price) - func.sum(Request.fee),
    ],
)
def test_what_would_mix_units_is_refused(mixed):
    with pytest.raises(TypeError, match=r"in Python|different places"):
        mixed()


def test_pieces_times_price(ctx, ask):
    row = ask(ctx)
    row.lines[0].price = Decimal("1.234567")
    ctx.session.flush()
    for product in (RequestLine.pieces * RequestLine.price, RequestLine.price * RequestLine.pieces):
        assert ctx.session.scalar(
            select(func.sum(product)).where(RequestLine.request_id == row.id)
        ) == Decimal("3.703701")


def test_comparing_with_a_number_compares_amounts_not_units(ctx, ask):
    row = ask(ctx, fee=Decimal(5))
    assert ctx.session.scalar(select(Request.id).where(Request.fee == 5, Request.id == row.id)) == row.id
    assert (
        ctx.session.scalar(select(Request.id).where(Request.fee > Decimal("5.01"), Request.id == row.id))
        is None
    )
    assert ctx.session.scalar(select(literal(Decimal("1.5"), Price))) == Decimal("1.5")


def test_a_time_without_zone_is_refused_and_zones_agree():
    with pytest.raises(TypeError, match="without zone"):
        Utc().process_bind_param(datetime(2026, 11, 23, 8), DIALECT)
    taipei = datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=8)))
    stored = Utc().process_bind_param(taipei, DIALECT)
    assert stored == datetime(2026, 11, 23)
    assert Utc().process_result_value(stored, DIALECT) == datetime(2026, 11, 23, tzinfo=UTC)

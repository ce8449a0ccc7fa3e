"""Price lists: validity, quantity breaks, the newest list first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalog import api
from plugins.catalog.services.prices import best

DAY = date(2026, 11, 23)


def row(price, start, end=None, least=0):
    return SimpleNamespace(
        price=Decimal(price),
        valid_from=date.fromisoformat(start),
        valid_to=date.fromisoformat(end) if end else None,
        min_qty=least,
    )


SPRING = [row("7.10", "2026-01-01", least=0), row("6.80", "2026-01-01", least=2000)]


@pytest.mark.parametrize(
    ("rows", "qty", "on", "price"),
    [
        ([], 100, "2026-11-23", None),
        (SPRING, 1, "2026-11-23", "7.10"),
        (SPRING, 1999, "2026-11-23", "7.10"),
        (SPRING, 2000, "2026-11-23", "6.80"),
        (SPRING, 5000, "2025-12-31", None),
        (SPRING, 5000, "2026-01-01", "6.80"),
        # a newer list wins even where the older one has a better break
        ([*SPRING, row("7.00", "2026-06-01")], 5000, "2026-11-23", "7.00"),
        ([*SPRING, row("7.00", "2026-06-01")], 5000, "2026-05-31", "6.80"),
        # a newer list that does not reach down to this quantity leaves the older one
        ([*SPRING, row("6.50", "2026-06-01", least=3000)], 2500, "2026-11-23", "6.80"),
        # an expired list is not used, its last day still is
        ([row("9", "2026-01-01", "2026-06-30")], 1, "2026-06-30", "9"),
        ([row("9", "2026-01-01", "2026-06-30")], 1, "2026-07-01", None),
        ([*SPRING, row("5", "2026-06-01", "2026-06-30")], 1, "2026-07-01", "7.10"),
    ],
)
def test_which_price_counts(rows, qty, on, price):
    found = best(rows, qty, date.fromisoformat(on))
    assert (found.price if found else None) == (Decimal(price) if price else None)


rows_of = st.lists(
    st.builds(
        lambda price, start, length, least: SimpleNamespace(
            price=price, min_qty=least, valid_from=DAY + timedelta(days=start),
            valid_to=None if length is None else DAY + timedelta(days=start + length),
        ),
        st.integers(1, 99), st.integers(-30, 10), st.none() | st.integers(0, 30), st.integers(0, 5).map(lambda n: n * 100),
    ),
    max_size=8,
)  # fmt: skip


@given(rows_of, st.integers(0, 600))
def test_the_price_found_is_valid_and_none_newer_fits(rows, qty):
    found = best(rows, qty, DAY)

    def fits(r):
        return r.valid_from <= DAY and (r.valid_to is None or r.valid_to >= DAY) and r.min_qty <= qty

    if found is None:
        assert not any(map(fits, rows))
    else:
        assert fits(found)
        assert not any(
            fits(r) and (r.valid_from, r.min_qty) > (found.valid_from, found.min_qty) for r in rows
        )


def test_prices_of_a_factory_in_one_go(shop, ctx, count_queries):
    factory = shop.partner("F1", "factory", mode="CMT")
    other = shop.partner("F2", "factory")
    run = shop.run()
    styles = [shop.style(f"T{n}", run) for n in range(6)]

    def price(style, amount, **data):
        given = {
            "factory": factory,
            "process": "CMT",
            "currency": "USD",
            "min_qty": 0,
            "valid_from": date(2026, 1, 1),
        }
        shop.save("factory_price", style=style, price=Decimal(amount), **{**given, **data})

    for n, style in enumerate(styles[:5]):
        price(style, f"{n + 1}")
    price(styles[0], "0.9", min_qty=1000)
    price(styles[1], "9", currency="TWD")
    price(styles[2], "9", process="printing")
    price(styles[5], "9", factory=other)
    with count_queries() as log:
        found = api.factory_prices(ctx, factory.id, "USD", {s.id: 1000 for s in styles}, DAY)
    assert found == {s.id: Decimal(p) for s, p in zip(styles, ("0.9", "2", "3", "4", "5"), strict=False)}
    assert log.count == 2
    assert api.factory_price(ctx, factory.id, styles[2].id, "USD", 1, DAY, process="printing") == 9
    assert api.factory_price(ctx, factory.id, styles[5].id, "USD", 1, DAY) is None
    assert api.factory_prices(ctx, factory.id, "USD", {}, DAY) == {}


def test_a_full_package_factory_is_asked_for_its_own_prices(shop, ctx):
    factory = shop.partner("F1", "factory", mode="FOB")
    style = shop.style()
    for process, price in (("CMT", "2"), ("FOB", "8")):
        shop.save("factory_price", factory=factory, style=style, process=process, currency="USD", price=Decimal(price),
                  min_qty=0, valid_from=DAY)  # fmt: skip
    assert api.factory_price(ctx, factory.id, style.id, "USD", 1, DAY) == 8


def test_prices_of_a_supplier(shop, ctx):
    supplier = shop.partner("S1", "supplier")
    fabric, thread = shop.material("FAB"), shop.material("THR", stock="cone")
    for material, price, least in ((fabric, "5.20", "0"), (fabric, "5.05", "500"), (thread, "2.10", "12")):
        shop.save("supplier_price", supplier=supplier, material=material, currency="USD", price=Decimal(price),
                  min_qty=Decimal(least), valid_from=date(2026, 1, 1))  # fmt: skip
    ask = {fabric.id: Decimal("499.99"), thread.id: Decimal(11)}
    assert api.supplier_prices(ctx, supplier.id, "USD", ask, DAY) == {fabric.id: Decimal("5.20")}
    assert api.supplier_price(ctx, supplier.id, fabric.id, "USD", Decimal(500), DAY) == Decimal("5.05")
    assert api.supplier_price(ctx, supplier.id, fabric.id, "CNY", Decimal(500), DAY) is None

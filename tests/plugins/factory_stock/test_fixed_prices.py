"""Prices that a revision fixed for the pieces that were in follow those pieces when they are taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Ctx
from core.data.records import AuditEntry
from core.testing.scenes import stage
from plugins.factory_stock.models import GoodsIn
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import fixed
from plugins.outsourcing.services.fixed import Gone
from tests.plugins.factory_stock.conftest import came, do

CASES = [
    # [[pieces, price] …], pieces before, pieces taken back          what is left
    ([[40, "10"]], 0, 40, None),
    ([[40, "10"]], 0, 10, [[30, "10"]]),
    ([[40, "10"]], 40, 30, [[40, "10"]]),  # came after the revision
    ([[40, "10"], [30, "12"]], 0, 40, [[30, "12"]]),
    ([[40, "10"], [30, "12"]], 40, 30, [[40, "10"]]),
    ([[40, "10"], [30, "12"]], 30, 20, [[30, "10"], [20, "12"]]),
    ([[40, "10"], [30, "12"]], 70, 5, [[40, "10"], [30, "12"]]),
]


@pytest.mark.parametrize(("parts", "before", "pieces", "left"), CASES)
def test_the_pieces_that_came_are_the_pieces_that_go(parts, before, pieces, left):
    assert fixed.without(parts, Gone(before, pieces)) == left


def price(ctx: Ctx, fo: FactoryOrder, value: str, **how: str) -> None:
    do(ctx, fo, "revise", style_prices=[{"style": "ST-1", "price": value}], reason="dearer", **how)


STORY = [
    # documents: a 100 and b 50 before the revision from 2.5 to 3, c 50 after it; 900 pieces      total
    ((), "2625"),  # 150 × 2.5 + 750 × 3
    (("a",), "2675"),  # 50 × 2.5 + 850 × 3
    (("b",), "2650"),
    (("c",), "2625"),
    (("a", "b"), "2700"),
    (("b", "a"), "2700"),
    (("c", "b", "a"), "2700"),
    (("a", "again"), "2675"),  # what comes again costs the new price
]


@stage
def dearer(shop: Ctx, fo: FactoryOrder) -> dict[str, GoodsIn]:
    """Pieces came before and after a revision of the price."""
    assert fo.total == Decimal("2250")
    made: dict[str, GoodsIn] = {
        "a": came(shop, fo, {(1, "WHT"): {"S": 100}}),
        "b": came(shop, fo, {(1, "WHT"): {"M": 50}}),
    }
    price(shop, fo, "3", reprice="new")
    made["c"] = came(shop, fo, {(1, "WHT"): {"M": 50}})
    return made


@pytest.mark.parametrize(("back", "total"), STORY, ids=[" ".join(s[0]) or "none" for s in STORY])
def test_the_total_follows_what_is_taken_back(
    shop: Ctx, fo: FactoryOrder, dearer: dict[str, GoodsIn], back: tuple[str, ...], total: str
) -> None:
    made = dict(dearer)
    for name in back:
        if name == "again":
            came(shop, fo, {(1, "WHT"): {"S": 100}})
        else:
            do(shop, made[name], "reverse", reason="typed twice")
    shop.session.refresh(fo)
    assert fo.total == Decimal(total)
    assert fo.snapshot is not None
    assert Decimal(fo.snapshot.total) == fo.total


def test_it_is_on_record(shop: Ctx, fo: FactoryOrder) -> None:
    first = came(shop, fo, {(1, "WHT"): {"S": 40}})
    price(shop, fo, "3", reprice="new")
    do(shop, first, "reverse", reason="typed twice")
    entries = shop.session.scalars(select(AuditEntry).where(AuditEntry.entity == "outsourcing.order"))
    changes = [change for entry in entries for change in entry.changes or ()]
    assert ["total", "2680", "2700"] in changes
    assert ["line 1 earlier prices", "40 × 2.5", ""] in changes

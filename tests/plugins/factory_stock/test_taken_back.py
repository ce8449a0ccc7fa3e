"""Goods in taken back: the use of material that followed from its pieces goes with them, whichever document booked it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core import ledger
from core.api import Ctx
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import statement
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import came, do, fab, sent


def row(ctx: Ctx, fo: FactoryOrder) -> tuple[Decimal, Decimal]:
    """(used, at the factory) of the white fabric; 0.21 kg of it is the standard of a piece."""
    ctx.memo.clear()
    found = statement.of_order(ctx, fo)
    assert found.balances
    assert ledger.verify(ctx) == []
    white = next(r for r in found.materials if str(r.name) == "FAB WHT")
    return white.used, white.at_factory


TABLE = [
    # what happens, in order; "-x" takes back what x posted                              used   at the factory
    (("in", "out", "-in"), "0", "21"),  # caught up by the issue
    (("in", "out", "-in", "in2"), "10.5", "10.5"),
    (("in", "out", "in2", "-in"), "10.5", "10.5"),  # half by the issue, half by the second
    (("in", "out", "in2", "-in2", "-in"), "0", "21"),
    (("in", "in2", "out", "-in2"), "10.5", "10.5"),  # both caught up by the issue
    (("out", "in", "-in"), "0", "21"),  # booked by itself
    (("in", "out", "-out"), "0", "0"),  # and the other way: the issue taken back
    (("in", "out", "-out", "-in"), "0", "0"),
    (("in", "out", "-out", "more"), "10.5", "10.5"),
]


MORE = ("in out -in in2", "in out in2 -in2 -in", "in in2 out -in2", "in out -out -in")
"""What they do one after the other is done by the others in parts."""


@pytest.mark.parametrize(
    ("steps", "used", "left"),
    [
        pytest.param(*row, id=" ".join(row[0]), marks=[pytest.mark.more] if " ".join(row[0]) in MORE else [])
        for row in TABLE
    ],
)
def test_use_follows_the_pieces(
    shop: Ctx, fo: FactoryOrder, steps: tuple[str, ...], used: str, left: str
) -> None:
    made: dict[str, GoodsIn | Issue] = {}
    for step in steps:
        if step.startswith("-"):
            do(shop, made[step[1:]], "reverse", reason="typed twice")
        elif step.startswith("in"):
            made[step] = came(shop, fo, {(1, "WHT"): {"S" if step == "in" else "M": 50}})
        else:
            made[step] = sent(shop, fo, fab("21", "WHT"))
    assert row(shop, fo) == (Decimal(used), Decimal(left))


def test_lots_come_back_whole(shop: Ctx, fo: FactoryOrder) -> None:
    first = came(shop, fo, {(1, "NVY"): {"S": 100}})
    sent(shop, fo, fab("10"), fab("11", lot="A2"))  # 21 kg for a hundred pieces, of two lots
    do(shop, first, "reverse", reason="wrong order")
    book = ledger.balances(shop, item_kind="material", place_kinds=["used"])
    assert not any(book.values())
    there = ledger.balances(shop, item_kind="material", place_kinds=["factory"])
    assert sorted((item.lot, qty) for (item, _p), qty in there.items() if qty) == [("A1", 10), ("A2", 11)]

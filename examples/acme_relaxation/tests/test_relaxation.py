"""Fabric rests, comes back shorter, and the books agree at each moment."""

from __future__ import annotations

from decimal import Decimal

import pytest
from acme_relaxation.models import Relaxation
from acme_relaxation.services.resting import places
from acme_relaxation.words import RELAXATION

from core import ledger
from core.api import Refused, run_action, save_row
from core.testing.scenes import stage
from plugins.catalog.testing import make_color, make_material
from plugins.stock.api import stores
from plugins.stock.testing import make_stock


@stage
def roll(ctx):
    """60 yd of a roll of 100 are to rest."""
    make_stock(ctx, "FAB", "100", color="NVY", lot="R-1")
    data = {
        "store": stores.default(ctx),
        "material": make_material(ctx, "FAB"),
        "color": make_color(ctx, "NVY"),
        "lot": "R-1",
        "before": Decimal(60),
    }
    return save_row(ctx, ctx.registry.get(RELAXATION), None, data)


def do(ctx, row, action, **given):
    return run_action(ctx, ctx.registry.get(RELAXATION), row, action, given)


def books(ctx, row: Relaxation) -> tuple[Decimal, ...]:
    """What is in the store, and at rest."""
    item, _store, _rest = places(row)
    kinds = ("store", "acme_resting")
    return tuple(sum(ledger.balances(ctx, items=[item], place_kinds=[kind]).values()) for kind in kinds)


def test_it_rests_and_comes_back_shorter(ctx, roll):
    do(ctx, roll, "start")
    assert (roll.state, books(ctx, roll)) == ("resting", (40, 60))
    with pytest.raises(Refused, match="Fabric does not grow: at most 60"):
        do(ctx, roll, "finish", after=Decimal(61))
    do(ctx, roll, "finish", after=Decimal("58.5"))
    assert (roll.state, books(ctx, roll)) == ("ended", (Decimal("98.5"), 0))


def test_it_is_taken_back_by_other_movements(ctx, roll):
    do(ctx, roll, "start")
    do(ctx, roll, "finish", after=Decimal(58))
    do(ctx, roll, "reverse", reason="wrong roll")
    assert (roll.state, books(ctx, roll)) == ("reversed", (100, 0))


def test_more_than_there_is_does_not_rest(ctx, roll):
    roll.before = Decimal(101)
    with pytest.raises(Refused):
        do(ctx, roll, "start")

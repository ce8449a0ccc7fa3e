"""No number beyond all sense is taken: every number field of every entity, action and table says what is most, and it can be
kept."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from core.api import Ctx, Field
from core.data.columns import LIMIT
from core.declare.fields import DIGITS, PLACES, all_tables
from core.entities.forms import clean
from core.entities.money import MOST_AMOUNT, too_much
from core.kernel.hub import Hub

SLIP = "99999999999"
"""What is typed when a key sticks."""
AMOUNTS = ("money",)
"""Kinds in which so much may be meant: dong and rupiah have many noughts."""


def numbers(hub: Hub) -> Iterator[tuple[str, Field]]:
    """Every field that takes a number, with where it stands."""
    for entity in hub.registry.entities.values():
        for spec in (*entity.fields, *(f for child in entity.children for f in child.fields)):
            yield f"{entity.name}.{spec.name}", spec
    for action in (a for shelf in hub.registry.actions.values() for a in shelf.values()):
        for spec in (*action.all_fields(), *(f for table in all_tables(action.tables) for f in table.fields)):
            yield f"{action.entity}.{action.name}.{spec.name}", spec


def test_a_slip_of_the_hand_is_refused_wherever_a_number_is_typed(hub: Hub, ctx: Ctx) -> None:
    taken, tried = [], 0
    for name, spec in numbers(hub):
        if not spec.numeric or spec.readonly or spec.kind in AMOUNTS:
            continue
        for typed in (SLIP, f"-{SLIP}"):
            tried += 1
            if not clean(ctx, [spec], {spec.name: typed})[1]:
                taken.append(f"{name}: {typed}")
    assert taken == []
    assert tried > 100


@pytest.mark.parametrize(
    ("kind", "most", "over"),
    [("qty", "99999999.999999", "100000000"), ("price", "999999999.999999", "1000000000"), ("pct", "999.99", "1000"),
     ("rate", "9999999.5", "10000000"), ("money", "999999999999.99", "1000000000000"), ("int", "999999999", "1000000000")],
)  # fmt: skip
def test_what_is_most_of_each_kind(ctx: Ctx, kind: str, most: str, over: str) -> None:
    spec = Field("n", "n", kind)  # type: ignore[arg-type]
    assert clean(ctx, [spec], {"n": most})[0] == {"n": int(most) if kind == "int" else Decimal(most)}
    for typed in (over, f"-{over}"):
        assert clean(ctx, [spec], {"n": typed})[1], typed
    if kind in PLACES:
        assert 10 ** DIGITS[kind] * 10 ** PLACES[kind] < LIMIT


@pytest.mark.parametrize(
    ("qty", "price", "fits"),
    [
        ("99999999", "9999", True),
        ("99999999", "10000.01", False),
        ("1", "999999999", True),
        ("1000", "1000000000", False),
    ],
)
def test_a_line_is_worth_no_more_than_can_be_added_up(qty: str, price: str, fits: bool) -> None:
    assert (too_much(Decimal(qty), Decimal(price)) is None) is fits
    assert MOST_AMOUNT * 10 ** PLACES["money"] * 500 < LIMIT

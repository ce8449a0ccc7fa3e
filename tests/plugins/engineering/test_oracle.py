"""Explosion and cost against a plain recursion that shares no code with them, over random structures of up to six levels."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.catalog.api import Rule
from plugins.engineering.services import costing
from plugins.engineering.services.costing import Cost, Costs, Price
from plugins.engineering.services.structures import (
    Component,
    Demand,
    Owner,
    Source,
    Structures,
    low_level_codes,
    made_of,
)
from tests.support.order import examples

STYLE = Owner("style", 1)
SIZES = {11: "S", 12: "M"}
STEP = Decimal("0.01")


@st.composite
def worlds(draw):
    """Materials 1…n in which each is made of later ones only; a style of any of them."""
    n = draw(st.integers(1, 8))
    lines: dict[int, list[dict]] = {}
    for owner in range(n + 1):  # 0 is the style
        below = range(owner + 1, n + 1)
        if not below or (owner and draw(st.booleans())):
            continue
        lines[owner] = [
            {
                "material": m,
                "each": draw(st.decimals("0.01", "3", places=2)),
                "sizes": {s: draw(st.decimals("0.01", "3", places=2)) for s in SIZES if owner == 0 and m % 2},
                "pct": draw(st.decimals("0", "20", places=1)),
                "breaks": ((Decimal(50), draw(st.decimals("0", "5", places=1))),)
                if draw(st.booleans())
                else (),
                "loss": draw(st.sampled_from([Decimal(0), Decimal("1.5")])),
                "match": draw(st.booleans()),
                "track": owner == 0 and draw(st.booleans()),
                "to_stock": draw(st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(2)])),
            }
            for m in draw(st.lists(st.sampled_from(list(below)), min_size=1, max_size=4))
        ]
    cells = draw(
        st.lists(st.tuples(st.sampled_from([1, 2]), st.sampled_from(sorted(SIZES)), st.integers(1, 90)), min_size=1, max_size=4)
    )  # fmt: skip
    return n, lines, cells


def structure(n, lines):
    components = {}
    for number, rows in lines.items():
        owner = STYLE if number == 0 else Owner("material", number)
        components[owner] = tuple(
            Component(
                100 * number + i, owner,
                Rule(
                    style=1 if number == 0 else -number, material=row["material"], to_stock=row["to_stock"], step=STEP,
                    consumption=row["each"], by_size=row["sizes"], wastage_pct=row["pct"], breaks=row["breaks"],
                    fixed_loss=row["loss"], color_rule="match" if row["match"] else "none",
                    size_rule="track" if row["track"] else "none",
                ),
            )
            for i, row in enumerate(rows)
        )  # fmt: skip
    sources = {m: Source("make" if m in lines else "buy", 0) for m in range(1, n + 1)}
    return Structures(
        components, {}, sources, low_level_codes([STYLE], components), SIZES, made=made_of(components, sources),
        sizes={1: tuple(SIZES)},
    )  # fmt: skip


def plain(n, lines, cells):
    """Level by level by material number (each is made of later ones): {(material, colour, size): exact gross}."""
    want = {0: {(c, s): Fraction(0) for c, s, _ in cells}}
    for c, s, q in cells:
        want[0][c, s] += q
    for owner in range(n + 1):
        mine = want.get(owner, {})
        if owner:
            mine = {k: Fraction(math.ceil(v * 100), 100) for k, v in mine.items()}
        by_color = {}
        for (c, _s), q in mine.items():
            by_color[c] = by_color.get(c, 0) + q
        for row in lines.get(owner, ()):
            once = set()
            for (c, s), q in mine.items():
                key = (c if row["match"] else None, SIZES[s] if row["track"] else None)
                pct = row["pct"]
                for least, other in row["breaks"]:
                    pct = other if by_color[c] >= least else pct
                each = Fraction(row["sizes"].get(s, row["each"])) * row["to_stock"]
                got = want.setdefault(row["material"], {})
                got[key] = got.get(key, 0) + q * each * (1 + Fraction(pct) / 100)
                if key not in once:
                    got[key] += Fraction(row["loss"]) * row["to_stock"]
                    once.add(key)
    return {(m, *key): v for m, found in want.items() if m for key, v in found.items()}


@given(worlds())
@settings(max_examples=examples(40, 400))
def test_explosion_is_that_of_a_plain_recursion(world):
    n, lines, cells = world
    found = structure(n, lines).explode([Demand(STYLE, q, c, s) for c, s, q in cells])
    got = {(k.material, k.color, k.size): a.gross for k, a in found.exact.items()}
    assert got == plain(n, lines, cells)
    for key, need in found.needs.items():
        assert need.required == Decimal(math.ceil(found.exact[key].gross * 100)) / 100


def plain_cost(lines, prices, work, owner, lot):
    """Cost of one unit by walking down every path."""
    total = Fraction(work.get(owner, 0))
    for row in lines.get(owner, ()):
        pct = row["pct"]
        for least, other in row["breaks"]:
            pct = other if lot >= least else pct
        sizes = (
            [Fraction(row["sizes"].get(s, row["each"])) for s in SIZES]
            if owner == 0
            else [Fraction(row["each"])]
        )
        net = sum(sizes) / len(sizes) * row["to_stock"]
        gross = net * (1 + Fraction(pct) / 100) + Fraction(row["loss"]) * row["to_stock"] / lot
        below = row["material"]
        total += gross * (plain_cost(lines, prices, work, below, lot) if below in lines else prices[below])
    return total


@given(worlds(), st.lists(st.integers(1, 50), min_size=8, max_size=8), st.integers(1, 200))
@settings(max_examples=examples(40, 400))
def test_cost_is_that_of_a_plain_recursion(world, numbers, lot):
    n, lines, _cells = world
    found = structure(n, lines)
    prices = {m: Fraction(numbers[m - 1], 7) for m in range(1, n + 1)}
    work = {m: numbers[m - 1] for m in range(1, n + 1) if m in lines}
    made = {
        Owner("material", m): Cost(material=p, price=Price("S", Decimal(1), "USD", "m", p))
        for m, p in prices.items()
        if m not in lines
    }
    costs = Costs(found, lot, costing._shares(found, {}), made, {})
    for owner in costing._bottom_up(found):
        made[owner] = costing._one(
            costs, owner, Fraction(work.get(owner.id, 0) if owner.kind == "material" else 0)
        )
    assert made[STYLE].total == plain_cost(lines, prices, work, 0, lot)
    assert made[STYLE].missing == frozenset()

"""Whatever comes, goes back, is reversed or set aside in whatever order: the gate is open exactly when every group is there."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Ctx
from plugins.material_gate.services import days, summary
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.material_gate.conftest import (
    MAKING,
    NEED,
    all_but,
    arrive,
    computed,
    demand_of,
    free,
    gate,
    keep,
    kept,
)
from tests.plugins.material_gate.test_gate_days import PACKING, TRIM
from tests.plugins.outsourcing.conftest import attempt, do
from tests.support.order import examples

EXAMPLES = examples(2, 25)
"""Each is a story of up to ten steps through the real services."""
OPEN = ("LBL S", "LBL M", "CTN US-LAX", "CTN DE-HAM")
"""Groups that vary; all others are there from the beginning."""
STEP = st.one_of(
    st.tuples(st.just("receive"), st.sampled_from(OPEN), st.sampled_from((0.4, 0.6, 1.0, 1.3))),
    st.tuples(st.just("finish"), st.sampled_from(OPEN), st.just(1.0)),
    st.tuples(st.just("reverse"), st.integers(0, 9), st.just(1.0)),
    st.tuples(st.just("return"), st.integers(0, 9), st.sampled_from((0.1, 0.5))),
    st.tuples(st.just("keep"), st.sampled_from(OPEN), st.sampled_from((0.3, 0.7))),
    st.tuples(st.just("release"), st.sampled_from(OPEN), st.just(0.2)),
)


class World:
    """The order, and beside it a plain sum of what is there of each group."""

    def __init__(self, ctx: Ctx, fo: FactoryOrder) -> None:
        self.ctx, self.fo = ctx, fo
        self.there: dict[str, Decimal] = defaultdict(Decimal)
        self.kept: dict[str, Decimal] = defaultdict(Decimal)
        self.receipts: list[tuple[str, Any, Decimal, bool]] = []

    def part(self, group: str, share: float) -> Decimal:
        return Decimal(int(int(NEED[group][0]) * share)) or Decimal(1)

    def receive(self, group: str, qty: Decimal) -> None:
        self.receipts.append((group, arrive(self.ctx, self.fo, group, str(qty)), qty, False))
        self.there[group] += qty

    def step(self, what: str, which: Any, share: float) -> None:
        if what == "receive":
            self.receive(which, self.part(which, share))
        elif what == "finish":
            missing = int(NEED[which][0]) - self.there[which] - self.kept[which]
            if missing > 0:
                self.receive(which, Decimal(missing))
        elif what in ("reverse", "return"):
            standing = [i for i, (*_r, gone) in enumerate(self.receipts) if not gone]
            if standing:
                i = standing[which % len(standing)]
                group, receipt, qty, _gone = self.receipts[i]
                self.receipts[i] = (group, receipt, qty, True)
                if what == "reverse":
                    do(self.ctx, receipt, "reverse", reason="typed twice")
                    self.there[group] -= qty
                else:
                    back = max(Decimal(1), Decimal(int(qty * Decimal(str(share)))))
                    do(
                        self.ctx,
                        receipt,
                        "return",
                        lines=[{"line": 1, "qty": back, "reason": "shade"}],
                        kind="credit",
                    )
                    self.there[group] -= back
        elif what == "keep":
            keep(self.ctx, self.fo, which, str(self.part(which, share)))
            self.kept[which] += self.part(which, share)
        else:
            qty = min(self.kept[which], self.part(which, share))
            if qty:
                keep(self.ctx, self.fo, which, str(-qty))
                self.kept[which] -= qty

    def check(self) -> None:
        found = gate(self.ctx, self.fo)
        missing = {g for g in OPEN if self.there[g] + self.kept[g] < int(NEED[g][0])}
        assert {str(g.name): g.arrived for g in found.groups if str(g.name) in OPEN} == {
            g: self.there[g] + self.kept[g] for g in OPEN
        }
        assert {str(g.name) for g in found.short} == missing
        assert found.state == ("hold" if missing else "open")
        assert found.held is bool(missing)
        assert kept(self.ctx, self.fo) == computed(self.ctx, self.fo)
        seen = summary.of_demands(self.ctx, [demand_of(self.ctx, self.fo)])[demand_of(self.ctx, self.fo)]
        assert (seen.groups, seen.ok, len(seen.short)) == (8, 8 - len(missing), len(missing))
        told = days.of_documents(self.ctx, MAKING, [self.fo.id])[self.fo.id]
        assert (TRIM in told) == (not missing & {"LBL S", "LBL M"})
        assert (PACKING in told) == (not missing & {"CTN US-LAX", "CTN DE-HAM"})


@pytest.mark.hypothesis
def test_open_exactly_when_the_last_short_group_is_there(mill: Ctx, fo: FactoryOrder) -> None:
    all_but(mill, fo, *OPEN)
    for group in OPEN:
        free(mill, group, "10000")
    mill.set_setting("purchasing.over_receipt_pct_trim", 100)

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.lists(STEP, min_size=2, max_size=10))
    def run(steps: list[tuple[str, Any, float]]) -> None:
        with attempt(mill):
            world = World(mill, fo)
            world.check()
            for step in steps:
                world.step(*step)
                world.check()
            for group in OPEN:  # the last short group, and not before
                assert (gate(mill, fo).state == "open") == all(
                    world.there[g] + world.kept[g] >= int(NEED[g][0]) for g in OPEN
                )
                world.step("finish", group, 1.0)
                world.check()
            assert gate(mill, fo).state == "open"
            standing = [r for r in world.receipts if not r[3]]
            if standing:  # and a reversal before the start closes it where the group then lacks something
                world.step("reverse", 0, 1.0)
                world.check()

    run()

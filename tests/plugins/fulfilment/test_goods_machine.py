"""Whatever comes, is finalised, goes back, is replaced, substituted, settled and taken back, in whatever order: nothing is done
beyond what was ordered plus the tolerance, 100 % stays explained, and the ledger stands.

Everything goes through the actions that people use; what they refuse does not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused, run_action
from plugins.fulfilment.models import GoodsReturn, Settlement, Sheet
from plugins.fulfilment.services import progress, rows
from plugins.fulfilment.words import BEARERS, FATES, RETURN, SETTLEMENT, SHEET
from plugins.orders.models import CustomerOrder
from plugins.purchasing.api import positions
from plugins.stock.api import groups, stores
from tests.plugins.fulfilment.trade import came, goods_alone, row_of, settled, sold, went_back
from tests.support.order import examples

EXAMPLES, STEPS = examples(5, 40), examples(20, 50)
MOST = {("ST-1", "S"): 12, ("ST-1", "M"): 6, ("ST-2", "S"): 6}
"""Ordered plus a fifth."""
cells = st.sampled_from(sorted(MOST))
few = st.integers(0, 11)


def machine(ctx: Ctx, order: CustomerOrder) -> type[RuleBasedStateMachine]:
    """The rules over one order of two vendors."""

    def attempt(work: Callable[[], Any]) -> None:
        point = ctx.session.begin_nested()
        try:
            work()
            ctx.session.flush()
            point.commit()
        except Refused:
            point.rollback()
            ctx.session.expire_all()
            ctx.memo.clear()

    def about(cell: Any, n: int, what: str) -> int:
        """Some pieces, at most one more than there are to do."""
        row = row_of(ctx, order, cell[0])
        size = next(s for s in row.cells if groups.size_codes(ctx, [s])[s] == cell[1])
        return 1 + n % (getattr(row.cells[size], what) + 1)

    def taken_back(entity: str, model: Any, which: int) -> None:
        found = list(ctx.session.scalars(select(model).where(model.state != "reversed").order_by(model.id)))
        if found:
            attempt(
                lambda: run_action(
                    ctx, ctx.registry.get(entity), found[which % len(found)], "reverse", {"reason": "tried"}
                )
            )

    class Goods(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.outer = ctx.session.begin_nested()

        def teardown(self) -> None:
            self.outer.rollback()
            ctx.session.expire_all()
            ctx.memo.clear()

        @rule(
            cell=cells,
            n=few,
            bad=st.integers(0, 2),
            place=st.sampled_from(["ours", "vendor", "customer"]),
            final=st.sampled_from([True, True, False]),
        )
        def receive(self, cell: Any, n: int, bad: int, place: str, final: bool) -> None:
            attempt(
                lambda: came(
                    ctx,
                    order,
                    (cell[0], {cell[1]: (about(cell, n, "open") + bad, bad)}),
                    place=place,
                    final=final,
                )
            )

        @rule(cell=cells, n=few, place=st.sampled_from(["ours", "vendor"]))
        def replace(self, cell: Any, n: int, place: str) -> None:
            attempt(
                lambda: came(
                    ctx,
                    order,
                    (cell[0], {cell[1]: about(cell, n, "to_replace")}),
                    place=place,
                    again=True,
                    final=True,
                )
            )

        @rule(
            cell=cells, n=few, bearer=st.sampled_from([code for code, _l in BEARERS]), again=st.booleans(),
            fate=st.sampled_from([code for code, _l in FATES]), source=st.sampled_from(["customer", "store"]),
        )  # fmt: skip
        def give_back(self, cell: Any, n: int, bearer: str, again: bool, fate: str, source: str) -> None:
            remedy = "none" if bearer == "buyer" else "replacement" if again else "credit"
            attempt(
                lambda: went_back(
                    ctx,
                    order,
                    cell[0],
                    {cell[1]: about(cell, n, "returnable")},
                    bearer=bearer,
                    remedy=remedy,
                    fate=fate,
                    source=source,
                )
            )

        @rule(
            cell=cells,
            n=few,
            kind=st.sampled_from(["credit", "agreement", "substitution"]),
            ours=st.booleans(),
        )
        def settle(self, cell: Any, n: int, kind: str, ours: bool) -> None:
            more = (
                {"style": "ST-2", "color": "NVY", "by_size": "S", "price": "4"}
                if kind == "substitution"
                else {}
            )
            store = stores.default(ctx) if ours else None
            attempt(
                lambda: settled(
                    ctx, order, cell[0], {cell[1]: about(cell, n, "open")}, kind, store=store, **more
                )
            )

        @rule(
            kind=st.sampled_from([(SHEET, Sheet), (RETURN, GoodsReturn), (SETTLEMENT, Settlement)]),
            which=st.integers(0, 9),
        )
        def take_back(self, kind: Any, which: int) -> None:
            taken_back(*kind, which)

        @invariant()
        def nothing_beyond_what_may_be(self) -> None:
            found = rows.of_orders(ctx, [order.id])
            for (style, _size), most in MOST.items():
                for cell in (
                    c for row in found if row.style == style for c in row.cells.values() if c.most == most
                ):
                    assert 0 <= cell.done <= most
            for row in found:
                for cell in row.cells.values():
                    assert cell.accepted + cell.replaced + cell.substituted + cell.settled == cell.done
                    assert min(cell.accepted, cell.replaced, cell.settled, cell.balance) >= 0
                    assert cell.resent <= cell.owed
                    assert cell.returned <= cell.final

        @invariant()
        def rates_are_rates(self) -> None:
            found = progress.rates_of(rows.of_orders(ctx, [order.id]))
            assert found.qty is not None
            assert found.value is not None
            assert 0 <= found.qty <= 100
            assert 0 <= found.value <= 100
            missing = progress.missing(ctx, [order.id])[order.id]
            said = [
                each
                for answer in ctx.hooks.clearing(order_ids=[order.id])
                for each in answer.get(order.id, ())
            ]
            assert set(map(str, missing)) <= set(map(str, said))
            assert (order.state == "closed") == (
                not said
            )  # cleared, and open again; what lies here has to leave first
            assert missing or found.whole

        @invariant()
        def purchase_lines_stand(self) -> None:
            ids = [c.purchase_line_id for row in rows.of_orders(ctx, [order.id]) for c in row.cells.values()]
            for at in positions.of_lines(ctx, [i for i in ids if i]).values():
                assert 0 <= at.rejected <= at.received
                assert 0 <= at.returned + at.credited <= at.received

    return Goods


@pytest.mark.hypothesis
def test_goods_are_explained_whatever_happens(ctx: Ctx) -> None:
    goods_alone(ctx)
    ctx.set_setting("fulfilment.over_pct", 20)
    ctx.set_setting("purchasing.over_receipt_pct_goods", 50)
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10, "M": 5}), ("ST-2", "NVY", "US-LAX", {"S": 5}))
    assert [row_of(ctx, order, style).style for style in ("ST-1", "ST-2")]
    run_state_machine_as_test(
        machine(ctx, order),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    assert ledger.verify(ctx, record=False) == []

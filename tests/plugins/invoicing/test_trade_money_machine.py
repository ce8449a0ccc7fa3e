"""Goods and money of one traded order together: split, received, rejected, returned, replaced, substituted, settled, invoiced,
credited, billed, paid and taken back, in whatever order. What goods say and what money says fit at every step.

Everything goes through the actions that people use; what they refuse does not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused, run_action
from plugins.catalog.testing import make_goods_price
from plugins.fulfilment.models import GoodsReturn, Settlement, Sheet
from plugins.fulfilment.services import progress, rows, tabs
from plugins.fulfilment.words import BEARERS, FATES
from plugins.invoicing.models import Bill, Invoice, Payment
from plugins.invoicing.services import billing, drafting, invoiceable, matching, ratios, settled
from plugins.invoicing.services.sides import PURCHASES, SALES
from plugins.invoicing.testing import make_payment
from plugins.orders.models import CustomerOrder
from plugins.orders.services import clearing
from plugins.orders.services import lines as order_lines
from plugins.orders.services.inputs import as_inputs
from plugins.orders.testing import make_order
from plugins.purchasing.models import PurchaseOrder
from plugins.stock.api import groups, stores
from tests.plugins.fulfilment.trade import came, row_of, went_back
from tests.plugins.fulfilment.trade import settled as settle_pieces
from tests.plugins.outsourcing.conftest import attempt
from tests.support.order import examples

D = Decimal
EXAMPLES, STEPS = examples(4, 20), examples(10, 40)
CELLS = (("ST-1", "S"), ("ST-1", "M"), ("ST-2", "S"))
TAKEN_BACK = (Sheet, GoodsReturn, Settlement, Payment)
cells = st.sampled_from(CELLS)
which, few = st.integers(0, 9), st.integers(0, 8)
parts = st.sampled_from((D("0.4"), D(1), D("1.3")))


def machine(ctx: Ctx, order: CustomerOrder) -> type[RuleBasedStateMachine]:
    """The rules over one order of two vendors."""

    def every(model: Any, *where: Any) -> list[Any]:
        return list(ctx.session.scalars(select(model).where(*where).order_by(model.id)))

    def one(model: Any, number: int, *where: Any) -> Any:
        found = every(model, *where)
        if not found:
            raise Refused("there is none")
        return found[number % len(found)]

    def do(row: Any, action: str, **data: Any) -> Any:
        return run_action(ctx, ctx.registry.entity_for(row), row, action, data)

    def tried(work: Callable[[], Any]) -> bool:
        """What is refused leaves no trace."""
        point = ctx.session.begin_nested()
        try:
            work()
            ctx.session.flush()
            point.commit()
        except Refused:
            point.rollback()
            ctx.session.expire_all()
            ctx.memo.clear()
            return False
        return True

    def some(cell: Any, n: int, what: str) -> dict[str, int]:
        """Some pieces of a cell, at most one more than there are to do."""
        row = row_of(ctx, order, cell[0])
        size = next(s for s in row.cells if groups.size_codes(ctx, [s])[s] == cell[1])
        return {cell[1]: 1 + n % (getattr(row.cells[size], what) + 1)}

    def split_and_issue() -> None:
        do(order, "split")
        for po in every(PurchaseOrder, PurchaseOrder.state == "draft"):
            do(po, "issue")

    class Trade(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.all = attempt(ctx)
            self.all.__enter__()

        def teardown(self) -> None:
            try:
                assert ledger.verify(ctx, record=False) == []
            finally:
                self.all.__exit__(None, None, None)

        @initialize(
            whole=st.sampled_from((True, True, False)),
            cell=cells,
            n=few,
            again=st.sampled_from((True, False)),
            bearer=st.sampled_from(("vendor", "seller", "carrier")),
        )
        def begin(self, whole: bool, cell: Any, n: int, again: bool, bearer: str) -> None:
            """Bought; where it is whole, delivered, invoiced and paid too, and then some of it comes back."""
            split_and_issue()
            if whole:
                self.finish()
                ctx.session.refresh(order, ["state"])
                assert order.state == "closed"
                self.give_back(cell, n, bearer, again, "scrap")

        @rule(line=which, more=st.integers(1, 3))
        def sell_more_and_split(self, line: int, more: int) -> None:
            def work() -> None:
                typed = as_inputs(order_lines.order_lines(ctx, order))
                at = line % len(typed)
                sizes = tuple((size, min(qty + more, 12)) for size, qty in typed[at].sizes)
                typed[at] = replace(typed[at], sizes=sizes)
                order_lines.save_lines(ctx, order, typed, reason="more")
                ctx.session.flush()
                split_and_issue()

            tried(work)

        @rule(cell=cells, n=few, bad=st.integers(0, 2), final=st.sampled_from((True, True, False)))
        def receive(self, cell: Any, n: int, bad: int, final: bool) -> None:
            def work() -> None:
                pieces = some(cell, n, "open")
                came(
                    ctx,
                    order,
                    (cell[0], {s: (q + bad, bad) for s, q in pieces.items()}),
                    place="ours",
                    final=final,
                )

            tried(work)

        @rule()
        def receive_all(self) -> None:
            for row in rows.of_orders(ctx, [order.id]):
                codes = groups.size_codes(ctx, row.cells)
                left = {codes[size]: cell.open for size, cell in row.cells.items() if cell.open > 0}
                if left:
                    tried(lambda style=row.style, n=left: came(ctx, order, (style, n), final=True))  # type: ignore[misc]

        @rule()
        def finish(self) -> None:
            """What is missing of goods and of money, as far as nothing was paid too much."""
            for sheet in every(Sheet, Sheet.state == "posted"):
                tried(lambda at=sheet: do(at, "finalise"))  # type: ignore[misc]
            self.receive_all()
            self.credit()
            self.invoice()
            for head in every(Invoice, Invoice.state == "issued", Invoice.kind != SALES.against):
                left = settled.of_documents(ctx, SALES, [head.id])[head.id].open
                tried(lambda at=head, n=left: make_payment(ctx, at, str(n)))  # type: ignore[misc]

        @rule(cell=cells, n=few)
        def replace_pieces(self, cell: Any, n: int) -> None:
            tried(lambda: came(ctx, order, (cell[0], some(cell, n, "to_replace")), again=True, final=True))

        @rule(
            cell=cells,
            n=few,
            bearer=st.sampled_from([code for code, _l in BEARERS]),
            again=st.booleans(),
            fate=st.sampled_from([code for code, _l in FATES]),
        )
        def give_back(self, cell: Any, n: int, bearer: str, again: bool, fate: str) -> None:
            remedy = "none" if bearer == "buyer" else "replacement" if again else "credit"
            tried(
                lambda: went_back(
                    ctx, order, cell[0], some(cell, n, "returnable"), bearer=bearer, remedy=remedy, fate=fate
                )
            )

        @rule(cell=cells, n=few, kind=st.sampled_from(("credit", "agreement", "substitution")))
        def settle(self, cell: Any, n: int, kind: str) -> None:
            other = {"style": "ST-2", "color": "NVY", "by_size": "S", "price": "4"}
            more = other if kind == "substitution" else {}
            tried(
                lambda: settle_pieces(
                    ctx, order, cell[0], some(cell, n, "open"), kind, store=stores.default(ctx), **more
                )
            )

        @rule()
        def invoice(self) -> None:
            """Never more than may be invoiced, whatever was invoiced before and came back since."""
            before = {each.line.id: each.invoiced for each in invoiceable.billable(ctx, [order.id])}
            if tried(lambda: do(drafting.invoice_goods(ctx, [order], ctx.today()), "issue")):
                for each in invoiceable.billable(ctx, [order.id]):
                    assert each.invoiced <= max(each.base, before[each.line.id])
                assert not tried(lambda: drafting.invoice_goods(ctx, [order], ctx.today()))

        @rule(pct=st.integers(1, 60))
        def deposit(self, pct: int) -> None:
            tried(lambda: do(drafting.invoice_share(ctx, [order], D(pct), ctx.today()), "issue"))

        @rule()
        def credit(self) -> None:
            def work() -> None:
                for note in do(order, "credit_returns", reason="came back"):
                    do(note, "issue")

            tried(work)

        @rule(po=which)
        def bill(self, po: int) -> None:
            def work() -> None:
                at = one(PurchaseOrder, po, PurchaseOrder.state == "issued")
                number = f"V-{len(every(Bill)) + 1}"
                do(billing.bill_orders(ctx, [at], number, ctx.today()), "post")

            tried(work)

        @rule(row=which, part=parts, side=st.sampled_from((SALES, SALES, PURCHASES)), final=st.booleans())
        def pay(self, row: int, part: Decimal, side: Any, final: bool) -> None:
            def work() -> None:
                head = one(
                    side.document, row, side.document.state == "issued", side.document.kind != side.against
                )
                left = settled.of_documents(ctx, side, [head.id])[head.id].open
                payment = make_payment(ctx, head, str((left * part).quantize(D("0.01"))))
                if final:
                    do(payment, "finalise")

            tried(work)

        @rule(kind=st.sampled_from(TAKEN_BACK), row=which)
        def take_back(self, kind: Any, row: int) -> None:
            tried(lambda: do(one(kind, row, kind.state != "reversed"), "reverse", reason="tried"))

        @rule(kind=st.sampled_from((Invoice, Bill)), row=which)
        def cancel(self, kind: Any, row: int) -> None:
            tried(lambda: do(one(kind, row, kind.state != "cancelled"), "cancel", reason="tried"))

        @invariant()
        def nothing_beyond_what_was_ordered(self) -> None:
            found = rows.of_orders(ctx, [order.id])
            for cell in (cell for row in found for cell in row.cells.values()):
                assert cell.accepted + cell.replaced + cell.substituted + cell.settled == cell.done
                assert 0 <= cell.done <= cell.most
            rates = progress.rates_of(found)
            assert all(rate is None or 0 <= rate <= 100 for rate in (rates.qty, rates.value))
            assert sum(tab.qty for tab in tabs.of_order(ctx, order)) == sum(line.qty for line in order.lines)

        @invariant()
        def what_is_applied_was_paid(self) -> None:
            for payment in every(Payment, Payment.state.in_(("posted", "final"))):
                assert sum(part.amount for part in payment.parts) == payment.settles
            for side in (SALES, PURCHASES):
                head = side.document
                ids = [each.id for each in every(head, head.state == "issued", head.kind != side.against)]
                for stand in settled.of_documents(ctx, side, ids).values():
                    assert D(0) <= stand.settled <= stand.total

        @invariant()
        def money_is_explained(self) -> None:
            money = settled.of_orders(ctx, SALES, [order.id])[order.id]
            ratio = ratios.ratio(money)
            assert (
                ratio is None or 0 <= ratio <= 100 or money.open < 0
            )  # paid in advance, or to be given back
            bought = every(PurchaseOrder, PurchaseOrder.state == "issued")
            for each in matching.of_orders(ctx, bought):
                assert each.billed >= 0

        @invariant()
        def cleared_when_nothing_is_missing(self) -> None:
            ctx.session.refresh(order, ["state"])
            told = clearing.missing(ctx, [order.id])[order.id]
            assert (order.state == "closed") == (not told), [str(each) for each in told]

    return Trade


@pytest.mark.hypothesis
def test_goods_and_money_of_an_order_fit(ctx: Ctx) -> None:
    ctx.set_setting("fulfilment.over_pct", 20)
    ctx.set_setting("purchasing.over_receipt_pct_goods", 50)
    for style, vendor in (("ST-1", "V1"), ("ST-2", "V2")):
        make_goods_price(ctx, style, vendor, "2.5")
    wanted = ("ST-1", "NVY", "US-LAX", {"S": 6, "M": 3}), ("ST-2", "NVY", "US-LAX", {"S": 3})
    order = make_order(ctx, *wanted, price="5")
    run_state_machine_as_test(
        machine(ctx, order),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
            phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

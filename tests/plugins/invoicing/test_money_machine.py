"""Whatever is invoiced, credited, paid, taken back, refunded and cancelled, in whatever order: no piece is invoiced twice, no
document is paid beyond what is owed, what is applied is what was paid, and a final payment stays.

Everything goes through the actions that people use; what they refuse does not happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from core.api import Ctx, Refused, run_action
from plugins.invoicing.models import Draw, Invoice, Payment, PaymentPart
from plugins.invoicing.services import crediting, drafting, invoiceable, ratios, settled
from plugins.invoicing.services.sides import SALES
from plugins.invoicing.testing import make_payment
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order
from tests.plugins.outsourcing.conftest import attempt
from tests.support.order import examples

D = Decimal
EXAMPLES, STEPS = examples(3, 40), examples(12, 40)
which = st.integers(0, 9)
parts = st.sampled_from((D("0.3"), D(1), D("1.5")))


def machine(ctx: Ctx, orders: list[CustomerOrder]) -> type[RuleBasedStateMachine]:
    def rows(model: Any, *where: Any) -> list[Any]:
        return list(ctx.session.scalars(select(model).where(*where).order_by(model.id)))

    def one(model: Any, number: int, *where: Any) -> Any:
        found = rows(model, *where)
        if not found:
            raise Refused("there is none")
        return found[number % len(found)]

    def do(row: Any, action: str, **data: Any) -> Any:
        return run_action(ctx, ctx.registry.entity_for(row), row, action, data)

    class Money(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.all = attempt(ctx)
            self.all.__enter__()
            self.final: dict[int, Decimal] = {}

        def teardown(self) -> None:
            self.all.__exit__(None, None, None)

        @contextmanager
        def maybe(self) -> Iterator[None]:
            """What is refused leaves no trace."""
            step = ctx.session.begin_nested()
            try:
                yield
                ctx.session.flush()
                step.commit()
            except Refused:
                step.rollback()
                ctx.session.expire_all()
                ctx.memo.clear()

        def tried(self, work: Callable[[], Any]) -> None:
            with self.maybe():
                work()

        @rule(order=which, qty=st.integers(0, 20), issue=st.booleans())
        def invoice(self, order: int, qty: int, issue: bool) -> None:
            with self.maybe():
                row = drafting.invoice_goods(ctx, [orders[order % len(orders)]], ctx.today())
                line = row.lines[0].order_line_id
                if qty:
                    drafting.change_lines(ctx, row, [{"line": line, "qty": D(qty)}])
                if issue:
                    do(row, "issue")

        @rule(pct=st.integers(1, 100), order=which)
        def share(self, pct: int, order: int) -> None:
            with self.maybe():
                row = drafting.invoice_share(ctx, [orders[order % len(orders)]], D(pct), ctx.today())
                do(row, "issue")

        @rule(row=which, name=st.sampled_from(("issue", "cancel")))
        def move(self, row: int, name: str) -> None:
            more = {"reason": "wrong"} if name == "cancel" else {}
            self.tried(lambda: do(one(Invoice, row), name, **more))

        @rule(row=which, qty=st.integers(1, 20), issue=st.booleans())
        def credit(self, row: int, qty: int, issue: bool) -> None:
            with self.maybe():
                head = one(Invoice, row, Invoice.state == "issued", Invoice.kind != "credit")
                typed = {"line": 1, "qty": D(qty)} if head.kind == "goods" else {"line": 1, "amount": D(qty)}
                note = crediting.credit(ctx, head, [typed], "torn", ctx.today())
                if issue:
                    do(note, "issue")

        @initialize(ahead=st.booleans())
        def begin(self, ahead: bool) -> None:
            """One order is invoiced, one is paid in advance."""
            do(drafting.invoice_goods(ctx, [orders[0]], ctx.today()), "issue")
            if ahead:
                make_payment(ctx, orders[1], "40")

        @rule(row=which, part=parts, fee=st.integers(0, 500), out=st.booleans())
        def pay(self, row: int, part: Decimal, fee: int, out: bool) -> None:
            with self.maybe():
                head = one(Invoice, row, Invoice.state == "issued", Invoice.kind != "credit")
                stand = settled.of_documents(ctx, SALES, [head.id])[head.id]
                whole = stand.settled if out else stand.open
                amount = (whole * part).quantize(D("0.01")) or D(1)
                way = "out" if out else "in"
                make_payment(ctx, head, str(abs(amount)), bank_fee=D(fee) / 100, direction=way)

        @rule(order=which, part=parts, out=st.booleans())
        def prepay(self, order: int, part: Decimal, out: bool) -> None:
            with self.maybe():
                amount = (D(60) * part).quantize(D("0.01"))
                way = "out" if out else "in"
                make_payment(ctx, orders[order % len(orders)], str(amount), direction=way)

        @rule(row=which)
        def fill(self, row: int) -> None:
            with self.maybe():
                payment = one(Payment, row, Payment.state == "draft")
                do(payment, "fill")
                do(payment, "post")

        @rule(row=which, name=st.sampled_from(("withdraw", "reverse", "post", "finalise")))
        def turn(self, row: int, name: str) -> None:
            more = {"reason": "wrong"} if name in ("withdraw", "reverse") else {}
            with self.maybe():
                payment = one(Payment, row)
                do(payment, name, **more)
                if name == "finalise":
                    self.final[payment.id] = payment.amount

        @invariant()
        def pieces_are_invoiced_once(self) -> None:
            for each in invoiceable.billable(ctx, [o.id for o in orders], states=("issued",)):
                assert D(0) <= each.invoiced <= each.base

        @invariant()
        def what_is_applied_was_paid(self) -> None:
            for payment in rows(Payment, Payment.state.in_(("posted", "final"))):
                assert sum(part.amount for part in payment.parts) == payment.settles
            for part, used in ctx.session.execute(
                select(Draw.part_id, func.sum(Draw.amount)).group_by(Draw.part_id)
            ):
                whole = ctx.session.scalars(select(PaymentPart).where(PaymentPart.id == part)).one()
                assert used <= whole.applied

        @invariant()
        def nothing_is_paid_beyond_what_was_owed(self) -> None:
            heads = rows(Invoice, Invoice.state == "issued", Invoice.kind != "credit")
            for head, stand in zip(
                heads, settled.of_documents(ctx, SALES, [h.id for h in heads]).values(), strict=True
            ):
                assert D(0) <= stand.settled <= stand.total
                assert D(0) <= stand.credited <= sum(line.total for line in head.lines if line.amount > 0)
                assert sum(line.total for line in head.lines) == head.total

        @invariant()
        def ratios_are_explained(self) -> None:
            found = settled.of_orders(ctx, SALES, [o.id for o in orders])
            for money in found.values():
                assert D(0) <= money.used <= money.before
                ratio = ratios.ratio(money)
                if ratio is not None and ratio > 100:
                    assert money.open < 0  # paid in advance, or to be given back

        @invariant()
        def final_stays(self) -> None:
            for row_id, amount in self.final.items():
                row = ctx.session.scalars(select(Payment).where(Payment.id == row_id)).one()
                assert (row.state, row.amount) == ("final", amount)

    return Money


def test_whatever_happens(office: Ctx, sold: CustomerOrder) -> None:
    """Of two orders, one with tax."""
    orders = [
        make_order(office, ("ST-1", "NVY", "US-LAX", {"S": 20}), customer_po=f"M-{n}", price=price)
        for n, price in enumerate(("3.335", "7"))
    ]
    orders[0].tax_pct = D(5)
    office.session.flush()
    run_state_machine_as_test(
        machine(office, orders),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
            phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

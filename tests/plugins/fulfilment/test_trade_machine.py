"""Whatever is sold, changed, split, moved, allotted, issued, short-closed, cancelled and brought in line, in whatever order.

Of a purchase line never more is allotted than it orders; an order's tabs are the order, in pieces and in money; nobody is asked
for the same piece twice; and after bringing everything in line nothing differs that anybody could put right.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from core.api import Refused
from plugins.fulfilment.models import Allocation
from plugins.fulfilment.services import differences, needs, tabs
from plugins.fulfilment.services.sides import INFORMS
from plugins.orders.services import lines as order_lines
from plugins.orders.services.inputs import as_inputs
from plugins.orders.testing import make_order
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines
from tests.plugins.fulfilment.conftest import do, in_context
from tests.plugins.outsourcing.conftest import attempt
from tests.support.order import examples

D = Decimal
EXAMPLES, STEPS = examples(4, 30), examples(14, 40)
which = st.integers(0, 9)
few = st.integers(0, 12)
LIVE = ("draft", "issued")


def machine(ctx, orders):
    def one(found, number):
        if not found:
            raise Refused("there is none")
        return found[number % len(found)]

    def purchases(*states):
        po = PurchaseOrder
        return list(
            ctx.session.scalars(
                select(po).where(po.material_class == "goods", po.state.in_(states)).order_by(po.id)
            )
        )

    def put_right():
        for po in purchases(*LIVE):
            try:
                do(ctx, po, "align", reason="agreed")
            except Refused as refused:
                assert "agrees with its orders" in str(refused), refused
            ctx.session.expire_all()

    class Trade(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.all = attempt(ctx)
            self.all.__enter__()

        def teardown(self):
            self.all.__exit__(None, None, None)

        @contextmanager
        def maybe(self):
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

        @rule(order=which)
        def split(self, order):
            with self.maybe():
                do(ctx, one(orders, order), "split")

        @rule(order=which, line=which, pieces=few)
        def sell(self, order, line, pieces):
            with self.maybe():
                sold = one(orders, order)
                typed = as_inputs(order_lines.order_lines(ctx, sold))
                at = line % len(typed)
                typed[at] = replace(typed[at], sizes=tuple((size, pieces) for size, _qty in typed[at].sizes))
                order_lines.save_lines(ctx, sold, typed)

        @rule(order=which, line=which, color=st.sampled_from(("NVY", "WHT")))
        def other_goods(self, order, line, color):
            with self.maybe():
                sold = one(orders, order)
                typed = as_inputs(order_lines.order_lines(ctx, sold))
                typed[line % len(typed)] = replace(typed[line % len(typed)], color=color)
                order_lines.save_lines(ctx, sold, typed)

        @rule(
            order=which,
            size=st.sampled_from(("S", "M")),
            style=st.sampled_from(("TEE", "POLO", "CAP")),
            pieces=few,
        )
        def add(self, order, size, style, pieces):
            with self.maybe():
                sold = one(orders, order)
                typed = as_inputs(order_lines.order_lines(ctx, sold))
                more = replace(typed[0], id=None, style=style, color="NVY", sizes=((size, pieces),))
                order_lines.save_lines(ctx, sold, [*typed, more])

        @rule(order=which)
        def cancel_or_reopen(self, order):
            with self.maybe():
                sold = one(orders, order)
                do(ctx, sold, "reopen" if sold.state == "cancelled" else "cancel", reason="the customer")

        @rule(po=which, line=which, qty=few, vendor=st.sampled_from(("V1", "V2")))
        def move(self, po, line, qty, vendor):
            with self.maybe():
                draft = one(purchases("draft"), po)
                found = one(lines.purchase_lines(ctx, draft.id), line)
                do(
                    ctx,
                    draft,
                    "move",
                    vendor=vendor,
                    parts=[{"line": found.position, "qty": qty or 1, "price": "2"}],
                )

        @rule(po=which, line=which, qty=few, never=st.booleans())
        def order_in_bulk(self, po, line, qty, never):
            with self.maybe():
                draft = one(purchases("draft"), po)
                typed = lines.as_inputs(ctx, draft.id)
                given = one(typed, line)
                given.qty, given.availability = D(qty or 1), "never" if never else "unknown"
                lines.save(ctx, draft, typed)

        @rule(po=which)
        def allot_all(self, po):
            with self.maybe():
                do(ctx, one(purchases(*LIVE), po), "allot_all")

        @rule(po=which, action=st.sampled_from(("issue", "issue", "cancel", "short_close")))
        def go_on(self, po, action):
            with self.maybe():
                reason = {} if action == "issue" else {"reason": "the vendor"}
                do(ctx, one(purchases(*LIVE), po), action, **reason)

        @rule()
        def align(self):
            with self.maybe():
                put_right()
                for each in differences.of_orders(ctx, [order.id for order in orders]):
                    assert each.kind in INFORMS or each.at.po_state not in LIVE, each

        @invariant()
        def nothing_is_allotted_twice(self):
            held = {}
            for row in ctx.session.scalars(select(Allocation)):
                assert row.qty > 0
                held[row.purchase_line_id] = held.get(row.purchase_line_id, 0) + row.qty
            for line in ctx.session.scalars(select(PurchaseLine).where(PurchaseLine.style_id.is_not(None))):
                assert held.get(line.id, 0) <= line.qty

        @invariant()
        def tabs_are_the_order(self):
            for order in orders:
                ordered = needs.of_orders(ctx, [order.id])
                found = tabs.of_order(ctx, order)
                assert sum(tab.qty for tab in found) == sum(need.ordered for need in ordered)
                worth = sum((need.ordered * (need.price or D(0)) for need in ordered), D(0))
                assert sum((tab.amount for tab in found), D(0)) == worth

        @invariant()
        def nobody_is_asked_twice(self):
            """More than an order wants is always told."""
            found = differences.of_orders(ctx, [order.id for order in orders])
            told = {}
            for each in found:
                if each.kind in ("over", "stray", "short", "never"):
                    told[each.at.cell] = told.get(each.at.cell, 0) + each.qty
            for need in needs.of_orders(ctx, [order.id for order in orders]):
                assert need.allotted - told.get(need.cell, 0) <= need.ordered

    return Trade


@pytest.mark.hypothesis
def test_orders_and_purchase_orders_hold_together(ctx, sold):
    second = make_order(
        ctx,
        ("TEE", "NVY", "US-LAX", {"S": 9, "M": 9}),
        ("POLO", "WHT", "US-LAX", {"M": 4}),
        customer_po="PO-2",
    )
    in_context(ctx, second, reference="required", ships_via="vendor")
    run_state_machine_as_test(
        machine(ctx, [sold, second]),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )

"""Whatever is bought, claimed, received, kept, issued, made, shipped, taken back and given up, in whatever order: a piece
serves one demand, no figure exceeds what there is, what is over keeps and claims nothing, a reversal restores what was before.

Everything goes through the actions that people use; what they refuse does not happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef, Refused
from plugins.buying.services import allocation
from plugins.catalog.models import Material
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines, positions, revise
from plugins.receiving.models import Receipt, SupplierReturn
from plugins.shipping.models import Shipment
from plugins.stock.models import Store
from plugins.stock.models.documents import StockDocument
from plugins.stock.services import arrivals, claims, demands, expiry, places
from tests.plugins.factory_stock.conftest import came as goods
from tests.plugins.factory_stock.conftest import garment, sent, shipped
from tests.plugins.material_gate.conftest import free, thing
from tests.plugins.outsourcing.conftest import attempt, do, made, picked, sold
from tests.plugins.purchasing.conftest import bought, bought_for, came, demanded, got, ids, line, one
from tests.support.order import examples

D = Decimal
PO = "purchasing.order"
LABEL = "LBL M"
EXAMPLES, STEPS = examples(3, 25), examples(16, 40)
OUTSIDE = {"supplier", "adjustment", "counted", "customer", "output"}
few = st.integers(1, 20).map(D)
which = st.integers(0, 9)
State = tuple[dict[Any, Decimal], dict[Any, Decimal]]


class World:
    """Two factory orders that want labels, made for two customer orders; a second store."""

    def __init__(self, ctx: Ctx, orders: list[FactoryOrder], sales: list[Any]) -> None:
        self.ctx, self.orders, self.sales = ctx, orders, sales
        self.item = thing(ctx, LABEL)
        self.pieces = garment(ctx, "NVY", "M")
        self.demands = {demanded(ctx, order)[0]: order for order in orders}

    def rows(self, model: Any, *where: Any) -> list[Any]:
        return list(self.ctx.session.scalars(select(model).where(*where).order_by(model.id)))

    def one(self, model: Any, number: int, *where: Any) -> Any:
        found = self.rows(model, *where)
        if not found:
            raise Refused("there is none")
        return found[number % len(found)]

    def order(self, number: int) -> FactoryOrder:
        return self.orders[number % len(self.orders)]

    def state(self) -> State:
        """Where everything lies, and what has come of claims."""
        self.ctx.session.flush()
        return ledger.balances(self.ctx), claims.came(
            self.ctx, PO, [row.id for row in self.rows(PurchaseLine)]
        )

    def paper(self, kind: str, qty: Decimal, **more: Any) -> None:
        from core.api import save_row

        given = {"material": one(self.ctx, Material, "LBL"), "size": "M", "qty": qty}
        entity = self.ctx.registry.get("stock.document")
        row = save_row(
            self.ctx, entity, None, {"kind": kind, "day": self.ctx.today(), **more}, {"lines": [given]}
        )
        do(self.ctx, row, "post")


def machine(world: World) -> type[RuleBasedStateMachine]:
    ctx = world.ctx

    class Trade(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.all = attempt(ctx)
            self.all.__enter__()

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

        def there_and_back(self, work: Callable[[], Any], *, back: str = "reverse") -> None:
            """What is done and taken back at once leaves everything as it was."""
            with self.maybe():
                before = world.state()
                row = work()
                do(ctx, row, back, reason="typed twice")
                assert world.state() == before

        @initialize(came=st.integers(0, 90), spare=st.integers(1, 60))
        def begin(self, came: int, spare: int) -> None:
            """Two purchase orders, something received, something free, one order in production."""
            self.order_labels(60, 40, 20)
            self.order_labels(0, 30, 0)
            if came:
                self.receive(0, D(came), 0, False)
            free(ctx, LABEL, str(spare))
            do(ctx, world.orders[0], "start", override_code="partial", override_reason="the rest comes later")

        # buying

        def order_labels(self, first: int, second: int, more: int) -> None:
            shares = {o.id: D(q) for o, q in zip(world.orders, (first, second), strict=True) if q}
            wanted = line(ctx, "LBL", str(first + second + more), size="M", allocations=shares)
            bought(ctx, wanted, supplier="S2", material_class="trim")

        @rule(first=st.integers(1, 60), second=st.integers(0, 60), more=st.integers(0, 30))
        def buy(self, first: int, second: int, more: int) -> None:
            with self.maybe():
                self.order_labels(first, second, more)

        @rule(po=which, first=st.integers(0, 60), second=st.integers(0, 60), qty=st.integers(1, 150))
        def claim(self, po: int, first: int, second: int, qty: int) -> None:
            with self.maybe():
                row = world.one(PurchaseOrder, po)
                (given,) = lines.as_inputs(ctx, row.id)
                shares = zip(world.orders, (first, second), strict=True)
                given.qty, given.allocations = D(qty), bought_for({o.id: D(q) for o, q in shares if q})
                revise.revise(ctx, row, [given], "another share")

        @rule(po=which, name=st.sampled_from(("short_close", "close", "reopen")))
        def end(self, po: int, name: str) -> None:
            with self.maybe():
                do(
                    ctx,
                    world.one(PurchaseOrder, po),
                    name,
                    **({} if name == "close" else {"reason": "enough"}),
                )

        # receiving

        def receive(self, po: int, qty: Decimal, bad: int, inspect: bool) -> Receipt:
            row = world.one(PurchaseOrder, po)
            (own,) = ids(ctx, row)
            before = claims.came(ctx, PO, [own])
            rejected = min(D(bad), qty)
            receipt = came(ctx, row, got(ids(ctx, row)[0], str(qty), "0" if inspect else str(rejected), reject_reason="shade"),
                           post=False, inspect=inspect)  # fmt: skip
            do(ctx, receipt, "post", over_reason="as agreed", deviation_ok=True)
            for each in claims.of_lines(ctx, PO, [own], over=True).get(
                own, ()
            ):  # nobody gets more than is claimed
                assert each.came <= max(each.qty, before.get((own, each.demand_id), D(0)))
            return receipt

        @rule(po=which, qty=few, bad=st.integers(0, 5), inspect=st.booleans())
        def arrive(self, po: int, qty: Decimal, bad: int, inspect: bool) -> None:
            with self.maybe():
                self.receive(po, qty, bad, inspect)

        @rule(po=which, qty=few, bad=st.integers(0, 5))
        def arrive_by_mistake(self, po: int, qty: Decimal, bad: int) -> None:
            self.there_and_back(lambda: self.receive(po, qty, bad, False))

        @precondition(lambda self: world.rows(Receipt, Receipt.inspect, Receipt.state == "posted"))
        @rule(receipt=which, good=st.integers(0, 30), bad=st.integers(0, 5))
        def inspect(self, receipt: int, good: int, bad: int) -> None:
            with self.maybe():
                row = world.one(Receipt, receipt, Receipt.inspect, Receipt.state == "posted")
                do(
                    ctx,
                    row,
                    "inspect",
                    lines=[{"line": 1, "accepted": D(good), "rejected": D(bad), "reason": "shade"}],
                )

        def send_back(self, receipt: int, qty: Decimal, kind: str) -> SupplierReturn:
            row = world.one(Receipt, receipt, Receipt.state == "posted")
            do(ctx, row, "return", lines=[{"line": 1, "qty": qty, "reason": "defect"}], kind=kind)
            return world.rows(SupplierReturn)[-1]

        @rule(receipt=which, qty=few, kind=st.sampled_from(("replacement", "credit")))
        def return_to_supplier(self, receipt: int, qty: Decimal, kind: str) -> None:
            with self.maybe():
                self.send_back(receipt, qty, kind)

        @rule(receipt=which, qty=few, kind=st.sampled_from(("replacement", "credit")))
        def return_by_mistake(self, receipt: int, qty: Decimal, kind: str) -> None:
            self.there_and_back(lambda: self.send_back(receipt, qty, kind))

        @rule(
            number=which,
            model=st.sampled_from((Receipt, SupplierReturn, Issue, GoodsIn, Shipment, StockDocument)),
        )
        def reverse(self, number: int, model: Any) -> None:
            with self.maybe():
                row = world.one(model, number, model.state.in_(("posted", "shipped")))
                do(ctx, row, "reverse", reason="mistake")

        # the store

        @rule(qty=few)
        def find(self, qty: Decimal) -> None:
            free(ctx, LABEL, str(qty))

        @rule(order=which, qty=few, kind=st.sampled_from(("reserve", "release", "surplus")))
        def keep(self, order: int, qty: Decimal, kind: str) -> None:
            more = {"cause": "priority"} if kind == "release" else {}
            with self.maybe():
                world.paper(kind, qty, owner=world.order(order).number, **more)

        @rule(number=which)
        def expire(self, number: int) -> None:
            """The last day of a reservation was yesterday. Of what nobody touched since, all is let go and nothing else."""
            with self.maybe():
                row = world.one(
                    StockDocument, number, StockDocument.kind == "reserve", StockDocument.state == "posted"
                )
                row.kept_until = ctx.today() - timedelta(days=1)
                ctx.session.flush()
                here = places.reserved(row.store_id, row.owner_entity, row.owner_id)
                gone = [m for m in ledger.movements(ctx, place=here, limit=None) if m.source == here]
                before = ledger.balance(ctx, world.item, here)
                expiry.expire(ctx, row.about)
                assert row.state == "expired"
                released = before - ledger.balance(ctx, world.item, here)
                assert 0 <= released <= row.lines[0].qty
                assert gone or released == row.lines[0].qty

        @rule(qty=st.integers(0, 200).map(D))
        def count(self, qty: Decimal) -> None:
            with self.maybe():
                world.paper("count", qty, cause="lost")

        @rule(qty=few, back=st.booleans())
        def carry(self, qty: Decimal, back: bool) -> None:
            main, east = world.rows(Store)
            stores = {"store": east, "target_store": main} if back else {"store": main, "target_store": east}
            with self.maybe():
                world.paper("transfer", qty, **stores)

        # the factory

        def send(self, order: int, qty: Decimal, kind: str) -> Issue:
            typed = {
                "material": "LBL",
                "size": "M",
                "qty": str(qty),
                "reason": "cutting_loss",
                "payer": "factory",
            }
            return sent(ctx, world.order(order), typed, kind=kind, day=ctx.today())

        @rule(order=which, qty=few, kind=st.sampled_from(("issue", "issue", "return", "write_off")))
        def issue(self, order: int, qty: Decimal, kind: str) -> None:
            with self.maybe():
                self.send(order, qty, kind)

        @rule(order=which, qty=few, kind=st.sampled_from(("issue", "return")))
        def issue_by_mistake(self, order: int, qty: Decimal, kind: str) -> None:
            self.there_and_back(lambda: self.send(order, qty, kind))

        @rule(order=which, qty=few)
        def make(self, order: int, qty: Decimal) -> None:
            with self.maybe():
                goods(ctx, world.order(order), {(1, "NVY"): {"M": int(qty)}}, day=ctx.today())

        @rule(sale=which, qty=few)
        def ship(self, sale: int, qty: Decimal) -> None:
            with self.maybe():
                order = world.sales[sale % 2]
                other = ledger.balances(ctx, items=[world.pieces], place_kinds=["reserved"])
                row = shipped(ctx, order, {"NVY": {"M": int(qty)}}, day=ctx.today())
                do(ctx, row, "confirm")
                do(ctx, row, "ship")
                now = ledger.balances(ctx, items=[world.pieces], place_kinds=["reserved"])
                mine = EntityRef("orders.order", order.id)
                assert {k: q for k, q in now.items() if k[1].document != mine} == {
                    k: q for k, q in other.items() if k[1].document != mine
                }

        # lives

        @rule(order=which, over=st.sampled_from((False, False, True)))
        def live(self, order: int, over: bool) -> None:
            """One step on in the life of a factory order, or the end of it."""
            row = world.order(order)
            on = {"issued": "start", "in_production": "short_close", "completed": "close"}.get(
                row.state, "reopen"
            )
            name = "cancel" if over and row.state == "issued" else on
            more = (
                {"override_code": "partial", "override_reason": "the rest comes later"}
                if name == "start"
                else {}
            )
            if name in ("cancel", "reopen", "short_close"):
                more["reason"] = "so it goes"
            with self.maybe():
                do(ctx, row, name, **more)

        @rule(sale=which, rarely=st.integers(0, 3))
        def sale_ends(self, sale: int, rarely: int) -> None:
            if rarely == 0:
                with self.maybe():
                    do(ctx, world.sales[sale % 2], "cancel", reason="so it goes")

        # what always holds

        @invariant()
        def each_quantity_is_in_one_place(self) -> None:
            now = ledger.balances(ctx, items=[world.item, world.pieces])
            came_in: dict[Any, Decimal] = defaultdict(D)
            for (item, place), qty in now.items():
                assert qty > 0 or place.kind in OUTSIDE | {"variance"}, (item, place, qty)
                came_in[item] -= qty if place.kind in OUTSIDE else 0
            there = {
                item: sum(q for (i, p), q in now.items() if i == item and p.kind not in OUTSIDE)
                for item in came_in
            }
            assert there == dict(came_in)

        @invariant()
        def arrivals_are_what_is_there(self) -> None:
            now = ledger.balances(ctx, items=[world.item])
            found = arrivals.arrived(ctx, world.demands)
            total: dict[int, Decimal] = defaultdict(D)
            for (demand, _key), qty in found.items():
                total[demand] += qty
            by_day: dict[int, Decimal] = defaultdict(D)
            for each in arrivals.by_day(ctx, world.demands):
                by_day[each.demand_id] += each.qty
            for demand, order in world.demands.items():
                own = EntityRef("outsourcing.order", order.id)
                assert (
                    total[demand]
                    == by_day[demand]
                    == sum(q for (_i, p), q in now.items() if p.document == own)
                    >= 0
                )
            mine = sum(q for (_i, p), q in now.items() if p.kind not in OUTSIDE)
            assert sum(total.values()) <= mine

        @invariant()
        def claims_fit_their_lines(self) -> None:
            rows = world.rows(PurchaseLine)
            found = claims.of_lines(ctx, PO, [row.id for row in rows], over=True)
            had = positions.of_lines(ctx, [row.id for row in rows])
            shares = allocation.shares(ctx, world.demands)
            for row in rows:
                mine = found.get(row.id, [])
                here = had[row.id]
                assert sum(c.qty for c in mine if c.state not in claims.OVER) <= row.qty
                assert all(c.came >= 0 for c in mine)
                # a piece that somebody had of it, and lost since, may go back in the shape of a free one
                assert sum((c.came for c in mine), D(0)) <= here.accepted + here.returned
                assert all(not c.lacks for c in mine if c.state in claims.OVER)
                to_come = sum((s.open for s in shares if s.line_id == row.id), D(0))
                assert to_come <= positions.balance(row, here) + here.pending

        @invariant()
        def what_is_over_keeps_nothing(self) -> None:
            over = {
                EntityRef("outsourcing.order", o.id)
                for o in world.orders
                if o.state in ("closed", "cancelled")
            }
            over |= {
                EntityRef("orders.order", o.id) for o in world.sales if o.state in ("closed", "cancelled")
            }
            kept = ledger.balances(ctx, place_kinds=["reserved"])
            assert not [place for (_item, place), qty in kept.items() if qty and place.document in over]
            dead = world.rows(StockDocument, StockDocument.state == "expired")
            left = expiry.left(ctx, {row.about for row in dead})
            assert not [row.id for row in dead if left.get(row.id)]
            states = {o.ref.id: o.state for o in demands.owners(ctx, world.demands).values()}
            done = ("completed", "closed", "cancelled")
            assert all((states[o.id] in claims.OVER) == (o.state in done) for o in world.orders)

    return Trade


@pytest.mark.hypothesis
def test_one_piece_serves_one_demand(mill: Ctx, fo: FactoryOrder) -> None:
    second = sold(mill, ("ST-1", "NVY", "US-LAX", {"M": 100}), po="PO-2")
    other = made(mill)
    do(mill, other, "add_work", work=picked(second.number))
    do(mill, other, "issue")
    first = mill.session.scalars(select(type(second)).where(type(second).id != second.id)).one()
    mill.session.add(Store(code="EAST", name="East", address="", is_default=False, active=True))
    mill.session.flush()
    mill.set_setting("purchasing.over_receipt_pct_trim", 10)
    world = World(mill, [fo, other], [first, second])
    run_state_machine_as_test(
        machine(world),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    assert ledger.verify(mill, record=False) == []

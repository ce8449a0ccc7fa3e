"""Random sequences of everything the ledger can do, compared with a ledger of twenty lines of Python.

After each step: balances now and as of any day are the plain sums; every item sums to zero over all places; nothing inside
is below zero on any day; no movement has changed; ``verify`` finds nothing. What the model refuses is refused, and only that.
``HUB_TEST_EXAMPLES`` sets how many sequences are tried.
"""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from core import ledger
from core.api import EntityRef
from core.data.models import Tenant
from core.errors import Refused
from core.ledger import Item, Move, Place, verified
from core.ledger.tables import Balance, Movement
from tests.support.order import examples

START = date(2026, 10, 1)
ITEMS = (
    Item("material", 1, color_id=2),
    Item("material", 1, color_id=2, lot="R-7"),
    Item("garment", 1, size_id=4),
)
OUTSIDE = {"supplier", "adjustment"}
"""Kinds of these places that may go below zero."""
PLACES = (
    Place("supplier", 1), Place("store", 1), Place("store", 2), Place("factory", 1), Place("inspection", 1),
    Place("reserved", 1, EntityRef("orders.order", 7)), Place("adjustment"),
)  # fmt: skip
EXAMPLES = int(os.environ.get("HUB_TEST_EXAMPLES") or examples(3, 12))
tenants = itertools.count()

days = st.integers(0, 12).map(lambda n: START + timedelta(n))
quantities = st.sampled_from(
    [Decimal(q) for q in ("0.000001", "0.5", "1", "2", "3.25", "10", "999999.999999")]
)
pairs = st.permutations(PLACES).map(lambda p: (p[0], p[1]))
# most moves are purchases, or nothing would ever be there to issue
routes = st.one_of(st.just((PLACES[0], PLACES[1])), st.just((PLACES[1], PLACES[3])), pairs)
moves = st.builds(
    lambda item, route, qty, line: Move("move", item, *route, qty, line_id=line),
    st.sampled_from(ITEMS),
    routes,
    quantities,
    st.integers(1, 3),
)


@dataclass
class Line:
    """A movement as the model remembers it."""

    id: int
    move: Move
    day: date
    doc: int
    reverses: int | None = None


@dataclass
class Model:
    """The ledger as a list."""

    lines: list[Line] = field(default_factory=list)
    closed: list[date] = field(default_factory=list)

    def sums(self, on=None, extra=()):
        found = defaultdict(Decimal)
        for move, day in [*((line.move, line.day) for line in self.lines), *extra]:
            if on is None or day <= on:
                found[move.item, move.source] -= move.qty
                found[move.item, move.target] += move.qty
        return {key: qty for key, qty in found.items() if qty}

    def accepts(self, wanted, day):
        """Is nothing closed, and nothing that is taken from is short on ``day`` or later?"""
        if self.closed and day <= self.closed[-1]:
            return False
        extra = [(move, day) for move in wanted]
        later = sorted({day, *(line.day for line in self.lines if line.day > day)})
        return all(
            qty >= 0
            for on in later
            for (_i, place), qty in self.sums(on, extra).items()
            if place.kind not in OUTSIDE
        )

    def open_lines(self, doc, line_ids):
        gone = {line.reverses for line in self.lines}
        return [
            line
            for line in self.lines
            if line.doc == doc
            and line.reverses is None
            and line.id not in gone
            and (line_ids is None or line.move.line_id in line_ids)
        ]


def machine(hub):
    class Books(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            code = f"BOOKS{next(tenants)}"
            with hub.platform() as session:
                session.add(Tenant(code=code, name=code))
            self.tenant = hub.tenant_info(code)
            self.model = Model()
            self.docs = itertools.count(1)
            self.keyed = []

        def attempt(self, work, expected):
            """``work`` in a unit of work; it must be refused exactly where the model says so."""
            if expected:
                with hub.context(self.tenant) as ctx:
                    return work(ctx)
            with pytest.raises(Refused), hub.context(self.tenant) as ctx:
                work(ctx)
            return None

        @rule(wanted=st.lists(moves, min_size=1, max_size=4), day=days, keyed=st.booleans())
        def post(self, wanted, day, keyed):
            doc = next(self.docs)
            given = {"entity": "test.doc", "entity_id": doc, "on": day, "key": f"key-{doc}" if keyed else ""}
            ids = self.attempt(lambda ctx: ledger.post(ctx, wanted, **given), self.model.accepts(wanted, day))
            if ids is not None:
                assert len(ids) == len(wanted)
                self.model.lines += [Line(n, m, day, doc) for n, m in zip(ids, wanted, strict=True)]
                if keyed:
                    self.keyed.append((wanted, given, ids))

        @precondition(lambda self: self.keyed)
        @rule(data=st.data())
        def post_again(self, data):
            wanted, given, ids = data.draw(st.sampled_from(self.keyed))
            assert self.attempt(lambda ctx: ledger.post(ctx, wanted, **given), True) == ids

        @rule(wanted=st.lists(moves, min_size=1, max_size=2), day=days)
        def post_and_fail(self, wanted, day):
            with pytest.raises((ZeroDivisionError, Refused)), hub.context(self.tenant) as ctx:  # noqa: PT012
                ledger.post(ctx, wanted, entity="test.doc", entity_id=next(self.docs), on=day)
                raise ZeroDivisionError

        @rule(first=moves, wanted=st.lists(moves, min_size=1, max_size=2), day=days)
        def go_on_after_a_refusal(self, first, wanted, day):
            doc = next(self.docs)
            with hub.context(self.tenant) as ctx:
                for n, batch in enumerate(([first], wanted)):
                    try:
                        ids = ledger.post(
                            ctx, batch, entity="test.doc", entity_id=doc, on=day, key=f"try-{doc}-{n}"
                        )
                    except Refused:
                        assert not self.model.accepts(batch, day)
                        continue
                    assert self.model.accepts(batch, day)
                    self.model.lines += [Line(n, m, day, doc) for n, m in zip(ids, batch, strict=True)]

        @precondition(lambda self: self.model.lines)
        @rule(data=st.data(), day=days, line_ids=st.none() | st.sets(st.integers(1, 3), min_size=1))
        def reverse(self, data, day, line_ids):
            doc = data.draw(st.sampled_from(sorted({line.doc for line in self.model.lines})))
            old = self.model.open_lines(doc, line_ids)
            back = [
                Move(o.move.kind, o.move.item, o.move.target, o.move.source, o.move.qty, o.move.line_id)
                for o in old
            ]
            expected = bool(old) and day >= max(o.day for o in old) and self.model.accepts(back, day)
            ids = self.attempt(
                lambda ctx: ledger.reverse(ctx, entity="test.doc", entity_id=doc, on=day, line_ids=line_ids),
                expected,
            )
            if ids is not None:
                self.model.lines += [
                    Line(n, m, day, doc, o.id) for n, m, o in zip(ids, back, old, strict=True)
                ]

        @rule(day=days)
        def close(self, day):
            expected = not self.model.closed or day > self.model.closed[-1]
            self.attempt(lambda ctx: ledger.close_period(ctx, day), expected)
            if expected:
                self.model.closed.append(day)

        @precondition(lambda self: self.model.closed)
        @rule()
        def reopen(self):
            day = self.model.closed.pop()
            self.attempt(lambda ctx: ledger.reopen_period(ctx, day, "a late invoice"), True)

        @precondition(lambda self: self.model.lines)
        @rule(data=st.data())
        def somebody_tampers_and_it_is_found(self, data):
            with hub.context(self.tenant) as ctx:
                row = data.draw(
                    st.sampled_from(ctx.session.scalars(select(Balance).order_by(Balance.id)).all())
                )
                row.qty += 1
            with hub.context(self.tenant) as ctx:
                assert len(ledger.verify(ctx)) == 1
                assert verified.last_verified(ctx).faults == 1
                ledger.rebuild(ctx)

        @rule()
        def rebuild(self):
            self.attempt(lambda ctx: ledger.rebuild(ctx), True)

        @invariant()
        def balances_are_the_sums(self):
            with hub.context(self.tenant, write=False) as ctx:
                now = ledger.balances(ctx)
                assert now == self.model.sums()
                for item in ITEMS:
                    assert sum(qty for (i, _p), qty in now.items() if i == item) == 0
                for n in range(-1, 15, 3):
                    on = START + timedelta(n)
                    assert ledger.balances(ctx, on=on) == self.model.sums(on), on
                on = START + timedelta(6)
                for item, place in itertools.product(ITEMS[:2], PLACES[:3]):
                    assert ledger.balance(ctx, item, place) == now.get((item, place), 0)
                    assert ledger.balance(ctx, item, place, on) == self.model.sums(on).get((item, place), 0)

        @invariant()
        def no_movement_has_changed(self):
            with hub.context(self.tenant, write=False) as ctx:
                found = [
                    (m.id, m.item, m.source, m.target, m.qty, m.on, m.entity_id, m.line_id, m.reverses)
                    for m in reversed(ledger.movements(ctx, limit=None))
                ]
            assert found == [
                (
                    n.id,
                    n.move.item,
                    n.move.source,
                    n.move.target,
                    n.move.qty,
                    n.day,
                    n.doc,
                    n.move.line_id,
                    n.reverses,
                )
                for n in self.model.lines
            ]

        @invariant()
        def verify_finds_nothing(self):
            with hub.context(self.tenant) as ctx:
                assert ledger.verify(ctx) == []

    return Books


@pytest.mark.hypothesis
def test_any_sequence_of_postings_keeps_the_books_right(hub):
    run_state_machine_as_test(
        machine(hub),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )


def test_the_database_itself_refuses_to_change_a_movement(hub, ctx):
    ledger.post(
        ctx,
        [Move("move", ITEMS[0], PLACES[0], PLACES[1], Decimal(1))],
        entity="test.doc",
        entity_id=1,
        on=START,
    )
    row = ctx.session.scalars(select(Movement)).one()
    row.qty = Decimal(2)
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        ctx.session.flush()
    ctx.session.rollback()

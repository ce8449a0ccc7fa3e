"""The ledger: what it accepts, what it refuses, what it tells."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core import ledger
from core.errors import Refused
from core.ledger import Item, Move, Place

STORE, OTHER = Place("store", 1), Place("store", 2)
SUPPLIER, FACTORY, INSPECTION = Place("supplier", 5), Place("factory", 9), Place("inspection", 1)
CLOTH = Item("material", 7, color_id=3)
THREAD = Item("material", 8, lot="L-1")
DAY = date(2026, 11, 1)
D = Decimal


def receipt(item, qty, store=STORE, **more):
    return Move("receipt", item, SUPPLIER, store, D(qty), **more)


def issue(item, qty, store=STORE, **more):
    return Move("issue", item, store, FACTORY, D(qty), **more)


def put(ctx, *moves, entity="samples.request", entity_id=1, on=DAY, **more):
    return ledger.post(ctx, moves, entity=entity, entity_id=entity_id, on=on, **more)


def test_what_is_received_is_there_and_what_is_issued_is_at_the_factory(ctx):
    ids = put(ctx, receipt(CLOTH, "120.5", line_id=4), receipt(THREAD, 40))
    assert len(set(ids)) == 2
    put(ctx, issue(CLOTH, "20.25"), entity_id=2, on=DAY + timedelta(1))
    assert ledger.balance(ctx, CLOTH, STORE) == D("100.25")
    assert ledger.balance(ctx, CLOTH, FACTORY) == D("20.25")
    assert ledger.balance(ctx, CLOTH, SUPPLIER) == D("-120.5")
    assert ledger.balance(ctx, CLOTH, OTHER) == 0
    assert ledger.balance(ctx, CLOTH, STORE, on=DAY) == D("120.5")
    assert ledger.balance(ctx, CLOTH, STORE, on=DAY - timedelta(1)) == 0
    everything = ledger.balances(ctx)
    assert everything == {
        (CLOTH, STORE): D("100.25"), (CLOTH, FACTORY): D("20.25"), (CLOTH, SUPPLIER): D("-120.5"),
        (THREAD, STORE): D(40), (THREAD, SUPPLIER): D(-40),
    }  # fmt: skip
    assert ledger.balances(ctx, items=[CLOTH], place_kinds=["store"]) == {(CLOTH, STORE): D("100.25")}
    assert ledger.balances(ctx, item_kind="material", item_ids=[8], places=[STORE]) == {
        (THREAD, STORE): D(40)
    }
    found = ledger.movements(ctx, item=CLOTH)
    assert [(m.kind, m.qty, m.on, m.line_id) for m in found] == [
        ("issue", D("20.25"), DAY + timedelta(1), 0), ("receipt", D("120.5"), DAY, 4),
    ]  # fmt: skip
    assert found[1].id == ids[0]


def test_too_little_is_refused_with_what_is_there_and_what_was_asked(ctx):
    put(ctx, receipt(CLOTH, "120.5"))
    with pytest.raises(Refused, match=r"^material 7 in store 1: 120\.5 there, 130 asked\.$"):
        put(ctx, issue(CLOTH, 130))
    assert len(ledger.movements(ctx)) == 1
    assert ledger.balance(ctx, CLOTH, STORE) == D("120.5")


def test_a_reversal_takes_back_once(ctx):
    put(ctx, receipt(CLOTH, 10), receipt(THREAD, 5))
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY, reason="wrong supplier")
    assert ledger.balances(ctx) == {}
    first = ledger.movements(ctx)[-1]
    last = next(m for m in ledger.movements(ctx) if m.reverses == first.id)
    assert (last.kind, last.source, last.target, last.qty) == ("receipt", STORE, SUPPLIER, D(10))
    assert first.reversed_by == last.id
    with pytest.raises(Refused, match="nothing to reverse"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)


def test_the_same_key_posts_once(ctx):
    first = put(ctx, receipt(CLOTH, 10), key="form-1")
    assert put(ctx, receipt(CLOTH, 10), key="form-1") == first
    assert ledger.balance(ctx, CLOTH, STORE) == 10
    with pytest.raises(Refused, match="other content"):
        put(ctx, receipt(CLOTH, 11), key="form-1")

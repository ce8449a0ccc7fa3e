"""What the age of stock is told from: remembered or read anew, it is the same."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import ledger
from core.data.tenancy import TenantSession
from core.errors import Refused
from core.ledger import Item, Move, Place
from core.ledger import flow as ledger_flow
from core.ledger import keys as ledger_keys
from core.ledger.tables import LedgerState, Movement


def test_flows_that_are_remembered_are_those_that_are_read(hub, tenant, monkeypatch):
    """Whatever is posted, back-dated, at a price or taken back after they were first told."""
    dice, docs = random.Random(5), []
    items = [Item("material", n, lot=lot) for n in (901, 902, 903) for lot in ("", "L")]
    supplier, store, factory = Place("supplier", 9), Place("store", 9), Place("factory", 9)
    asked = {"into": ("receipt",), "out": ("issue",), "since": date(2026, 11, 5)}
    monkeypatch.setattr(ledger_flow, "TAIL", 25)
    remembered = 0
    for n in range(1, 60):
        day = date(2026, 11, 1) + timedelta(dice.randint(0, 9))
        with suppress(Refused), hub.context(tenant) as ctx:
            what = dice.choice(["receipt", "issue", "reverse"])
            if what == "reverse" and docs:
                ledger.reverse(ctx, entity="flow", entity_id=dice.choice(docs), on=date(2026, 11, 20))
            else:
                came = what == "receipt"
                moves = [
                    Move("receipt" if came else "issue", item, supplier if came else store, store if came else factory,
                         Decimal(dice.randint(1, 9)), 0, Decimal(dice.randint(1, 9)) if came and n % 3 else None,
                         dice.choice(["USD", "TWD"]) if came and n % 3 else "")
                    for item in dice.sample(items, 2)
                ]  # fmt: skip
                ledger.post(ctx, moves, entity="flow", entity_id=n, on=day)
            docs.append(n)
        with hub.context(tenant, write=False) as ctx:
            told = ledger.flows(ctx, "material", **asked)
            plain = ledger_flow._read(ctx.session, ledger_flow._Asked(
                "material", frozenset(asked["into"]), frozenset(asked["out"]), asked["since"]))  # fmt: skip
            numbers = ledger_keys.item_ids(ctx, told)
            assert told == {item: plain[number] for item, number in numbers.items()}
            there = {
                i
                for (i, p), qty in ledger.balances(ctx, item_kind="material").items()
                if ctx.registry.place_kinds[p.kind].inside and qty > 0
            }
            assert set(told) == there
            kept = ledger_flow._known.get(hub.engine, {}).get((tenant.id, "material"))
            remembered += kept is not None and kept.last < (
                ctx.session.scalar(select(func.max(Movement.id))) or 0
            )
    assert remembered > 20, "it was read anew each time: this test proves nothing"


def test_flows_are_read_anew_while_somebody_posts(hub, tenant):
    """On PostgreSQL a lower number may still appear: nothing is remembered then."""
    item, store = Item("material", 911), Place("store", 9)
    asked = {"into": ("receipt",), "out": ("issue",), "since": date(2026, 11, 5)}
    with hub.context(tenant) as ctx:
        ledger.post(ctx, [Move("receipt", item, Place("supplier", 9), store, Decimal(5))],
                    entity="flow", entity_id=1, on=date(2026, 11, 2))  # fmt: skip
    if hub.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    with TenantSession(hub.engine, tenant.id) as other:
        other.execute(
            select(LedgerState.id).with_for_update(read=True, key_share=True)
        ).all()  # as posting does
        with hub.context(tenant, write=False) as ctx:
            assert set(ledger.flows(ctx, "material", **asked)) == {item}
            assert (tenant.id, "material") not in ledger_flow._known.get(hub.engine, {})
        other.rollback()
    with hub.context(tenant, write=False) as ctx:
        assert set(ledger.flows(ctx, "material", **asked)) == {item}
        assert (tenant.id, "material") in ledger_flow._known[hub.engine]


def test_what_is_rolled_back_is_not_remembered(hub, tenant):
    item, store = Item("material", 921), Place("store", 9)
    asked = {"into": ("receipt",), "out": ("issue",), "since": date(2026, 11, 5)}

    def receive(ctx, qty):
        move = Move("receipt", item, Place("supplier", 9), store, Decimal(qty), 0, Decimal(qty), "USD")
        ledger.post(ctx, [move], entity="flow", entity_id=qty, on=date(2026, 11, 2))

    with hub.context(tenant) as ctx:
        receive(ctx, 5)
    with suppress(ZeroDivisionError), hub.context(tenant) as ctx:
        receive(ctx, 7)
        assert ledger.flows(ctx, "material", **asked)[item].paid == {"USD": (12, 12)}
        raise ZeroDivisionError
    with hub.context(tenant) as ctx:
        receive(ctx, 2)
        assert ledger.flows(ctx, "material", **asked)[item].paid == {"USD": (7, 7)}

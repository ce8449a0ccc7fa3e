"""Eight processes receive, issue and reverse the same few items: nothing is oversold, lost or counted twice.

``HUB_TEST_SECONDS`` sets for how long (5).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import ledger
from core.errors import Refused
from core.kernel.config import Config
from core.kernel.hub import Hub
from core.ledger import Item, Move, Place
from core.ledger.tables import Movement

PROCESSES = 8
SECONDS = float(os.environ.get("HUB_TEST_SECONDS", "5"))
ITEMS = [Item("material", n) for n in range(1, 5)]
SUPPLIER, STORE, SECOND, FACTORY = (
    Place("supplier", 1),
    Place("store", 1),
    Place("store", 2),
    Place("factory", 1),
)
DAY = date(2026, 11, 2)


def work(config, tenant, seed, retry, together, results):
    """One person: post as told by the dice, until the time is over; tell what was confirmed and what went wrong."""
    os.environ["HUB_TODAY"] = "2026-11-23"
    dice, hub = random.Random(seed), Hub(config)
    confirmed, refused, failed, docs = [], 0, [], []

    def some(kind, source, target, most):
        items = dice.sample(ITEMS, dice.randint(1, 3))
        return [Move(kind, item, source, target, Decimal(dice.randint(1, most)) / 4) for item in items]

    def post(ctx, moves, doc, on, **more):
        return ledger.post(ctx, moves, entity="crowd", entity_id=doc, on=on, **more)

    def act(ctx, what, doc, on):
        if what == "reverse" and docs:
            return ledger.reverse(ctx, entity="crowd", entity_id=dice.choice(docs), on=DAY + timedelta(3))
        if what == "receive":
            return post(ctx, some("receipt", SUPPLIER, STORE, 12), doc, on)
        if what == "move":
            return post(ctx, some("transfer", STORE, SECOND, 8), doc, on)
        if what == "twice":  # locks taken in no common order: this is what ``retrying`` is for
            first, second = dice.sample(ITEMS, 2)
            issues = [Move("issue", item, STORE, FACTORY, Decimal("0.25")) for item in (first, second)]
            return [*post(ctx, issues[:1], doc, on), *post(ctx, issues[1:], doc, on)]
        return post(
            ctx, some("issue", dice.choice([STORE, SECOND]), FACTORY, 12), doc, on, key=f"crowd-{doc}"
        )

    together.wait(120)
    start, n = time.time(), 0
    while time.time() < start + SECONDS:
        n += 1
        doc, on = seed * 1_000_000 + n, DAY + timedelta(dice.randint(0, 3))
        what = dice.choice(["receive", "issue", "issue", "move", "reverse", *(["twice"] if retry else [])])
        try:
            if retry:
                ids = ledger.retrying(hub, tenant, lambda ctx, args=(what, doc, on): act(ctx, *args))
            else:
                with hub.context(tenant) as ctx:
                    ids = act(ctx, what, doc, on)
            confirmed += ids
            docs.append(doc)
        except Refused:
            refused += 1
        except Exception as error:  # noqa: BLE001 - reported to the test
            failed.append(f"{what}: {error!r}"[:500])
    hub.engine.dispose()
    results.put((confirmed, refused, failed))


pytestmark = [pytest.mark.thorough, pytest.mark.crowd]


@pytest.mark.parametrize("retry", [False, True], ids=["one posting each", "several postings, tried again"])
def test_many_people_at_once(hub, tenant, retry):
    with hub.context(tenant) as ctx:
        ledger.post(
            ctx,
            [Move("receipt", item, SUPPLIER, STORE, Decimal(20)) for item in ITEMS],
            entity="crowd",
            entity_id=0,
            on=DAY,
        )
    hub.engine.dispose()
    spawn = multiprocessing.get_context("spawn")
    config: Config = hub.config  # the words of the ledger are declared by plugins
    results, together = spawn.Queue(), spawn.Barrier(PROCESSES)
    people = [
        spawn.Process(target=work, args=(config, tenant, seed, retry, together, results))
        for seed in range(1, PROCESSES + 1)
    ]
    for person in people:
        person.start()
    told = [results.get(timeout=SECONDS + 120) for _ in people]
    for person in people:
        person.join(30)
    assert [fault for _ids, _refused, failed in told for fault in failed] == []
    confirmed = sorted(number for ids, _refused, _failed in told for number in ids)
    assert len(confirmed) > PROCESSES
    assert retry or sum(refused for _ids, refused, _failed in told) > 0  # they did run out of stock
    with hub.context(tenant) as ctx:
        kept = sorted(ctx.session.scalars(select(Movement.id).order_by(Movement.id).offset(len(ITEMS))))
        assert kept == confirmed
        assert ledger.verify(ctx) == []
        assert all(
            qty > 0
            for (_i, place), qty in ledger.balances(ctx).items()
            if ctx.registry.place_kinds[place.kind].inside
        )
    print(f"\n{len(confirmed)} movements, {sum(r for _i, r, _f in told)} refused, {SECONDS} s")


def test_a_posting_sent_many_times_at_once_is_posted_once(hub, tenant):
    spawn = multiprocessing.get_context("spawn")
    config = hub.config
    with hub.context(tenant) as ctx:
        ledger.post(
            ctx, [Move("receipt", ITEMS[0], SUPPLIER, STORE, Decimal(5))], entity="crowd", entity_id=1, on=DAY
        )
    results, together = spawn.Queue(), spawn.Barrier(4)
    people = [spawn.Process(target=send, args=(config, tenant, together, results)) for _ in range(4)]
    for person in people:
        person.start()
    told = [results.get(timeout=150) for _ in people]
    for person in people:
        person.join(30)
    assert told == [told[0]] * 4
    assert len(told[0]) == 1
    with hub.context(tenant) as ctx:
        assert ledger.balance(ctx, ITEMS[0], STORE) == 0


def send(config, tenant, together, results):
    """Post the last of the stock under one key."""
    hub, move = Hub(config), Move("issue", ITEMS[0], STORE, FACTORY, Decimal(5))
    together.wait(120)
    try:
        with hub.context(tenant) as ctx:
            ids = ledger.post(ctx, [move], entity="crowd", entity_id=2, on=DAY, key="one")
        results.put(ids)
    except Exception as error:  # noqa: BLE001 - compared by the test
        results.put(repr(error))
    hub.engine.dispose()


ROUNDS, NEW, TAKEN = 12, 30, 24


def meet(config, tenant, seed, together, results):
    """One person: with all the others at the same moment, post things that nobody had before, each its own choice of them."""
    os.environ["HUB_TODAY"] = "2026-11-23"
    dice, hub = random.Random(seed), Hub(config)
    done, failed = [], []
    for n in range(ROUNDS):
        chosen = dice.sample([Item("material", 1000 + n * NEW + i) for i in range(NEW)], TAKEN)
        moves = [Move("receipt", item, SUPPLIER, STORE, Decimal(seed)) for item in chosen]
        moves += [Move("issue", item, STORE, FACTORY, Decimal(1)) for item in chosen[:8]]
        if short := dice.random() < 0.3:  # refused at the end, when the others wait for what it made
            moves.append(Move("issue", chosen[0], SECOND, FACTORY, Decimal(5)))
        together.wait(120)
        try:
            with hub.context(tenant) as ctx:
                try:
                    ledger.post(ctx, moves, entity="crowd", entity_id=seed * 100 + n, on=DAY)
                    done += [(item.id, seed) for item in chosen]
                except Refused:
                    assert short
        except Exception as error:  # noqa: BLE001 - reported to the test
            failed.append(f"{n}: {error!r}"[:500])
    hub.engine.dispose()
    results.put((done, failed))


def test_many_people_bring_the_same_new_things_at_once(hub, tenant):
    hub.engine.dispose()
    spawn = multiprocessing.get_context("spawn")
    results, together = spawn.Queue(), spawn.Barrier(PROCESSES)
    people = [
        spawn.Process(target=meet, args=(hub.config, tenant, seed, together, results))
        for seed in range(1, PROCESSES + 1)
    ]
    for person in people:
        person.start()
    told = [results.get(timeout=300) for _ in people]
    for person in people:
        person.join(30)
    assert [fault for _done, failed in told for fault in failed] == []
    sums: dict[int, Decimal] = {}
    for item, qty in (each for done, _failed in told for each in done):
        sums[item] = sums.get(item, Decimal(0)) + qty
    assert len(sums) > ROUNDS * 20
    with hub.context(tenant) as ctx:
        assert ledger.verify(ctx) == []
        there: dict[int, Decimal] = {}
        for (item, _place), qty in ledger.balances(ctx, place_kinds=["store", "factory"]).items():
            there[item.id] = there.get(item.id, Decimal(0)) + qty
        assert there == sums

"""The ledger: what it accepts, what it refuses, what it tells."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import ledger
from core.api import EntityRef
from core.cli import main
from core.declare.hookspecs import hookimpl
from core.entities import audit
from core.errors import Refused
from core.kernel.context import Hooks
from core.ledger import Item, Move, Place, verified
from core.ledger.tables import Balance, Closing, StockPlace

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
        (CLOTH, STORE): D("100.25"),
        (CLOTH, FACTORY): D("20.25"),
        (CLOTH, SUPPLIER): D("-120.5"),
        (THREAD, STORE): D(40),
        (THREAD, SUPPLIER): D(-40),
    }
    assert ledger.balances(ctx, items=[CLOTH], place_kinds=["store"]) == {(CLOTH, STORE): D("100.25")}
    assert ledger.balances(ctx, item_kind="material", item_ids=[8], places=[STORE]) == {
        (THREAD, STORE): D(40)
    }
    found = ledger.movements(ctx, item=CLOTH)
    assert [(m.kind, m.qty, m.on, m.line_id) for m in found] == [
        ("issue", D("20.25"), DAY + timedelta(1), 0),
        ("receipt", D("120.5"), DAY, 4),
    ]
    assert found[1].id == ids[0]


def test_reading_what_is_there_forgets_nothing_that_a_page_knows(ctx):
    put(ctx, receipt(CLOTH, 5))
    ctx.session.commit()
    for known in ("ledger_items", "ledger_places"):
        ctx.session.info.pop(known, None)  # as a page begins
    before = ctx.session.generation
    assert ledger.balances(ctx, items=[CLOTH], places=[STORE]) == {(CLOTH, STORE): 5}
    assert ledger.balance(ctx, CLOTH, STORE) == 5
    assert ctx.session.generation == before


def test_what_is_there_for_documents_and_how_it_came_about(ctx):
    mine, other = EntityRef("samples.request", 7), EntityRef("samples.request", 8)
    kept, sent = Place("reserved", 1, mine), Place("factory", 1, mine)
    theirs = Place("reserved", 2, other)
    later, end = DAY + timedelta(1), DAY + timedelta(2)
    put(ctx, receipt(CLOTH, 100), receipt(CLOTH, 50, store=OTHER))
    put(
        ctx,
        Move("reserve", CLOTH, STORE, kept, D(40)),
        Move("reserve", CLOTH, OTHER, theirs, D(5)),
        entity_id=2,
    )
    put(ctx, Move("issue", CLOTH, kept, sent, D(25)), entity_id=3, on=later)  # crosses nothing
    put(ctx, Move("issue", CLOTH, STORE, sent, D("0.5")), entity_id=4, on=later)
    put(ctx, Move("release", CLOTH, kept, STORE, D(10)), entity_id=5, on=end)
    put(ctx, Move("reserve", CLOTH, theirs, kept, D(2)), entity_id=6, on=end)
    assert ledger.held(ctx, "material", [mine, other]) == {(CLOTH, mine): D("32.5"), (CLOTH, other): D(3)}
    assert ledger.crossings(ctx, "material", [mine]) == {
        (CLOTH, mine, DAY): D(40),
        (CLOTH, mine, later): D("0.5"),
        (CLOTH, mine, end): D(-8),
    }
    ledger.reverse(ctx, entity="samples.request", entity_id=4, on=end, reason="the wrong roll")
    assert ledger.crossings(ctx, "material", [mine, other]) == {
        (CLOTH, mine, DAY): D(40),
        (CLOTH, mine, end): D(-8),
        (CLOTH, other, DAY): D(5),
        (CLOTH, other, end): D(-2),
    }
    assert ledger.held(ctx, "garment", [mine]) == ledger.crossings(ctx, "garment", [mine]) == {}
    assert ledger.held(ctx, "material", []) == ledger.crossings(ctx, "material", []) == {}


def test_too_little_is_refused_with_what_is_there_and_what_was_asked(ctx):
    put(ctx, receipt(CLOTH, "120.5"))
    with pytest.raises(Refused, match=r"^material 7 in store 1: 120\.5 there, 130 asked\.$") as refused:
        put(ctx, issue(CLOTH, 100), issue(CLOTH, 30))
    found = refused.value.problems[0].params
    assert (found["item"], found["place"], found["there"], found["asked"]) == (
        CLOTH,
        STORE,
        D("120.5"),
        D(130),
    )
    assert len(ledger.movements(ctx)) == 1
    assert ledger.balance(ctx, CLOTH, STORE) == D("120.5")


def test_every_place_that_is_short_is_named(ctx):
    put(ctx, receipt(CLOTH, 1))
    with pytest.raises(Refused) as refused:
        put(ctx, issue(CLOTH, 2), issue(THREAD, 3, OTHER))
    assert {str(p) for p in refused.value.problems} == {
        "material 7 in store 1: 1 there, 2 asked.",
        "material 8 in store 2: 0 there, 3 asked.",
    }


def test_what_is_refused_leaves_nothing_behind_for_who_goes_on(ctx):
    with pytest.raises(Refused, match="0 there, 3 asked"):
        put(ctx, receipt(CLOTH, "9"), receipt(THREAD, "4"), issue(THREAD, "3", OTHER))
    put(ctx, receipt(THREAD, "1"), key="once")
    with pytest.raises(Refused, match="posted already"):
        put(ctx, receipt(CLOTH, "9"), key="once")
    assert ledger.verify(ctx, record=False) == []
    assert sorted(ledger.balances(ctx).values()) == [D(-1), D(1)]
    put(ctx, receipt(CLOTH, "2"))
    assert ledger.balance(ctx, CLOTH, STORE) == D(2)


@pytest.mark.parametrize(
    "place", [Place("supplier", 1), Place("customer", 1), Place("scrap"), Place("adjustment")]
)
def test_outside_places_may_go_below_zero(ctx, place):
    put(ctx, Move("count", CLOTH, place, STORE, D(3)))
    assert ledger.balance(ctx, CLOTH, place) == -3


@pytest.mark.parametrize(
    "place",
    [
        STORE,
        FACTORY,
        INSPECTION,
        Place("rejected", 1),
        Place("transit", 1),
        Place("reserved", 1, EntityRef("orders.order", 7)),
    ],
)
def test_inside_places_may_not(ctx, place):
    with pytest.raises(Refused, match="0 there, 3 asked"):
        put(ctx, Move("count", CLOTH, place, Place("adjustment"), D(3)))


@pytest.mark.parametrize(
    ("qty", "reason"),
    [
        ("0", "more than zero"),
        ("-1", "more than zero"),
        ("NaN", "more than zero"),
        ("Infinity", "more than zero"),
        ("0.0000001", "more than 6 decimals"),
        ("1000000000000", "too much"),
    ],
)
def test_quantities_that_are_refused(ctx, qty, reason):
    with pytest.raises(Refused, match=reason):
        put(ctx, receipt(CLOTH, 1), receipt(THREAD, qty))
    assert ledger.movements(ctx) == []


def test_what_adds_up_to_too_much_is_refused(ctx):
    most = "999999999999.999999"
    put(ctx, receipt(CLOTH, most))
    assert ledger.balance(ctx, CLOTH, STORE) == D(most)
    with pytest.raises(Refused, match="too much"):
        put(ctx, receipt(CLOTH, most))


def test_from_and_to_differ_and_lots_are_short(ctx):
    with pytest.raises(Refused, match="same place"):
        put(ctx, Move("transfer", CLOTH, STORE, STORE, D(1)))
    with pytest.raises(Refused, match="120 characters"):
        put(ctx, receipt(Item("material", 1, lot="x" * 121), 1))


@pytest.mark.parametrize(
    ("move", "error"),
    [
        (Move("x", CLOTH, Place("attic"), STORE, D(1)), ValueError),
        (Move("receipt", CLOTH, SUPPLIER, STORE, 1.5), TypeError),
        (Move("receipt", CLOTH, SUPPLIER, STORE, D(1), value=D("0.00001")), ValueError),
        (Move("beam", CLOTH, SUPPLIER, STORE, D(1)), ValueError),
        (Move("receipt", Item("ghost", 1), SUPPLIER, STORE, D(1)), ValueError),
    ],
)
def test_mistakes_of_a_programmer(ctx, move, error):
    with pytest.raises(error):
        put(ctx, move)


def test_nothing_to_post_is_no_posting(ctx):
    assert put(ctx) == []


def test_what_goes_through_a_place_in_one_posting_need_not_have_been_there(ctx):
    put(
        ctx,
        Move("receipt", CLOTH, SUPPLIER, INSPECTION, D(5)),
        Move("accept", CLOTH, INSPECTION, STORE, D(5)),
    )
    assert ledger.balances(ctx, place_kinds=["inspection"]) == {}
    assert ledger.balance(ctx, CLOTH, STORE) == 5


def test_a_date_in_the_past_must_not_leave_a_later_day_short(ctx):
    put(ctx, receipt(CLOTH, 10), on=DAY)
    put(ctx, issue(CLOTH, 8), on=DAY + timedelta(5), entity_id=2)
    put(ctx, receipt(CLOTH, 20), on=DAY + timedelta(9), entity_id=3)
    with pytest.raises(Refused, match=r"from 2026-11-03 on only 2 could be taken, 3 asked"):
        put(ctx, issue(CLOTH, 3), on=DAY + timedelta(2), entity_id=4)
    with pytest.raises(Refused, match=r"from 2026-10-31 on only 0 could be taken"):
        put(ctx, issue(CLOTH, 1), on=DAY - timedelta(1), entity_id=4)
    put(ctx, issue(CLOTH, 2), on=DAY + timedelta(2), entity_id=4)
    put(ctx, issue(CLOTH, 20), on=DAY + timedelta(9), entity_id=5)
    assert [ledger.balance(ctx, CLOTH, STORE, DAY + timedelta(n)) for n in (-1, 0, 2, 5, 8, 9)] == [
        0,
        10,
        8,
        0,
        0,
        0,
    ]


def test_receiving_earlier_helps_what_was_refused(ctx):
    put(ctx, receipt(CLOTH, 5), on=DAY + timedelta(3))
    with pytest.raises(Refused):
        put(ctx, issue(CLOTH, 5), on=DAY + timedelta(2), entity_id=2)
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY + timedelta(3))
    put(ctx, receipt(CLOTH, 5), on=DAY, entity_id=3)
    put(ctx, issue(CLOTH, 5), on=DAY + timedelta(2), entity_id=2)


def test_a_reversal_takes_back_once(ctx):
    put(ctx, receipt(CLOTH, 10, value=D("12.3456"), currency="USD"), receipt(THREAD, 5))
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY, reason="wrong supplier")
    assert ledger.balances(ctx) == {}
    first = ledger.movements(ctx)[-1]
    last = next(m for m in ledger.movements(ctx) if m.reverses == first.id)
    assert (last.kind, last.source, last.target, last.qty) == ("receipt", STORE, SUPPLIER, D(10))
    assert (last.value, last.currency, last.reason) == (D("12.3456"), "USD", "wrong supplier")
    assert first.reversed_by == last.id
    assert (first.sign(STORE), last.sign(STORE), last.sign(OTHER)) == (1, -1, 0)
    with pytest.raises(Refused, match="nothing to reverse"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)


def test_lines_are_reversed_one_by_one(ctx):
    put(ctx, receipt(CLOTH, 10, line_id=1), receipt(CLOTH, 5, line_id=2))
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY, line_ids=[2])
    assert ledger.balance(ctx, CLOTH, STORE) == 10
    with pytest.raises(Refused, match="nothing to reverse"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY, line_ids=[2, 3])
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)
    assert ledger.balances(ctx) == {}


def test_what_was_used_cannot_be_unreceived(ctx):
    put(ctx, receipt(CLOTH, 10))
    put(ctx, issue(CLOTH, 4), entity_id=2)
    with pytest.raises(Refused, match="6 there, 10 asked"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)
    ledger.reverse(ctx, entity="samples.request", entity_id=2, on=DAY)
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)


def test_a_reversal_is_not_dated_before_what_it_reverses(ctx):
    put(ctx, receipt(CLOTH, 10))
    with pytest.raises(Refused, match=r"before what it reverses \(2026-11-01\)"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY - timedelta(1))


def test_all_of_a_document_is_taken_back_no_earlier_than_its_last_movement(ctx):
    put(ctx, receipt(CLOTH, 10))
    put(ctx, receipt(CLOTH, 5), on=DAY + timedelta(2))
    with pytest.raises(Refused, match=r"before what it reverses \(2026-11-03\)"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY + timedelta(1))
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY + timedelta(2))
    assert ledger.balance(ctx, CLOTH, STORE) == 0


def test_the_same_key_posts_once(ctx):
    first = put(ctx, receipt(CLOTH, 10), key="form-1")
    assert put(ctx, receipt(CLOTH, 10), key="form-1") == first
    assert ledger.balance(ctx, CLOTH, STORE) == 10
    with pytest.raises(Refused, match="other content"):
        put(ctx, receipt(CLOTH, 11), key="form-1")
    with pytest.raises(Refused, match="other content"):
        put(ctx, receipt(CLOTH, 10), key="form-1", entity_id=2)
    with pytest.raises(Refused, match="other content"):
        put(ctx, receipt(THREAD, 10), key="form-1")
    put(ctx, issue(CLOTH, 10), key="form-2", entity_id=2)
    assert len(put(ctx, issue(CLOTH, 10), key="form-2", entity_id=2)) == 1  # although nothing is left


def test_a_closed_period_takes_nothing(ctx):
    put(ctx, receipt(CLOTH, 10))
    assert ledger.closed_until(ctx) is None
    ledger.close_period(ctx, DAY)
    assert ledger.closed_until(ctx) == DAY
    for on in (DAY, DAY - timedelta(40)):
        with pytest.raises(Refused, match="up to 2026-11-01 is closed"):
            put(ctx, receipt(CLOTH, 1), on=on, entity_id=2)
    with pytest.raises(Refused, match="is closed"):
        ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY + timedelta(1))
    with pytest.raises(Refused, match="closed already"):
        ledger.close_period(ctx, DAY)
    with pytest.raises(Refused, match="when it is over"):
        ledger.close_period(ctx, ctx.today() + timedelta(days=1))
    ledger.close_period(ctx, DAY + timedelta(2))
    with pytest.raises(Refused, match="closed last"):
        ledger.reopen_period(ctx, DAY, "a late invoice")
    with pytest.raises(Refused, match="Say why"):
        ledger.reopen_period(ctx, DAY + timedelta(2), " ")
    ledger.reopen_period(ctx, DAY + timedelta(2), "a late invoice")
    assert [p.until for p in ledger.periods(ctx)] == [DAY]
    put(ctx, receipt(CLOTH, 1), on=DAY + timedelta(1), entity_id=3)
    assert [(e.action, e.number, e.reason) for e in audit.audit_history(ctx, "core.ledger", 0)] == [
        ("reopen", "2026-11-03", "a late invoice"),
        ("close", "2026-11-03", ""),
        ("close", "2026-11-01", ""),
    ]


def test_what_was_posted_before_closing_may_be_sent_again_after_it(ctx):
    first = put(ctx, receipt(CLOTH, 10), key="form-1")
    ledger.close_period(ctx, DAY)
    assert put(ctx, receipt(CLOTH, 10), key="form-1") == first


def test_a_period_opened_again_closes_with_what_came_late(ctx):
    put(ctx, receipt(CLOTH, 10))
    ledger.close_period(ctx, DAY)
    ledger.reopen_period(ctx, DAY, "a late invoice")
    put(ctx, receipt(CLOTH, 1), entity_id=2)
    ledger.close_period(ctx, DAY)
    put(ctx, receipt(CLOTH, 5), entity_id=3, on=DAY + timedelta(1))
    put(ctx, receipt(CLOTH, 5), entity_id=4, on=DAY + timedelta(9))
    assert [ledger.balance(ctx, CLOTH, STORE, DAY + timedelta(n)) for n in (0, 1, 8, 9)] == [11, 16, 16, 21]
    assert ledger.verify(ctx) == []


def test_movements_can_be_asked_for_in_many_ways(ctx):
    put(ctx, receipt(CLOTH, 10, line_id=1), receipt(THREAD, 4, line_id=2))
    put(ctx, receipt(Item("material", 7), 2, OTHER), entity_id=2, on=DAY + timedelta(1))
    put(ctx, issue(CLOTH, 3), entity="samples.issue", entity_id=1, on=DAY + timedelta(2))
    everything = [m.id for m in reversed(ledger.movements(ctx))]

    def found(**asked):
        return [everything.index(m.id) for m in ledger.movements(ctx, **asked)]

    assert found() == [3, 2, 1, 0]
    assert found(item=CLOTH) == [3, 0]
    assert found(item=Item("material", 99)) == []
    assert found(item_kind="material", item_ids=[7]) == [3, 2, 0]
    assert found(item_kind="garment") == []
    assert found(item_ids=[]) == []
    assert found(place=STORE) == [3, 1, 0]
    assert found(place=Place("store", 77)) == []
    assert found(item=CLOTH, place=FACTORY) == [3]
    assert found(entity="samples.request") == [2, 1, 0]
    assert found(entity="samples.request", entity_id=1) == [1, 0]
    assert found(since=DAY + timedelta(1)) == [3, 2]
    assert found(since=DAY, until=DAY + timedelta(1)) == [2, 1, 0]
    assert found(limit=2) == [3, 2]
    assert found(limit=2, before_id=everything[2]) == [1, 0]
    assert found(limit=None) == [3, 2, 1, 0]


def test_the_card_of_an_item_runs_by_business_date(ctx):
    put(ctx, receipt(CLOTH, 10), on=DAY)
    put(ctx, issue(CLOTH, 3), on=DAY + timedelta(4), entity_id=2)
    put(ctx, receipt(CLOTH, 5), on=DAY + timedelta(2), entity_id=3)
    opening, rows = ledger.card(ctx, CLOTH, STORE, since=DAY + timedelta(1))
    assert opening == 10
    assert [(m.on.day, m.qty, after) for m, after in rows] == [(3, 5, 15), (5, 3, 12)]
    opening, rows = ledger.card(ctx, CLOTH, STORE)
    assert (opening, [after for _m, after in rows]) == (0, [10, 15, 12])


def test_tenants_have_ledgers_of_their_own(hub, tenant, other_tenant):
    for n, each in enumerate((tenant, other_tenant), 1):
        with hub.context(each) as ctx:
            put(ctx, receipt(CLOTH, n), key="k")
            ledger.close_period(ctx, DAY)
    with hub.context(other_tenant) as ctx:
        assert ledger.balance(ctx, CLOTH, STORE) == 2
        assert ledger.balances(ctx, on=DAY, places=[STORE]) == {(CLOTH, STORE): 2}
        assert len(ledger.movements(ctx)) == 1
        ledger.rebuild(ctx)
    with hub.context(tenant) as ctx:
        assert ledger.balance(ctx, CLOTH, STORE) == 1
        assert ledger.verify(ctx) == []


class Watcher:
    """A plugin that names things, and watches postings."""

    def __init__(self):
        self.heard = []

    @hookimpl
    def stock_names(self, ctx, items, places):
        found = [ledger.Named(i, f"FAB-{i.id} LBL", "yd") for i in items]
        return [*found, *(ledger.Named(p, "store MAIN") for p in places if p.kind == "store")]

    @hookimpl
    def after_post(self, ctx, moves, entity, entity_id):
        self.heard.append((entity, entity_id, [(m.source.kind, m.target.kind, m.qty) for m in moves]))


@pytest.fixture
def watched(hub, ctx):
    watcher = Watcher()
    hub.manager.register(watcher, name="watcher")
    ctx.hooks = Hooks(ctx, hub.manager, ctx.enabled | {"watcher"})
    yield watcher
    hub.manager.unregister(watcher)


def test_plugins_name_things_and_hear_of_postings(ctx, watched):
    put(ctx, receipt(CLOTH, "120.5"))
    with pytest.raises(Refused, match=r"^FAB-7 LBL in store MAIN: 120\.5 yd there, 130 asked\.$"):
        put(ctx, issue(CLOTH, 130))
    ledger.reverse(ctx, entity="samples.request", entity_id=1, on=DAY)
    assert watched.heard == [
        ("samples.request", 1, [("supplier", "store", D("120.5"))]),
        ("samples.request", 1, [("store", "supplier", D("120.5"))]),
    ]


def corrupt(ctx, **changes):
    row = ctx.session.scalars(
        select(Balance)
        .join(StockPlace, StockPlace.id == Balance.place_id)
        .where(StockPlace.tenant_id == Balance.tenant_id, StockPlace.kind == "store")
    ).one()
    for name, value in changes.items():
        setattr(row, name, value)
    ctx.session.flush()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"qty": D(9)}, "the movements give 10, the balance says 9"),
        ({"latest": DAY - timedelta(1)}, "does not know its newest date"),
        ({"inside": False}, "it is not guarded"),
    ],
)
def test_what_was_tampered_with_is_found_and_made_right(ctx, changes, fault):
    put(ctx, receipt(CLOTH, 10))
    assert verified.last_verified(ctx) is None
    assert ledger.verify(ctx) == []
    corrupt(ctx, **changes)
    (said,) = ledger.verify(ctx)
    assert said.startswith("material 7 in store 1: ")
    assert fault in said
    assert verified.last_verified(ctx).faults == 1
    ledger.rebuild(ctx)
    assert ledger.verify(ctx) == []
    assert verified.last_verified(ctx).faults == 0


def test_a_tampered_closing_is_found_and_made_right(ctx):
    put(ctx, receipt(CLOTH, 10))
    ledger.close_period(ctx, DAY)
    put(ctx, receipt(CLOTH, 1), on=DAY + timedelta(1), entity_id=2)
    ledger.close_period(ctx, DAY + timedelta(1))
    row = ctx.session.scalars(select(Closing).where(Closing.until == DAY, Closing.qty > 0)).one()
    row.qty = D(12)
    ctx.session.flush()
    assert ledger.verify(ctx) == [
        "material 7 in store 1: the movements up to 2026-11-01 give 10, the closing says 12.",
        "material 7 in store 1: the movements up to 2026-11-02 give 13, the closing says 11.",
    ]
    ledger.rebuild(ctx)
    assert ledger.verify(ctx) == []
    assert ledger.balance(ctx, CLOTH, STORE, DAY) == 10


def test_the_work_of_posting_does_not_grow_with_the_lines(ctx, count_queries):
    items = [Item("material", n) for n in range(1, 101)]
    put(ctx, *(receipt(i, 100) for i in items))
    ctx.session.info.pop("ledger_items"), ctx.session.info.pop("ledger_places")
    with count_queries() as log:
        put(ctx, *(issue(i, 1) for i in items), entity_id=2, key="k")
    assert log.count <= 15, str(log)


def test_the_command_line_proves_closes_and_opens(hub, tenant, ctx, capsys):
    def run(*arguments):
        code = main.run(["ledger", *arguments, "--tenant", tenant.code], hub)
        said = capsys.readouterr()
        return code, (said.out + said.err).strip()

    put(ctx, receipt(CLOTH, 10))
    assert run("verify") == (0, "The ledger is right.")
    assert verified.last_verified(ctx).faults == 0
    corrupt(ctx, qty=D(3))
    code, said = run("verify")
    assert code == 1
    assert "the movements give 10, the balance says 3" in said
    assert run("rebuild") == (0, "Balances and closings were made anew.")
    assert run("close", "2026-11-01") == (0, "Closed up to 2026-11-01.")
    assert run("close", "2026-11-01") == (1, "hub: The period up to 2026-11-01 is closed already.")
    assert run("reopen", "--reason", "late") == (0, "The period up to 2026-11-01 is open again.")
    assert run("reopen", "--reason", "late") == (1, "hub: nothing is closed")


def test_totals_are_the_sums_of_balances_over_colours_lots_and_places(ctx):
    other = Item("material", 7, color_id=4, lot="L-2")
    put(
        ctx,
        receipt(CLOTH, "10.5"),
        receipt(other, "2"),
        receipt(THREAD, "3"),
        receipt(CLOTH, "1", Place("store", 2)),
    )
    put(ctx, issue(CLOTH, "4"), issue(THREAD, "3"), entity_id=2)
    assert ledger.totals(ctx, "material", [7, 8, 9], ["store"]) == {7: D("9.5")}
    assert ledger.totals(ctx, "material", [7, 8], ["store", "factory"]) == {7: D("13.5"), 8: D(3)}
    assert ledger.totals(ctx, "garment", [7], ["store"]) == {}
    assert ledger.totals(ctx, "material", [], ["store"]) == {}

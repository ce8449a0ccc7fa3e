"""The plan: the example of the trade as a table, and the slow reckoning on random products."""

from fractions import Fraction as F
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.planning.services.mrp.engine import plan
from plugins.planning.services.mrp.levels import Cycle, levels
from plugins.planning.services.mrp.promise import ready_days
from plugins.planning.services.mrp.terms import (
    BEFORE,
    CANCEL,
    IN,
    LESS,
    MORE,
    OUT,
    OVERDUE,
    Component,
    Demand,
    Family,
    Item,
    Message,
    Substitute,
    Supply,
)
from tests.plugins.planning.mrp_oracle import longest_way_down, requirements, substituted
from tests.support.order import examples


def test_the_worked_example() -> None:
    """On hand 120, of which 50 are reserved elsewhere; safety 40, MOQ 300, multiple 25, two weeks; +200 in week 2."""
    item = Item(on_hand=70, safety=40, moq=300, multiple=25, lead=14)
    wanted = [Demand(0, 7 * week, qty) for week, qty in ((0, 20), (2, 260), (4, 150))]
    found = plan([item], wanted, [Supply(0, 7, 200)], horizon=35, size=7, damp=7)
    assert [(m.bucket, m.gross, m.came, m.planned, m.left) for m in found.moments[0]] == [
        (0, 20, 0, 0, 50),
        (1, 0, 200, 0, 250),
        (2, 260, 0, 300, 290),
        (4, 150, 0, 0, 140),
    ]
    [order] = found.orders
    assert (order.net, order.gross, order.safety, order.available) == (50, 260, 40, 250)
    assert (order.due, order.release, order.expedite, order.qty) == (14, 0, 0, 300)
    assert found.messages == []


@pytest.mark.parametrize(
    ("supply", "wanted", "said", "suggested"),
    [
        (Supply(0, 20, 100), [(5, 80)], [(IN, 5, 100)], []),
        (Supply(0, 5, 100), [(20, 100)], [(OUT, 20, 100)], []),
        (Supply(0, 5, 100), [(9, 100)], [], []),  # within the days a plan may waver
        (Supply(0, 5, 100), [(5, 60)], [(LESS, 5, 40)], []),
        (Supply(0, 5, 100), [(20, 60)], [(OUT, 20, 100), (LESS, 5, 40)], []),
        (Supply(0, 5, 100), [], [(CANCEL, 5, 100)], []),
        (Supply(0, 5, 100, fixed=True), [], [], []),
        (
            Supply(0, 5, 20, rest=85),
            [],
            [(LESS, 5, 15)],
            [],
        ),  # what is meant for somebody stays, and is a lot of tens
        (Supply(0, 5, 5, rest=85), [], [], []),  # so much more the lot made of it
        (Supply(0, 5, 40, rest=85), [(5, 12)], [(LESS, 5, 25)], []),
        (Supply(0, 5, 100, draft=True), [(5, 130)], [(MORE, 5, 30)], []),
        (Supply(0, 5, 100), [(5, 130)], [], [30]),
        (Supply(0, -3, 100), [(5, 100)], [(OVERDUE, -3, 100)], []),
        (Supply(0, 400, 100), [(5, 100)], [(IN, 5, 100)], []),  # beyond the horizon, and may come sooner
    ],
)
def test_what_is_said_of_supply(supply, wanted, said, suggested) -> None:
    found = plan([Item(multiple=10)], [Demand(0, *each) for each in wanted], [supply], horizon=60, damp=5)
    assert found.messages == [Message(0, *each) for each in said]
    assert [order.qty for order in found.orders] == suggested


def test_two_supplies_do_not_give_back_the_same_surplus() -> None:
    found = plan([Item()], [Demand(0, 5, 100)], [Supply(0, 5, 100), Supply(0, 5, 100)], horizon=9)
    assert found.messages == [Message(1, CANCEL, 5, 100)]


def test_safety_and_moq_act_once_and_surplus_serves_later_needs() -> None:
    item = Item(safety=40, moq=300, multiple=25)
    found = plan([item], [Demand(0, day, 10) for day in range(30)], [], horizon=30)
    assert [order.qty for order in found.orders] == [300, 300]


@pytest.mark.parametrize(
    ("strategy", "main", "other", "wanted", "taken", "suggested"),
    [
        ("after", 60, 100, 100, [(40, 80)], []),  # one of the main is two of the other
        ("after", 100, 100, 100, [], []),
        (BEFORE, 100, 100, 100, [(50, 100)], []),
        ("after", 0, 50, 100, [(25, 50)], [(0, 75)]),  # what lacks is bought of the main
    ],
)
def test_substitutes(strategy, main, other, wanted, taken, suggested) -> None:
    items = [Item(on_hand=main, substitutes=[Substitute(1, 2, 1, strategy)]), Item(on_hand=other, safety=0)]
    found = plan(items, [Demand(0, 3, wanted)], [], horizon=9)
    assert [(s.covered, s.taken) for s in found.substitutions] == taken
    assert [(o.item, o.qty) for o in found.orders] == suggested


def test_what_substitutes_want_themselves_is_theirs() -> None:
    items = [Item(substitutes=[Substitute(1)]), Item(on_hand=100, safety=10)]
    found = plan(items, [Demand(0, 1, 100), Demand(1, 8, 60)], [], horizon=9)
    assert [(s.covered, s.taken) for s in found.substitutions] == [(30, 30)]
    assert [(o.item, o.qty) for o in found.orders] == [(0, 70)]


@pytest.mark.parametrize(
    ("days", "strategy", "served"),
    [
        ((8, 3), "after", [(1, 3, 60)]),  # who lacks first takes first, whichever item it is
        ((3, 8), "after", [(0, 3, 60)]),
        ((8, 3), BEFORE, [(1, 3, 60)]),
        ((5, 5), "after", [(0, 5, 60)]),  # on one day who is served first
    ],
)
def test_two_materials_share_a_substitute(days, strategy, served) -> None:
    items = [
        Item(substitutes=[Substitute(2, strategy=strategy)]),
        Item(substitutes=[Substitute(2, strategy=strategy)]),
    ]
    for size in (1, 14):
        found = plan(
            [*items, Item(on_hand=60)],
            [Demand(n, day, 60) for n, day in enumerate(days)],
            [],
            horizon=28,
            size=size,
        )
        assert [(s.main, s.day, s.covered) for s in found.substitutions] == served
        assert [(o.item, o.qty) for o in found.orders] == [(1 - served[0][0], 60)]


def test_no_chains_and_mutual_substitutes_stop_after_one_step() -> None:
    chain = [Item(substitutes=[Substitute(1)]), Item(substitutes=[Substitute(2)]), Item(on_hand=50)]
    found = plan(chain, [Demand(0, 1, 50)], [], horizon=9)
    assert found.substitutions == []
    assert [(o.item, o.qty) for o in found.orders] == [(0, 50)]
    for short, rich in ((0, 1), (1, 0)):
        mutual = [Item(on_hand=50 * (n == rich), substitutes=[Substitute(1 - n)]) for n in (0, 1)]
        found = plan(mutual, [Demand(short, 1, 50)], [], horizon=9)
        assert [(s.main, s.substitute, s.covered) for s in found.substitutions] == [(short, rich, 50)]
        assert found.orders == []


def test_a_substitute_that_is_made_of_the_main_is_left_out() -> None:
    items = [Item(substitutes=[Substitute(1)]), Item(on_hand=9, components=[Component(0, 1)])]
    found = plan(items, [Demand(0, 1, 5)], [], horizon=9)
    assert found.ignored == [(0, 1)]
    assert [(o.item, o.qty) for o in found.orders] == [(0, 5)]


def test_refused() -> None:
    loop = [Item(components=[Component((n + 1) % 3, 1)]) for n in range(3)]
    with pytest.raises(Cycle) as refused:
        levels(loop)
    assert refused.value.path == [0, 1, 2, 0]
    with pytest.raises(ValueError, match="horizon"):
        plan([Item()], [], [], horizon=0)


def test_when_it_can_be_there() -> None:
    """A shirt of two days, of fabric that takes twenty: due on day 10, it is there on day 22; stock is there today."""
    items = [Item("make", lead=2, components=[Component(1, 3, 2)]), Item(lead=20, on_hand=15)]
    demands = [Demand(0, 8, 10), Demand(0, 10, 10), Demand(0, 900, 1)]
    found = plan(items, demands, [], horizon=60)
    assert [(o.item, o.qty, o.release, o.expedite) for o in found.orders] == [
        (0, 10, 6, 0),
        (0, 10, 8, 0),
        (1, 15, 0, 12),
    ]
    assert ready_days(items, [], found, 3) == ([8, 22, -1], [8, 22, 20])
    late = ready_days(items, [Supply(1, 30, 15)], plan(items, demands, [Supply(1, 30, 15)], horizon=60), 3)[0]
    assert late == [8, 32, -1]  # as promised, although it should come sooner


@st.composite
def worlds(draw):
    """Products of up to six levels, wanted and on order."""
    count = draw(st.integers(1, 7))
    items = []
    for n in range(count):
        parts = [
            (part, draw(st.fractions(F(1, 8), 3, max_denominator=8)))
            for part in draw(
                st.lists(st.integers(n + 1, count - 1), max_size=3, unique=True)
                if n < count - 1
                else st.just([])
            )
        ]
        small = st.integers(0, 60)
        items.append(
            {
                "parts": parts, "on_hand": draw(small), "safety": draw(st.sampled_from([0, 0, 15])),
                "moq": draw(st.sampled_from([0, 0, 40])), "multiple": draw(st.sampled_from([1, 1, 12])),
                "most": draw(st.sampled_from([0, 0, 0, 48])), "lead": draw(st.integers(0, 9)),
            }
        )  # fmt: skip
    amounts = st.tuples(st.integers(0, count - 1), st.integers(-4, 29), st.integers(1, 90))
    demands, supplies = draw(st.lists(amounts, max_size=8)), draw(st.lists(amounts, max_size=5))
    return items, demands, supplies, draw(st.sampled_from([1, 7]))


def _items(raw, substitutes=()):
    return [
        Item(
            "make" if each["parts"] else "buy", each["lead"], each["on_hand"], each["safety"], each["moq"], each["multiple"],
            each["most"], [Component(part, per.numerator, per.denominator) for part, per in each["parts"]],
            [s for main, s in substitutes if main == n],
        )
        for n, each in enumerate(raw)
    ]  # fmt: skip


@given(worlds())
@settings(max_examples=120)
def test_as_the_slow_reckoning_says(world) -> None:
    raw, demands, supplies, size = world
    buckets = -(-28 // size)
    found = plan(
        _items(raw),
        [Demand(*d) for d in demands],
        [Supply(*s) for s in supplies],
        horizon=28,
        size=size,
        move=False,
    )
    orders, left = requirements(raw, demands, supplies, buckets, size)
    ours: dict[int, list] = {n: [] for n in range(len(raw))}
    for order in found.orders:
        ours[order.item].append((order.due // size, order.qty, order.release, order.net))
    assert ours == orders
    for item, moments in found.moments.items():
        assert all(left[item][m.bucket] == m.left for m in moments)
    by_level, _ignored = levels(_items(raw))
    assert {item: n for n, level in enumerate(by_level) for item in level} == {
        n: longest_way_down(raw, n) for n in range(len(raw))
    }


@given(worlds(), st.data())
@settings(max_examples=120)
def test_what_always_holds(world, data) -> None:
    """Whatever is moved and swapped: doing what the plan says keeps every safety stock, and each quantity serves one need."""
    raw, demands, supplies, size = world
    pairs = data.draw(st.lists(st.tuples(*[st.integers(0, len(raw) - 1)] * 2), max_size=3, unique=True))
    strategies = st.sampled_from(["after", "before"])
    swaps = [
        (
            main,
            Substitute(
                other, data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3)), data.draw(strategies)
            ),
        )
        for main, other in pairs
        if main != other
    ]
    drafts = data.draw(st.lists(st.booleans(), min_size=len(supplies), max_size=len(supplies)))
    items = _items(raw, swaps)
    coming = [Supply(*s, draft=d) for s, d in zip(supplies, drafts, strict=True)]
    wanted = [Demand(*d) for d in demands]
    found = plan(items, wanted, coming, horizon=28, size=size)

    flow: dict[tuple[int, int], int] = {}

    def add(item, day, qty):
        flow[item, max(0, day) // size] = flow.get((item, max(0, day) // size), 0) + qty

    said = {n: (s.day, s.qty) for n, s in enumerate(coming)}
    for m in found.messages:
        day, qty = said[m.supply]
        said[m.supply] = {
            IN: (m.day, qty), OUT: (m.day, qty), MORE: (day, qty + m.qty), LESS: (day, qty - m.qty), CANCEL: (day, 0),
            OVERDUE: (day, qty),
        }[m.kind]  # fmt: skip
    for n, (day, qty) in said.items():
        assert qty >= 0
        add(coming[n].item, day, qty)
    for d in wanted:
        if d.day < 28:
            add(d.item, d.day, -d.qty)
    for o in found.orders:
        add(o.item, o.due, o.qty)
        assert o.net == o.gross + o.safety - o.available - o.substituted > 0
        for part in items[o.item].components:
            add(part.item, o.release, -ceil(F(o.qty) * part.num / part.den))
    for s in found.substitutions:
        add(s.main, s.day, s.covered)
        add(s.substitute, s.day, -s.taken)
        assert (s.main, s.substitute) in pairs
    for item, each in enumerate(items):
        have = each.on_hand
        for t in range(28 // size + 1):
            have += flow.get((item, t), 0)
            assert have >= each.safety or t * size >= 28

    given: dict[tuple[str, int], int] = {}
    met: dict[int, int] = {}
    for peg in found.pegs:
        given[peg.kind, peg.source] = given.get((peg.kind, peg.source), 0) + peg.qty
        if peg.use == "demand":
            met[peg.user] = met.get(peg.user, 0) + peg.qty
    more = {m.supply: m.qty for m in found.messages if m.kind == MORE}
    for (kind, place), qty in given.items():
        has = {
            "stock": lambda p: items[p].on_hand,
            "supply": lambda p: coming[p].qty + more.get(p, 0),
            "order": lambda p: found.orders[p].qty,
            "substitution": lambda p: found.substitutions[p].covered,
        }[kind](place)
        assert qty <= has
    assert met == {n: d.qty for n, d in enumerate(wanted) if d.day < 28}
    days, _orders = ready_days(items, coming, found, len(wanted))
    assert all(day >= 0 for n, day in enumerate(days) if n in met)


@given(worlds(), st.data())
@settings(max_examples=examples(25, 300))
def test_substitutes_as_the_slow_reckoning_says(world, data) -> None:
    """Ratio, order, for whom and until when; after the main or before it; what is left over is wanted of the main."""
    raw, demands, supplies, size = world
    leaves = [n for n, each in enumerate(raw) if not each["parts"]]
    below = {part for each in raw for part, _per in each["parts"]}
    demands = [(*each, data.draw(st.integers(1, 2))) for each in demands]
    for leaf in leaves:  # more is wanted of what is replaced: else nothing lacks
        demands += [(leaf, data.draw(st.integers(0, 27)), data.draw(st.integers(1, 60)), 1)]
    swaps = []
    for main, other in data.draw(
        st.lists(st.tuples(*[st.sampled_from(leaves)] * 2), max_size=4, unique=True)
    ):
        if main != other:
            swaps.append(
                (
                    main,
                    other,
                    data.draw(st.fractions(F(1, 3), 3, max_denominator=3)),
                    data.draw(st.sampled_from(["after", "before"])),
                    None if main in below else data.draw(st.sampled_from([None, {1}, {2}])),
                    data.draw(st.sampled_from([None, 14])),
                )
            )
    allowed = [
        (
            main,
            Substitute(
                other, ratio.numerator, ratio.denominator, when, 1, whose and frozenset(whose), None, last
            ),
        )
        for main, other, ratio, when, whose, last in swaps
    ]
    found = plan(
        _items(raw, allowed), [Demand(*d[:3], 0, d[3]) for d in demands], [Supply(*s) for s in supplies], horizon=28,
        size=size, move=False,
    )  # fmt: skip
    expected, orders, _left = substituted(raw, demands, supplies, swaps, -(-28 // size), size)
    ours: dict[tuple[int, int, int], list[int]] = {}
    for each in found.substitutions:
        was = ours.setdefault((each.main, each.substitute, each.day // size), [0, 0])
        was[0] += each.covered
        was[1] += each.taken
    assert ours == expected
    planned: dict[int, list] = {n: [] for n in range(len(raw))}
    for order in found.orders:
        planned[order.item].append((order.due // size, order.qty, order.net))
    assert planned == {item: [(t, qty, net) for t, qty, _begin, net in each] for item, each in orders.items()}
    served = dict.fromkeys(range(len(found.substitutions)), 0)
    whom = {(main, s.item): s.circles for main, s in allowed}
    for peg in found.pegs:
        if peg.kind == "substitution":
            each = found.substitutions[peg.source]
            assert peg.use != "substitution"  # no chains
            circles = whom[each.main, each.substitute]
            assert circles is None or demands[peg.user][3] in circles
            served[peg.source] += peg.qty
    assert served == {n: each.covered for n, each in enumerate(found.substitutions)}


def test_sizes_are_made_together_and_material_rounded_once() -> None:
    """Three sizes take half a unit each, in whole units: two units, not three; a label is wanted by destination."""
    asked = []

    def explode(pieces):
        asked.append(sorted(pieces))
        whole = -(-sum(p.qty for p in pieces) // 2)
        return [(3, whole), *((4 + p.tag, p.qty) for p in pieces if p.tag)]

    items = [*[Item("make", family=0, lead=2) for _ in range(3)], *[Item() for _ in range(3)]]
    demands = [Demand(0, 9, 1, 1), Demand(1, 8, 1, 1), Demand(2, 8, 1), Demand(0, 20, 4)]
    found = plan(items, demands, [], [Family((3, 4, 5), explode)], horizon=30, size=7)
    assert asked == [[(0, 1, 1), (1, 1, 1), (2, 0, 1)], [(0, 0, 4)]]
    assert [(b.due, b.release, len(b.orders)) for b in found.batches] == [(8, 6, 3), (20, 18, 1)]
    assert [(o.item, o.qty, o.due) for o in found.orders if o.item > 2] == [(3, 2, 6), (3, 2, 18), (5, 2, 6)]
    assert ready_days(items, [], found, 4)[0] == [9, 8, 8, 20]

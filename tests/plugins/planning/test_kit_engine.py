"""The number of sets: against counting one after the other, and rules as tables."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.planning.services.kits.engine import Mix, Question, stages
from plugins.planning.services.kits.network import Item, Line, Loop, Network, Substitute, network_of
from tests.plugins.planning import kit_oracle
from tests.support.order import examples

LIMIT = 60


@st.composite
def worlds(draw: st.DrawFn) -> kit_oracle.World:
    """Up to six levels of two or three items; each takes some of any level below it."""
    world: kit_oracle.World = {}
    depth = draw(st.integers(1, 6))
    names = [[f"{level}{n}" for n in range(draw(st.integers(1, 3)))] for level in range(depth + 1)]
    fractions = st.builds(F, st.integers(1, 30), st.sampled_from([1, 2, 3, 10, 12, 100]))
    for level, here in enumerate(names):
        below = [name for deeper in names[level + 1 :] for name in deeper]
        for name in here:
            takes = (
                draw(st.lists(st.sampled_from(below), min_size=level == 0, max_size=3, unique=True))
                if below
                else []
            )
            losses = [draw(st.sampled_from([F(0), F(0), F(0), F(1, 2)])) for _ in takes]
            world[name] = {
                "step": F(1) if level == 0 else draw(st.sampled_from([F(1), F(1, 10), F(1, 100)])),
                "stock": draw(st.sampled_from([F(0), *[F(n, 4) for n in (1, 10, 37, 160, 2000)]])),
                "lines": [(item, draw(fractions), loss) for item, loss in zip(takes, losses, strict=True)],
                "substitutes": [],
            }
    bought = [name for name, each in world.items() if not each["lines"]]
    for name in bought:
        others = [each for each in bought if each != name]
        if others and draw(st.booleans()):
            chosen = draw(st.lists(st.sampled_from(others), max_size=2, unique=True))
            world[name]["substitutes"] = [(other, draw(fractions)) for other in chosen]
    return world


def compiled(world: kit_oracle.World) -> Network:
    return network_of(
        {
            name: Item(
                each["step"],
                each["stock"],
                [Line(*line, line=(name, n)) for n, line in enumerate(each["lines"])],
                [Substitute(*other) for other in each["substitutes"]],
            )
            for name, each in world.items()
        }
    )


@settings(max_examples=examples(60, 2000), deadline=None)
@given(worlds(), st.data())
def test_as_many_sets_as_counting_finds(world: kit_oracle.World, data: st.DataObject) -> None:
    net = compiled(world)
    roots = [name for name in world if name[0] == "0"]
    weights = {name: data.draw(st.integers(1, 4)) for name in roots}
    per = data.draw(st.sampled_from([1, sum(weights.values())]))
    asked = Question(net, Mix(tuple((net.number[name], weight) for name, weight in weights.items()), per))
    sets = asked.most(LIMIT)
    assert sets == kit_oracle.most(world, weights, per, LIMIT)
    after = {name: (sets + 1) * weight // per for name, weight in weights.items()}
    short = {net.items[n]: net.units(n, parts) for n, parts in asked.use(sets + 1).short.items()}
    expected = kit_oracle.shortage(world, after)
    shared = [other for each in world.values() for other, _ratio in each["substitutes"]]
    if len(set(shared)) == len(shared):
        assert short == expected
    assert bool(short) == bool(expected)
    bought = [n for n in asked.order if not net.edges[n]]
    alone = asked.alone(bought, LIMIT)
    for n in bought:
        bare = {name: {**each, "substitutes": [], "stock": each["stock"] if each["lines"] or name == net.items[n] else F(10**9)}
                for name, each in world.items()}  # fmt: skip
        assert alone[n] == kit_oracle.most(bare, weights, per, LIMIT)
    left = asked.take(sets)
    assert all(parts >= 0 for parts in left)
    again = Question(net, asked.mix, left)
    assert not any(again.use(0).need.values())


def one(stock: dict[str, str], **takes: str) -> Question:
    """A shirt that takes so much of things of which so much is there."""
    found: dict[Any, Item] = {"shirt": Item(lines=[Line(name, F(qty)) for name, qty in takes.items()])}
    found |= {name: Item(F(1, 100), F(qty)) for name, qty in stock.items()}
    net = network_of(found)
    return Question(net, Mix(((net.number["shirt"], 1),)))


@pytest.mark.parametrize(
    ("stock", "takes", "sets"),
    [
        ({"fabric": "100"}, {"fabric": "1.05"}, 95),
        ({"fabric": "105"}, {"fabric": "1.05"}, 100),
        ({"fabric": "104.99"}, {"fabric": "1.05"}, 99),
        ({"fabric": "100", "button": "12"}, {"fabric": "1", "button": "6"}, 2),
        ({"fabric": "0"}, {"fabric": "1"}, 0),
        ({}, {"fabric": "1"}, 0),
    ],
)
def test_one_level_is_the_scarcest(stock: dict[str, str], takes: dict[str, str], sets: int) -> None:
    assert one(stock, **takes).most() == sets


def test_the_bottleneck_and_what_lies_behind_it() -> None:
    asked = one({"fabric": "100", "button": "300", "label": "80"}, fabric="1", button="6", label="1")
    names = asked.net.items
    found = stages(asked)
    assert [(s.sets, [names[n] for n in s.items]) for s in found] == [
        (50, ["button"]),
        (80, ["label"]),
        (100, ["fabric"]),
    ]
    button = asked.net.number["button"]
    assert found[0].more == 30
    assert asked.net.units(button, found[0].missing[0]) == 180
    assert found[2].more == 1


def test_what_lies_there_of_a_made_item_is_used_before_more_is_made() -> None:
    net = network_of(
        {
            "shirt": Item(lines=[Line("panel", F(2))]),
            "panel": Item(usable=F(10), lines=[Line("fabric", F(1, 2))]),
            "fabric": Item(F(1, 100), F(4)),
        }
    )
    asked = Question(net, Mix(((net.number["shirt"], 1),)))
    assert asked.most() == 9
    assert asked.use(5).made.get(net.number["panel"], 0) == 0
    assert asked.use(9).made[net.number["panel"]] == 8


def test_sizes_share_fabric_in_the_given_ratio() -> None:
    net = network_of(
        {
            **{
                size: Item(lines=[Line("fabric", F(qty))])
                for size, qty in (("S", "0.8"), ("M", "1"), ("L", "1.2"))
            },
            "fabric": Item(F(1, 100), F(41)),
        }
    )
    mix = tuple((net.number[size], weight) for size, weight in (("S", 1), ("M", 2), ("L", 1)))
    packs = Question(net, Mix(mix))
    assert (packs.most(), packs.mix.pieces(packs.most())) == (10, 40)
    some = Question(net, Mix(mix, 4))
    assert some.most() == 43  # 10 S, 21 M, 10 L: 41 yd
    assert some.mix.pieces(43) == 41


def test_a_substitute_gives_what_it_does_not_need_itself() -> None:
    net = network_of(
        {
            "shirt": Item(lines=[Line("zip", F(1)), Line("spare", F(1))]),
            "zip": Item(usable=F(3), substitutes=[Substitute("spare", F(2))]),
            "spare": Item(usable=F(11)),
        }
    )
    asked = Question(net, Mix(((net.number["shirt"], 1),)))
    assert asked.most() == 5  # 5 themselves, and 4 for two zips; 6 would take 6 and 6
    assert asked.use(5).swapped == {(net.number["zip"], net.number["spare"]): (4, 2)}
    assert [net.units(n, asked.take(5)[n]) for n in (net.number["zip"], net.number["spare"])] == [0, 2]


def test_what_shares_a_substitute_leaves_it_to_what_has_no_other() -> None:
    """Zips may be replaced by either; pulls by the spare ones only, whichever is asked first."""
    for names in (("zip", "pull"), ("pull", "zip")):
        others = {"zip": ("spare", "other"), "pull": ("spare",)}
        net = network_of(
            {
                "shirt": Item(lines=[Line(name, F(1)) for name in names]),
                **{name: Item(substitutes=[Substitute(each) for each in others[name]]) for name in names},
                "spare": Item(usable=F(6)),
                "other": Item(usable=F(4)),
            }
        )
        asked = Question(net, Mix(((net.number["shirt"], 1),)))
        assert asked.most() == 5  # 4 zips by others, 1 by a spare one; 5 pulls by spare ones
        left = asked.take(5)
        assert [left[net.number[name]] for name in ("spare", "other")] == [0, 0]
        assert sum(asked.use(6).short.values()) == 2


def test_what_is_made_of_itself_is_refused_with_the_way() -> None:
    with pytest.raises(Loop) as found:
        network_of({"a": Item(lines=[Line("b", F(1))]), "b": Item(lines=[Line("a", F(1))])})
    assert found.value.path == ("a", "b", "a")

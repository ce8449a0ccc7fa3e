"""Events: since when main material, sewing trims and packing material are complete; told when they may have changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from core.api import Ctx, hookimpl
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.scenes import stage
from plugins.material_gate.services import arrivals, days
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import sent
from tests.plugins.material_gate.conftest import MAKING, NEED, Receipts, all_but, arrive, free, keep
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import D

MAIN, TRIM, PACKING = (
    "material_gate.main_complete",
    "material_gate.trim_complete",
    "material_gate.packing_complete",
)


def d(day: int, month: int = 11) -> date:
    return date(2026, month, day)


def told(ctx: Ctx, fo: FactoryOrder) -> dict[str, date]:
    """What the hook says of an order."""
    found: dict[str, date] = {}
    for answer in ctx.hooks.milestones(entity="outsourcing.order", ids=[fo.id]):
        found |= {
            code: day for code, day in answer.get(fo.id, {}).items() if code.startswith("material_gate.")
        }
    return found


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ([], None),
        ([(d(1), 10)], d(1)),
        ([(d(1), 9)], None),
        ([(d(1), 9), (d(3), 1), (d(5), 5)], d(3)),
        ([(d(1), 10), (d(2), -4)], None),  # gone back
        ([(d(1), 10), (d(2), -4), (d(6), 4)], d(6)),
    ],
)
def test_since_when_there_is_enough(changes: list[tuple[date, int]], since: date | None) -> None:
    assert arrivals.complete_on([(day, D(qty)) for day, qty in changes], D(10)) == since


def test_of_what_is_done_the_first_day_stays() -> None:
    given = [(d(1), D(6)), (d(3), D(4)), (d(9), D(-2))]  # leftovers
    assert arrivals.complete_on(given, D(10)) is None
    assert arrivals.complete_on(given, D(10), done=True) == d(3)
    assert arrivals.complete_on(given, D(11), done=True) is None


@pytest.mark.more
def test_the_day_the_last_of_each_kind_came(mill: Ctx, fo: FactoryOrder) -> None:
    assert told(mill, fo) == {}
    for n, group in enumerate(
        NEED
    ):  # FAB on the 1st and 2nd, LBL and BTN until the 6th, CTN on the 7th and 8th
        arrive(mill, fo, group, on=d(n + 1))
    assert told(mill, fo) == {MAIN: d(2), TRIM: d(6), PACKING: d(8)}


@stage
def on_the_third(mill: Ctx, fo: FactoryOrder) -> Receipts:
    """Everything came on one day."""
    return all_but(mill, fo, on=d(3))


def test_a_reversal_takes_the_event_away(mill: Ctx, fo: FactoryOrder, on_the_third: Receipts) -> None:
    do(mill, on_the_third["FAB WHT"], "reverse", reason="typed twice")
    assert told(mill, fo) == {TRIM: d(3), PACKING: d(3)}
    arrive(mill, fo, "FAB WHT", on=d(12))
    assert told(mill, fo) == {MAIN: d(12), TRIM: d(3), PACKING: d(3)}


def test_stock_set_aside_and_issued_has_its_days(mill: Ctx, fo: FactoryOrder) -> None:
    all_but(mill, fo, "CTN US-LAX", "CTN DE-HAM", "FAB WHT", on=d(3))
    free(mill, "CTN US-LAX", "40")
    free(mill, "CTN DE-HAM", "40")
    keep(mill, fo, "CTN US-LAX", "25", on=d(5))
    assert PACKING not in told(mill, fo)
    sent(mill, fo, {"material": "CTN", "destination": "DE-HAM", "qty": "13"}, day=d(9))
    assert told(mill, fo) == {TRIM: d(3), PACKING: d(9)}
    sent(mill, fo, {"material": "CTN", "destination": "US-LAX", "qty": "25"}, day=d(10))
    assert told(mill, fo) == {TRIM: d(3), PACKING: d(9)}
    keep(mill, fo, "CTN DE-HAM", "5", on=d(11))
    keep(mill, fo, "CTN DE-HAM", "-5", on=d(12))
    assert told(mill, fo) == {TRIM: d(3), PACKING: d(9)}


def test_tolerance_counts_and_ungated_stages_too(mill: Ctx, fo: FactoryOrder, on_the_third: Receipts) -> None:
    mill.set_setting("material_gate.stages", ["cutting"])
    mill.set_setting("material_gate.tolerance_pct", 10)
    do(mill, on_the_third["CTN US-LAX"], "reverse", reason="typed twice")
    arrive(mill, fo, "CTN US-LAX", "22", on=d(4))  # 25 × 0.9 = 22.5
    assert PACKING not in told(mill, fo)
    arrive(mill, fo, "CTN US-LAX", "1", on=d(6))
    assert told(mill, fo)[PACKING] == d(6)


def test_events_are_declared(hub: Hub) -> None:
    for code in (MAIN, TRIM, PACKING):
        assert hub.registry.events[code].entity == ""  # of every kind of document that has a gate


def test_many_orders_take_the_same_queries(
    mill: Ctx, fo: FactoryOrder, on_the_third: Receipts, count_queries: Any
) -> None:
    from tests.plugins.material_gate.conftest import issued
    from tests.plugins.outsourcing.conftest import sold

    mill.memo.clear()  # what was read before is not counted
    with count_queries() as few:
        days.of_documents(mill, MAKING, [fo.id])
    ids = [fo.id]
    for n in range(2):
        ids.append(
            issued(mill, sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 5, "M": 5, "L": 5}), po=f"P{n}")).id
        )
    mill.memo.clear()
    with count_queries() as many:
        assert len(days.of_documents(mill, MAKING, ids)) == 3
    assert many.count <= few.count


@pytest.fixture
def listener(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, list[int]]]]:
    """A plugin that is told of changes. It must come before the contexts."""
    heard: list[tuple[str, list[int]]] = []

    @hookimpl
    def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
        heard.append((entity, list(ids)))

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"listener"})
    plugin = type(sys)("listener")
    plugin.milestones_changed = milestones_changed  # type: ignore[attr-defined]
    hub.manager.register(plugin, name="listener")
    yield heard
    hub.manager.unregister(plugin)


def test_others_are_told(listener: list[tuple[str, list[int]]], mill: Ctx, fo: FactoryOrder) -> None:
    free(mill, "CTN US-LAX", "40")
    listener.clear()
    keep(mill, fo, "CTN US-LAX", "25")
    assert ("outsourcing.order", [fo.id]) in listener
    listener.clear()
    sent(mill, fo, {"material": "CTN", "destination": "US-LAX", "qty": "25"})
    assert ("outsourcing.order", [fo.id]) in listener
    listener.clear()
    do(mill, fo, "revise", lines=[{"line": 1, "ship_date": "2026-12-20"}], reason="the ship is late")
    assert ("outsourcing.order", [fo.id]) in listener
    listener.clear()
    free(mill, "LBL S", "5")
    assert listener == []

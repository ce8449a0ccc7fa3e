"""Cleared: an order closes by itself when somebody tells about it and nobody misses anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

import pytest

from core.api import Ctx, T, Text, audit_history, hookimpl, run_action
from core.kernel import enablement
from core.kernel.hub import Hub
from plugins.orders.api import clear_orders
from plugins.orders.models import CustomerOrder
from plugins.orders.services import lines
from plugins.orders.services.clearing import missing
from tests.plugins.orders.conftest import line

TELLERS = {"fulfilment", "invoicing"}
"""Those of the product, which would tell too."""
GOODS, MONEY = T("goods are missing"), T("money is missing")


class Watchers:
    """Stand for those who tell about goods and about money; None: says nothing."""

    def __init__(self) -> None:
        self.said: dict[str, Sequence[Text] | None] = {"goods": None, "money": None}


@pytest.fixture
def watchers(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchers]:
    told = Watchers()
    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) - TELLERS | set(told.said))
    made = []
    for name in told.said:

        @hookimpl
        def clearing(
            ctx: Ctx, order_ids: Sequence[int], name: str = name
        ) -> Mapping[int, Sequence[Text]] | None:
            sentences = told.said[name]
            return None if sentences is None else dict.fromkeys(order_ids, sentences)

        plugin = type(sys)(name)
        plugin.clearing = clearing  # type: ignore[attr-defined]
        hub.manager.register(plugin, name=name)
        made.append(plugin)
    yield told
    for plugin in made:
        hub.manager.unregister(plugin)


@pytest.mark.parametrize(
    ("goods", "money", "state"),
    [
        (None, None, "confirmed"),  # nobody tells
        ([GOODS], None, "confirmed"),
        ([], [MONEY], "confirmed"),
        ([], None, "closed"),
        ([], [], "closed"),
    ],
)
def test_an_order_closes_when_nobody_misses_anything(
    watchers: Watchers, shop: Ctx, order: CustomerOrder, goods: list[Text] | None, money: list[Text] | None, state: str
) -> None:  # fmt: skip
    lines.save_lines(shop, order, [line()])
    run_action(shop, shop.registry.get("orders.order"), order, "confirm")
    watchers.said |= {"goods": goods, "money": money}
    closed = clear_orders(shop, [order.id])
    assert (order.state, [o.id for o in closed]) == (state, [order.id] if state == "closed" else [])
    if goods is None and money is None:
        assert missing(shop, [order.id]) == {}
    else:
        assert missing(shop, [order.id]) == {order.id: (goods or []) + (money or [])}
    if state == "closed":
        assert audit_history(shop, "orders.order", order.id)[0].action == "cleared"
        assert clear_orders(shop, [order.id]) == []  # once


def test_what_closed_by_itself_opens_again_when_something_is_missing(
    watchers: Watchers, shop: Ctx, order: CustomerOrder
) -> None:
    lines.save_lines(shop, order, [line()])
    entity = shop.registry.get("orders.order")
    run_action(shop, entity, order, "confirm")
    watchers.said |= {"goods": [], "money": []}
    clear_orders(shop, [order.id])
    watchers.said["money"] = [MONEY]
    assert clear_orders(shop, [order.id]) == [order]
    last = audit_history(shop, "orders.order", order.id)[0]
    assert (order.state, last.action, last.reason) == ("confirmed", "uncleared", "money is missing")
    assert clear_orders(shop, [order.id]) == []
    run_action(shop, entity, order, "close")  # a person says that nothing more is expected
    assert clear_orders(shop, [order.id]) == []
    assert order.state == "closed"


def test_a_draft_is_never_closed(watchers: Watchers, shop: Ctx, order: CustomerOrder) -> None:
    watchers.said["goods"] = []
    assert clear_orders(shop, [order.id]) == []
    assert order.state == "draft"

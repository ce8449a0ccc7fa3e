"""Every document says what comes next: in each state that is not its last, some action is declared to be the next step."""

from __future__ import annotations

import pytest

from core.kernel.hub import Hub

WAITS = {
    "receiving.receipt": {"posted"},  # inspected where that is switched on, else there
    "receiving.return": {"posted"},
    "factory_stock.issue": {"posted"},
    "factory_stock.goods_in": {"posted"},
    "proforma.invoice": {"current"},
}
"""States after which nothing has to follow."""


@pytest.mark.parametrize(
    "name",
    [
        "orders.order", "outsourcing.order", "purchasing.order", "receiving.receipt", "receiving.return",
        "factory_stock.issue", "factory_stock.goods_in", "shipping.shipment", "proforma.invoice", "claims.claim",
        "outsourcing.payment",
    ],
)  # fmt: skip
def test_a_next_step_in_every_state(hub: Hub, name: str) -> None:
    steps = [a for a in hub.registry.actions[name].values() if a.tone == "primary"]
    going = {s.code for s in hub.registry.get(name).states if not s.closed} - WAITS.get(name, set())
    served = {state for a in steps for state in (a.from_states or going)}
    assert going - served - ({"posted"} if name == "outsourcing.payment" else set()) == set()

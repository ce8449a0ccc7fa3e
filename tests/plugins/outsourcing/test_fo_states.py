"""The state machine as a table: every action in every state, and every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.api import Ctx, Refused
from core.base_api import Denied
from core.kernel.hub import Hub
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.outsourcing.conftest import attempt, do, picked, priced, sized

STATES = ("draft", "issued", "in_production", "completed", "closed", "cancelled")
# action → state → state after; a state that is not named refuses the action
MACHINE: dict[str, dict[str, str]] = {
    "issue": {"draft": "issued"},
    "withdraw": {"issued": "draft"},
    "revise": {"issued": "issued", "in_production": "in_production"},
    "start": {"issued": "in_production"},
    "complete": {"in_production": "completed"},
    "short_close": {"in_production": "completed"},
    "close": {"completed": "closed"},
    "cancel": {"draft": "cancelled", "issued": "cancelled"},
    "reopen": {
        "in_production": "issued",
        "completed": "in_production",
        "closed": "completed",
        "cancelled": "issued",
    },
    "add_work": {"draft": "draft"},
    "set_price": {"draft": "draft"},
    "set_quantities": {"draft": "draft"},
    "remove_line": {"draft": "draft"},
}
VALUES: dict[str, dict[str, Any]] = {
    "revise": {"style_prices": priced(ST_1="2.60"), "reason": "cotton went up"},
    "complete": {"statement": "factory manager, by phone"},
    "short_close": {"reason": "no more fabric"},
    "cancel": {"reason": "factory burnt down"},
    "reopen": {"reason": "by mistake"},
    "set_price": {"style": "ST-1", "price": "3"},
    "set_quantities": {"line": "1", "sizes": sized("NVY", S=10)},
    "remove_line": {"line": "2"},
}


def bring_to(ctx: Ctx, order: FactoryOrder, state: str) -> None:
    """The ordinary way to a state."""
    way: dict[str, list[str]] = {
        "draft": [],
        "issued": ["issue"],
        "in_production": ["issue", "start"],
        "completed": ["issue", "start", "complete"],
        "closed": ["issue", "start", "complete", "close"],
        "cancelled": ["issue", "cancel"],
    }
    for action in way[state]:
        do(ctx, order, action, **VALUES.get(action, {}))


def values(action: str, number: str) -> dict[str, Any]:
    return {"work": picked(number, "ST-2")} if action == "add_work" else VALUES.get(action, {})


@pytest.mark.usefixtures("unrecorded")
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(shop: Ctx, fo: FactoryOrder, so: Any, state: str, subtests: Any) -> None:
    bring_to(shop, fo, state)
    number = so.number
    for action, way in MACHINE.items():
        with subtests.test(action=action), attempt(shop):
            assert fo.state == state
            if state in way:
                do(shop, fo, action, **values(action, number))
                assert fo.state == way[state]
            else:
                with pytest.raises(Refused, match="is not possible"):
                    do(shop, fo, action, **values(action, number))
                assert fo.state == state


ROLES: dict[str, set[str]] = {
    "issue": {"merch", "mgr"}, "withdraw": {"merch", "mgr"}, "revise": {"merch", "mgr"}, "start": {"prod", "mgr"},
    "complete": {"prod", "mgr"}, "short_close": {"mgr"}, "close": {"fin", "mgr"}, "cancel": {"mgr"}, "reopen": {"mgr"},
    "add_work": {"merch", "mgr"}, "set_price": {"merch", "mgr"}, "remove_signed": {"mgr"}, "transfer": {"fin", "mgr"},
}  # fmt: skip


def test_who_may_do_what(hub: Hub) -> None:
    """Rights start with exactly these roles."""
    for action, roles in ROLES.items():
        assert set(hub.registry.permissions[f"outsourcing.order.{action}"].roles) == roles, action
    for action, roles in {
        "post": {"fin", "mgr"},
        "reverse": {"fin", "mgr"},
        "finalise": {"fin", "mgr"},
    }.items():
        assert set(hub.registry.permissions[f"outsourcing.payment.{action}"].roles) == roles, action


def test_a_right_that_is_missing_is_denied(
    shop: Ctx, issued: FactoryOrder, ctx_as: Callable[..., Any]
) -> None:
    number = issued.id
    shop.session.commit()
    with ctx_as("qc") as ctx:
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, number))
        with pytest.raises(Denied):
            do(ctx, row, "start")


@pytest.mark.usefixtures("unrecorded")
def test_reopening_goes_back_step_by_step(shop: Ctx, fo: FactoryOrder) -> None:
    bring_to(shop, fo, "closed")
    seen = []
    while fo.state in ("closed", "completed", "in_production"):
        do(shop, fo, "reopen", reason="step back")
        seen.append(fo.state)
    assert seen == ["completed", "in_production", "issued"]


def test_a_cancelled_draft_reopens_as_a_draft(shop: Ctx, fo: FactoryOrder) -> None:
    do(shop, fo, "cancel", reason="second thoughts")
    do(shop, fo, "reopen", reason="third thoughts")
    assert fo.state == "draft"
    assert fo.snapshot is None


def test_withdraw_drops_the_snapshot_and_raises_the_revision(shop: Ctx, issued: FactoryOrder) -> None:
    assert issued.snapshot is not None
    do(shop, issued, "withdraw")
    assert (issued.state, issued.snapshot, issued.revision, issued.issue_date) == ("draft", None, 1, None)
    do(shop, issued, "issue")
    assert issued.snapshot is not None
    assert issued.snapshot.revision == 1

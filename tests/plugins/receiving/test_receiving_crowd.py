"""Eight processes receive, issue and reverse the same items through the services: nothing is lost, doubled or oversold.

``HUB_TEST_SECONDS`` sets for how long (4). The long run is ``python -m bench crowd``.
"""

from __future__ import annotations

import os

import pytest

from bench import crowd
from core.base_api import TenantInfo
from core.kernel.hub import Hub

SECONDS = float(os.environ.get("HUB_TEST_SECONDS", "4"))


@pytest.mark.thorough
@pytest.mark.crowd
def test_everything_acknowledged_is_there_and_nothing_else(hub: Hub, tenant: TenantInfo) -> None:
    crowd.furnish(hub, tenant)
    told = crowd.crowd(hub, tenant, SECONDS)
    assert crowd.faults(hub, tenant, told) == []
    done = [entity for account in told for entity, _row, _back in account.done]
    assert {crowd.RECEIPT, crowd.ISSUE} == set(done)
    assert any(back for account in told for _entity, _row, back in account.done), "nothing was reversed"
    assert sum(account.refused for account in told) > 0, "nobody ran out of stock: nothing was at stake"


def test_the_account_would_notice(hub: Hub, tenant: TenantInfo) -> None:
    """One acknowledged document taken off the books, one kilogram too many, one document never acknowledged."""
    crowd.furnish(hub, tenant)
    person, account = crowd.Person(1), crowd.Account()
    for _ in range(200):
        try:
            with hub.context(tenant) as ctx:
                entity, row_id, back, moved = person.plan()(ctx)
        except crowd.Refused:
            continue
        account.done[entity, row_id, back] += 1
        account.stock.update(moved)
        if len(account.done) == 6:
            break
    assert crowd.faults(hub, tenant, [account]) == []
    account.stock[next(iter(account.stock))] += 1000
    assert any("in the store" in fault for fault in crowd.faults(hub, tenant, [account]))
    account.stock[next(iter(account.stock))] -= 1000
    lost = next(iter(account.done))
    del account.done[lost]
    assert any("kept and not acknowledged" in fault for fault in crowd.faults(hub, tenant, [account]))

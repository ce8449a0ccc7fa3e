"""Instalments that are due, on the tile, among alerts and tasks; drafts, contracts and starts that wait for somebody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.api import Ctx
from plugins.outsourcing.models import Contract, FactoryOrder
from plugins.outsourcing.services import due
from plugins.outsourcing.shown import alerts, hub_page, tasks
from tests.plugins.outsourcing.test_fo_payments import D, pay
from tests.plugins.outsourcing.test_fo_revise import signed

TODAY = date(2026, 11, 23)


def sign(ctx: Ctx, order: FactoryOrder, days: int) -> None:
    """Signed so many days from today; 30 % are due that day."""
    signed(ctx, order)
    ctx.session.execute(update(Contract).values(signed_on=TODAY + timedelta(days=days)))


@pytest.mark.parametrize(
    ("days", "listed", "late"), [(-3, 1, True), (0, 1, False), (7, 1, False), (8, 0, False)]
)
def test_the_day_decides(shop: Ctx, issued: FactoryOrder, days: int, listed: int, late: bool) -> None:
    assert due.instalments(shop) == []  # nothing is due before the contract is signed
    sign(shop, issued, days)
    found = due.instalments(shop)
    assert [(each.order.number, each.part.open, each.part.overdue) for each in found] == [
        (issued.number, D(675), late)
    ] * listed  # 30 % of 2,250
    tile = next(t for t in hub_page.tiles(shop) if "Payments due" in str(t.label))
    assert (tile.value, tile.tone) == (listed, "bad" if late else "warn" if listed else "good")
    assert len(alerts.overdue(shop)) == int(late)


def test_what_was_paid_is_no_longer_due(shop: Ctx, issued: FactoryOrder) -> None:
    sign(shop, issued, -3)
    pay(shop, issued, "600")
    (left,) = due.instalments(shop)
    assert left.part.open == D(75)
    assert "75.00" in left.text(shop)
    (task,) = (t for t in tasks.tasks(shop) if "Pay" in str(t.label))
    assert (task.subject, task.due, task.tone) == (issued.number, TODAY - timedelta(days=3), "bad")
    pay(shop, issued, "75")
    assert due.instalments(shop) == []


def test_terms_hold_as_they_were_issued(shop: Ctx, issued: FactoryOrder) -> None:
    from plugins.catalog.models import PaymentTermLine

    sign(shop, issued, -3)
    shop.session.execute(update(PaymentTermLine).values(days=365))
    assert len(due.instalments(shop)) == 1


def labels(ctx: Ctx) -> list[str]:
    return sorted({str(task.label) for task in tasks.tasks(ctx)})


def test_what_waits_for_whom(shop: Ctx, issued: FactoryOrder, ctx_as: Any) -> None:
    sign(shop, issued, -3)
    shop.session.execute(update(FactoryOrder).values(contract_status="none"))
    shop.session.commit()
    for role, expected in (
        ("merch", ["Make the contract"]),
        ("prod", ["Start production"]),
        ("fin", ["Pay 675.00 CNY"]),
        ("wh", []),
        ("mgr", ["Make the contract", "Pay 675.00 CNY", "Start production"]),
    ):
        with ctx_as(role, write=False) as ctx:
            assert [w.replace("USD", "CNY") for w in labels(ctx)] == expected, role


def test_production_that_waits_for_a_signature_is_not_called_ready(shop: Ctx, issued: FactoryOrder) -> None:
    shop.set_setting("outsourcing.require_signed_contract", True)
    assert "Start production" not in labels(shop)
    signed(shop, issued)
    assert "Start production" in labels(shop)


def test_a_contract_unsigned_for_long_is_marked(shop: Ctx, issued: FactoryOrder) -> None:
    def tone() -> str:
        return next(t.tone for t in tasks.tasks(shop) if "contract" in str(t.label))

    assert tone() == "neutral"
    issued.issue_date = TODAY - timedelta(days=11)
    shop.session.flush()
    assert tone() == "warn"


def test_drafts_are_for_those_who_began_them(shop: Ctx, ctx_as: Any) -> None:
    from sqlalchemy import select

    from core.entities import crud
    from plugins.catalog.models import Partner

    shop.session.commit()
    with ctx_as("merch") as amy:
        factory = amy.session.scalars(select(Partner).where(Partner.code == "F1")).one()
        mine = crud.save_row(amy, amy.registry.get("outsourcing.order"), None, {"factory": factory}).number
    with ctx_as("merch", write=False) as amy:
        assert [t.subject.split()[0] for t in tasks.tasks(amy) if "draft" in str(t.label)] == [mine]
    with ctx_as("mgr", write=False) as other:
        assert not [t for t in tasks.tasks(other) if "draft" in str(t.label)]


def test_a_fixed_number_of_queries(shop: Ctx, issued: FactoryOrder, count_queries: Any) -> None:
    sign(shop, issued, -3)
    shop.session.commit()
    with count_queries() as log:
        assert due.instalments(shop)
    assert log.count <= 5, log

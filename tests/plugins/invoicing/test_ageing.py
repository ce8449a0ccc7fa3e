"""What is owed by age, at any day, in base currency; the oldest instalments are settled first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused, run_action
from plugins.invoicing.services import ageing, drafting
from plugins.invoicing.services.sides import PURCHASES, SALES
from plugins.invoicing.shown import hub_page
from plugins.invoicing.testing import make_invoice, make_payment
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order

D = Decimal


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, "current"), (1, "d30"),
     (30, "d30"), (31, "d60"), (60, "d60"), (61, "d90"), (90, "d90"), (91, "older"), (9999, "older")],
)  # fmt: skip
def test_buckets(days: int, bucket: str) -> None:
    assert ageing.bucket_of(days) == bucket


def test_instalments_left_are_the_last_ones() -> None:
    dues = [(date(2026, 1, 1), D(30)), (date(2026, 2, 1), D(70))]
    assert ageing._open_dues(dues, D(70)) == [(date(2026, 2, 1), D(70))]
    assert ageing._open_dues(dues, D(80)) == [(date(2026, 2, 1), D(70)), (date(2026, 1, 1), D(10))]
    assert ageing._open_dues(dues, D(-5)) == [(date.max, D(-5))]


def test_as_it_was_at_any_day(office: Ctx, sold: CustomerOrder) -> None:
    row = make_invoice(office, sold)
    today = office.today()
    make_payment(office, row, "500")
    (now,) = ageing.documents(office, SALES, today)
    assert (now.open, now.buckets["current"]) == (D("1000.00"), now.total)
    (later,) = ageing.documents(office, SALES, today + timedelta(days=45))
    assert later.buckets["d60"] == later.total
    assert later.days == 45
    assert ageing.documents(office, SALES, today - timedelta(days=1)) == []
    assert ageing.documents(office, PURCHASES, today) == []
    (partner,) = ageing.by_partner(office, [now])
    assert partner.total == now.total == sum(ageing.sums([now]).values())
    assert ageing.overdue(office, SALES) == ageing.Overdue(0, D(0))


def test_the_hub_page_tells_what_is_overdue(
    office: Ctx, sold: CustomerOrder, client_as: Any, monkeypatch: Any
) -> None:
    row = drafting.invoice_goods(office, [sold], office.today() - timedelta(days=40))
    run_action(office, office.registry.entity_for(row), row, "issue")
    make_payment(office, row, "500")
    office.session.commit()
    late = ageing.overdue(office, SALES)
    (debt,) = ageing.documents(office, SALES, office.today())
    assert (late.count, late.worth) == (1, debt.total - debt.buckets["current"])
    assert late.worth == D("32000")  # 1,000.00 USD
    label = "Receivable overdue in TWD"
    for role, sees in (("fin", True), ("wh", False)):
        page = client_as(role).get("/").text
        assert (label in page, "32,000" in page, "1 invoices are overdue" in page) == (sees, sees, sees)
    told = [tile for tile in hub_page.tiles(office) if str(tile.label) == label]
    assert [(tile.value, tile.href) for tile in told] == [(D("32000"), "/invoicing/ageing/?sort=-days")]

    def unknown(*_asked: Any) -> None:
        raise Refused("no rate")

    office.memo.clear()
    monkeypatch.setattr(ageing, "rate_to_base", unknown)
    assert ageing.overdue(office, SALES) == ageing.Overdue(1, None)  # the alert stays, the figure is left out
    assert label not in [str(tile.label) for tile in hub_page.tiles(office)]


def test_what_was_paid_later_was_open_then(office: Ctx, sold: CustomerOrder) -> None:
    today = office.today()
    row = drafting.invoice_goods(office, [sold], today - timedelta(days=10))
    run_action(office, office.registry.entity_for(row), row, "issue")
    make_payment(office, row, "500")
    for day, left in (
        (today - timedelta(days=11), []),
        (today - timedelta(days=1), [D(1500)]),
        (today, [D(1000)]),
    ):
        assert [debt.open for debt in ageing.documents(office, SALES, day)] == left, day


def test_statements_do_not_grow_with_documents(office: Ctx, count_queries: Any) -> None:
    def cost() -> int:
        office.session.expire_all()
        office.memo.clear()
        with count_queries() as seen:
            ageing.by_partner(office, ageing.documents(office, SALES, office.today()))
        return seen.count  # type: ignore[no-any-return]

    make_invoice(office, make_order(office, customer_po="A-1"))
    first = cost()
    for n in range(3):
        make_invoice(office, make_order(office, customer=f"C{n}", customer_po=f"A-{n + 2}"))
    assert cost() == first

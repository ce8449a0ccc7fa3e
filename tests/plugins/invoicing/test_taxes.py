"""Tax: on the subtotal of each rate, rounded once; parts add up; which code holds; the rate of a customer order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.api import Ctx, Refused, save_row
from plugins.catalog.models import Partner, Style
from plugins.invoicing.models import TaxCode
from plugins.invoicing.services import drafting, taxing, terms
from plugins.orders.models import CustomerOrder
from tests.support.order import examples

D = Decimal


@pytest.mark.parametrize(
    ("amount", "pct", "included", "decimals", "tax"),
    [
        ("100.00", "5", False, 2, "5.00"),
        ("0.10", "5", False, 2, "0.01"),  # 0.005 up
        ("105.00", "5", True, 2, "5.00"),
        ("100.00", "5", True, 2, "4.76"),
        ("1001", "5", False, 0, "50"),
        ("100.00", "0", False, 2, "0.00"),
        ("-100.00", "5", False, 2, "-5.00"),
    ],
)
def test_tax_of_an_amount(amount: str, pct: str, included: bool, decimals: int, tax: str) -> None:
    assert taxing.tax_of(D(amount), D(pct), included, decimals) == D(tax)


lines = st.lists(
    st.tuples(st.integers(-5000, 99999), st.sampled_from((0, 5, 13)), st.booleans()), min_size=1, max_size=12
)


@settings(max_examples=examples(30, 300))
@given(lines)
def test_parts_add_up_to_the_tax_on_the_subtotal(given_lines: list[tuple[int, int, bool]]) -> None:
    rows: list[Any] = [
        SimpleNamespace(
            amount=D(cents) / 100, tax_code_id=None, tax_pct=D(pct), included=inc, tax=D(0), total=D(0)
        )
        for cents, pct, inc in given_lines
    ]
    groups = taxing.spread_tax(rows, 2)
    for group in groups:
        mine = [r for r in rows if (r.tax_pct, r.included) == (group.pct, group.included)]
        whole = sum(r.amount for r in mine)
        assert sum(r.tax for r in mine) == group.tax == taxing.tax_of(whole, group.pct, group.included, 2)
        assert sum(r.total for r in mine) == group.base + group.tax
    assert [(g.base, g.tax) for g in taxing.grouped(rows)] == [(g.base, g.tax) for g in groups]


def _code(ctx: Ctx, code: str, pct: str, *rules: dict[str, Any], included: bool = False) -> TaxCode:
    entity = ctx.registry.get("invoicing.tax")
    rates = [{"valid_from": date(2020, 1, 1), "pct": D(pct)}, {"valid_from": date(2030, 1, 1), "pct": D(50)}]
    row: TaxCode = save_row(
        ctx,
        entity,
        None,
        {"code": code, "name": code, "included": included, "active": True, "exempt_reason": "export"},
        {"rates": rates, "rules": list(rules)},
    )
    return row


def test_the_rule_that_names_most_holds(office: Ctx, sold: CustomerOrder) -> None:
    customer = office.session.scalars(select(Partner).where(Partner.id == sold.customer_id)).one()
    style = office.session.scalars(select(Style)).first()
    assert style is not None
    line = sold.lines[0]
    _code(office, "ALL", "1", {})
    _code(office, "CUST", "2", {"customer": customer})
    _code(office, "DEST", "3", {"destination": line.destination})
    rules = taxing.Rules(office, [sold], office.today())
    assert rules.rate(sold, style.id, line.destination_id).pct == 2
    _code(office, "STYLE", "4", {"style": style})
    _code(office, "BOTH", "6", {"customer": customer, "destination": line.destination})
    rules = taxing.Rules(office, [sold], office.today())
    assert rules.rate(sold, style.id, line.destination_id).pct == 6
    assert rules.rate(sold, style.id, None).pct == 4
    for day, pct in (
        (date(2019, 12, 31), 0),
        (date(2020, 1, 1), 4),
        (date(2029, 12, 31), 4),
        (date(2030, 1, 1), 50),
    ):
        assert taxing.Rules(office, [sold], day).rate(sold, style.id, None).pct == pct, day


def test_the_order_shows_the_rate_of_its_code(office: Ctx, sold: CustomerOrder) -> None:
    entity = office.registry.get("orders.order")
    save_row(office, entity, sold, {"tax_code": _code(office, "VAT", "5")})
    assert sold.tax_pct == 5
    save_row(office, entity, sold, {"tax_code": _code(office, "VATI", "5", included=True)})
    assert sold.tax_pct == 0
    row = drafting.invoice_goods(office, [sold], office.today())
    assert (row.subtotal, row.tax, row.total) == (D("1428.57"), D("71.43"), D("1500.00"))


def test_what_is_wrong_with_a_code(office: Ctx) -> None:
    entity = office.registry.get("invoicing.tax")
    head = {"code": "X", "name": "X", "included": False, "active": True, "exempt_reason": ""}
    with pytest.raises(Refused, match="A rate is needed"):
        save_row(office, entity, None, head, {"rates": [], "rules": []})
    rate = {"valid_from": date(2020, 1, 1), "pct": D(0)}
    with pytest.raises(Refused, match="Say why nothing is taxed"):
        save_row(office, entity, None, head, {"rates": [rate], "rules": []})


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("lines", "total", "advance", "said"),
    [
        ((), "100", "0", [("2026-11-23", "100")]),
        ((("30", "contract_signed", 0), ("70", "bl_date", 7)), "100", "0", [("2026-11-23", "30.00"), ("2026-11-30", "70.00")]),
        ((("30", "contract_signed", 0), ("70", "bl_date", 7)), "70", "30", [("2026-11-30", "70.00")]),
        ((("100", "month_end_of_receipt", 60),), "99.99", "0", [("2027-01-29", "99.99")]),
        ((("33.33", "shipment", 0), ("33.33", "shipment", 30), ("33.34", "shipment", 60)), "0.02", "0",
         [("2026-11-23", "0.01"), ("2026-12-23", "0.01")]),
    ],
)  # fmt: skip
def test_instalments(lines: Any, total: str, advance: str, said: Any) -> None:
    term: Any = SimpleNamespace(lines=[SimpleNamespace(pct=D(p), trigger=t, days=d) for p, t, d in lines])
    found = terms.instalments(term, D(total), D(advance), DAY, 2)
    assert [(i.due_on.isoformat(), str(i.amount)) for i in found] == said
    assert sum(i.amount for i in found) == D(total)

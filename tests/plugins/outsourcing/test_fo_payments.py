"""Payments, progress and the schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import Ctx, Refused, Stale
from core.base_api import Currency, ExchangeRate, TenantInfo
from core.entities import crud
from core.kernel.hub import Hub
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, Payment
from plugins.outsourcing.services import paid, payments, schedule
from plugins.outsourcing.services.paid import PaidFigures
from tests.plugins.outsourcing.conftest import attempt, do, made, picked

D = Decimal


def split(order: FactoryOrder, **given: Any) -> dict[str, Any]:
    return {"order": order, "amount": None, "rate": None, "applied": None, **given}


def draft(
    ctx: Ctx, order: FactoryOrder, amount: str, splits: list[dict[str, Any]] | None = None, **data: Any
) -> Payment:
    """A payment as the form saves it."""
    values = {
        "factory": order.factory, "paid_on": date(2026, 11, 20), "kind": "progress", "currency": order.currency,
        "amount": D(amount), "bank_fee": None, "reference": "", "notes": "", **data,
    }  # fmt: skip
    row: Payment = crud.save_row(
        ctx, ctx.registry.get("outsourcing.payment"), None, values, {"splits": splits or [split(order)]}
    )
    return row


def pay(
    ctx: Ctx, order: FactoryOrder, amount: str, splits: list[dict[str, Any]] | None = None, **data: Any
) -> Payment:
    """Saved and posted."""
    row = draft(ctx, order, amount, splits, **data)
    do(ctx, row, "post")
    return row


def figures(ctx: Ctx, order: FactoryOrder) -> PaidFigures:
    return paid.of_order(ctx, order)


def test_only_posted_payments_count(shop: Ctx, issued: FactoryOrder) -> None:
    row = draft(shop, issued, "675")
    assert (row.number, figures(shop, issued).paid) == ("PY-2026-0001", 0)
    do(shop, row, "post")
    now = figures(shop, issued)
    assert (now.paid, now.progress, now.balance) == (D(675), D("30.00"), D(1575))
    do(shop, row, "reverse", reason="wrong bank")
    assert figures(shop, issued).paid == 0


def test_other_currency_rate_fee_and_what_the_factory_acknowledged(shop: Ctx, issued: FactoryOrder) -> None:
    row = pay(shop, issued, "7200", currency="CNY", bank_fee=D("30"))
    assert (row.splits[0].rate, row.splits[0].applied) == (D("0.1375"), D("990.00"))  # 4.40 ÷ 32
    less = pay(shop, issued, "1000", [split(issued, applied=D("985.00"))])
    assert less.splits[0].applied == D(985)
    assert figures(shop, issued).paid == D("1975")
    third = pay(shop, issued, "10000", [split(issued, rate=D("0.0066"))], currency="JPY")
    assert third.splits[0].applied == D("66.00")


def test_what_is_applied_is_rounded_once_and_its_rate_is_for_reading(shop: Ctx, issued: FactoryOrder) -> None:
    shop.session.add(Currency(code="VND", decimals=0))
    for code, rate in (("USD", "31.5"), ("VND", "0.00125")):
        shop.session.add(ExchangeRate(currency=code, valid_from=date(2026, 2, 1), rate=D(rate)))
    shop.session.flush()
    part = draft(shop, issued, "325000000", currency="VND").splits[0]
    assert (part.rate, part.applied) == (D("0.0000396825"), D("12896.83"))


def test_one_transfer_for_two_factory_orders(shop: Ctx, issued: FactoryOrder, so: CustomerOrder) -> None:
    other = made(shop, currency="CNY")
    do(shop, other, "add_work", work=picked(so.number, "ST-2"))
    do(shop, other, "set_price", style="ST-2", price="10")
    do(shop, other, "issue")
    pay(shop, issued, "1000", [split(issued, amount=D(600)), split(other, amount=D(400), rate=D("7.2"))])
    assert (figures(shop, issued).paid, figures(shop, other).paid) == (D(600), D("2880"))
    assert figures(shop, other).progress == D("96.00")


def wrong(ctx: Ctx, issued: FactoryOrder, what: str) -> dict[str, Any]:
    cases: dict[str, dict[str, Any]] = {
        "zero": {"amount": D(0)},
        "negative": {"amount": D(-5)},
        "decimals": {"amount": D("1.005")},
        "no split": {"splits": []},
        "twice": {"splits": [split(issued, amount=D(50)), split(issued, amount=D(50))]},
        "sum": {"splits": [split(issued, amount=D(99))]},
        "rate": {"splits": [split(issued, rate=D("1.1"))]},
        "zero rate": {"splits": [split(issued, rate=D(0))], "currency": "CNY"},
        "applied": {"splits": [split(issued, applied=D("10.001"))]},
        "negative applied": {"splits": [split(issued, applied=D(-1))]},
        "factory": {"factory": crud.get_row(ctx, ctx.registry.get("catalog.partner"), "F2")},
    }
    return cases[what]


WRONG = {
    "zero": "amount", "negative": "amount", "decimals": "amount", "no split": "splits", "twice": "splits-1-order",
    "sum": "splits", "rate": "splits-0-rate", "zero rate": "splits-0-rate", "applied": "splits-0-applied",
    "negative applied": "splits-0-applied", "factory": "splits-0-order",
}  # fmt: skip


def test_bad_payments_are_refused_at_their_input(shop: Ctx, issued: FactoryOrder, subtests: Any) -> None:
    entity = shop.registry.get("outsourcing.payment")
    for what, field in WRONG.items():
        case = wrong(shop, issued, what)
        splits, amount = case.pop("splits", [split(issued)]), case.pop("amount", D(100))
        values = {"factory": issued.factory, "paid_on": date(2026, 11, 20), "kind": "deposit", "currency": "USD",
                  "bank_fee": None, "reference": "", "notes": "", **case, "amount": amount}  # fmt: skip
        with subtests.test(what=what), attempt(shop):
            with pytest.raises(Refused) as caught:
                crud.save_row(shop, entity, None, values, {"splits": splits})
            assert field in {p.field for p in caught.value.problems}


def test_a_draft_or_closed_order_is_not_paid(shop: Ctx, fo: FactoryOrder) -> None:
    row = draft(shop, fo, "100")
    with pytest.raises(Refused, match="is Draft and cannot be paid"):
        do(shop, row, "post")


def test_refunds_count_negative_and_never_exceed(shop: Ctx, issued: FactoryOrder) -> None:
    first = pay(shop, issued, "500", kind="deposit")
    back = pay(shop, issued, "200", kind="refund")
    assert figures(shop, issued).paid == D(300)
    with pytest.raises(Refused, match="only 300 USD was paid"):
        pay(shop, issued, "301", kind="refund")
    with pytest.raises(Refused, match="more would have come back"):
        do(shop, first, "reverse", reason="x")
    do(shop, back, "reverse", reason="x")
    do(shop, first, "reverse", reason="x")


def test_a_final_payment_is_locked(shop: Ctx, issued: FactoryOrder) -> None:
    row = pay(shop, issued, "500")
    do(shop, row, "finalise")
    with pytest.raises(Refused, match="final and locked"):
        do(shop, row, "reverse", reason="x")
    with pytest.raises(Refused, match="can no longer be edited"):
        crud.save_row(shop, shop.registry.get("outsourcing.payment"), row, {"amount": D(1)})


def test_overpaid_shows_the_true_value(shop: Ctx, issued: FactoryOrder) -> None:
    from plugins.outsourcing.entities.orders import payment_text

    pay(shop, issued, "3450")
    found = figures(shop, issued)
    assert (found.progress, found.overpaid, found.bar) == (D("153.33"), D(1200), (D(100), D(0)))
    assert payment_text(found, "USD", 2) == "153.33% · overpaid 1,200.00 USD"


def test_adjustments_change_what_is_payable_not_the_denominator(shop: Ctx, issued: FactoryOrder) -> None:
    entity = shop.registry.get("outsourcing.adjustment")

    def note(amount: str) -> Any:
        values = {"order": issued, "agreed_on": date(2026, 11, 20), "amount": D(amount), "reason": "late"}
        return crud.save_row(shop, entity, None, values)

    debit, credit, never = note("-250"), note("25"), note("-1000")
    assert debit.number == "AD-2026-0001"
    assert figures(shop, issued).payable == D(2250)
    do(shop, debit, "agree")
    do(shop, credit, "agree")
    do(shop, never, "cancel", reason="not agreed")
    pay(shop, issued, "1125")
    found = figures(shop, issued)
    assert (found.payable, found.balance, found.progress) == (D(2025), D(900), D("50.00"))
    assert (found.deductions, found.credits, found.bar) == (D(-250), D(25), (D("50.00"), D("11.11")))
    rows = schedule.of_order(shop, issued, found)
    assert [(r.amount, r.adjustment, r.paid, r.open) for r in rows] == [
        (D(675), D(0), D(675), D(0)),
        (D(1575), D(-225), D(450), D(900)),
    ]
    do(shop, credit, "cancel", reason="slip")
    assert figures(shop, issued).payable == D(2000)


def test_the_deposit_of_a_cancelled_order_moves(shop: Ctx, issued: FactoryOrder, so: CustomerOrder) -> None:
    pay(shop, issued, "675", kind="deposit")
    do(shop, issued, "cancel", reason="style dropped")
    assert (figures(shop, issued).refundable, figures(shop, issued).payable) == (D(675), D(0))
    other = made(shop)
    do(shop, other, "add_work", work=picked(so.number, "ST-2"))
    do(shop, other, "set_price", style="ST-2", price="3")
    with pytest.raises(Refused, match="cannot be paid"):
        do(shop, issued, "transfer", to=other.number)
    do(shop, other, "issue")
    with pytest.raises(Refused, match="At most 675 USD"):
        do(shop, issued, "transfer", to=other.number, amount="676")
    do(shop, issued, "transfer", to=other.number, amount="600")
    assert (figures(shop, issued).refundable, figures(shop, other).paid) == (D(75), D(600))
    found = [p for p in shop.session.query(Payment).order_by(Payment.id) if p.pair_id]
    assert [(p.kind, p.state) for p in found] == [("refund", "posted"), ("deposit", "posted")]
    assert (found[0].pair_id, found[1].pair_id) == (found[1].id, found[0].id)


def test_exchange_difference(shop: Ctx, issued: FactoryOrder) -> None:
    from core.data.records import ExchangeRate

    issued.issue_date = date(2026, 11, 19)
    shop.session.add(ExchangeRate(currency="USD", valid_from=date(2026, 11, 21), rate=D("32.5")))
    row = pay(shop, issued, "101", paid_on=date(2026, 11, 22))
    assert payments.exchange_difference(shop, row) == D(51)  # 101 × 0.5, whole TWD, half up
    back = pay(shop, issued, "101", kind="refund", paid_on=date(2026, 11, 22))
    assert payments.exchange_difference(shop, back) == D(-51)


def test_what_is_dated_ahead_does_not_count(shop: Ctx, issued: FactoryOrder, so: CustomerOrder) -> None:
    """Not as a draft, not where a draft was kept before, not moved on; an agreement neither."""
    tomorrow = shop.today() + timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        draft(shop, issued, "100", paid_on=tomorrow)
    row, entity = draft(shop, issued, "100"), shop.registry.get("outsourcing.adjustment")
    row.paid_on = tomorrow
    with pytest.raises(Refused, match="future"):
        do(shop, row, "post")
    given = {"order": issued, "agreed_on": tomorrow, "amount": D(-5), "reason": "late"}
    with pytest.raises(Refused, match="future"):
        crud.save_row(shop, entity, None, given)
    note = crud.save_row(shop, entity, None, {**given, "agreed_on": shop.today()})
    note.agreed_on = tomorrow
    with pytest.raises(Refused, match="future"):
        do(shop, note, "agree")
    assert figures(shop, issued).paid == 0


def test_a_payment_somebody_changed_meanwhile(shop: Ctx, issued: FactoryOrder) -> None:
    row = draft(shop, issued, "100")
    seen = row.version
    entity = shop.registry.get("outsourcing.payment")
    crud.save_row(shop, entity, row, {"reference": "TT-1"}, version=seen)
    with pytest.raises(Stale):
        crud.save_row(shop, entity, row, {"reference": "TT-2"}, version=seen)


# --- schedule -----------------------------------------------------------------------------------------------------------


def test_the_schedule_waits_for_its_triggers(shop: Ctx, issued: FactoryOrder) -> None:
    from tests.plugins.outsourcing.test_fo_revise import signed

    first, second = schedule.of_order(shop, issued, figures(shop, issued))
    assert (first.due, first.due_on, second.due, second.due_on) == (D(675), None, D(1575), None)
    signed(shop, issued)  # on 20 November
    first, second = schedule.of_order(shop, issued, figures(shop, issued))
    assert (first.due_on, first.overdue, second.due_on) == (date(2026, 11, 20), True, None)
    pay(shop, issued, "700")
    first, second = schedule.of_order(shop, issued, figures(shop, issued))
    assert (first.open, first.overdue, second.paid) == (0, False, D(25))


@given(
    st.decimals(0, 10**6, places=2),
    st.lists(st.integers(1, 97), min_size=0, max_size=4),
    st.sampled_from([0, 2]),
)
def test_instalments_add_up(total: Decimal, shares: list[int], decimals: int) -> None:
    total = total.quantize(D(1).scaleb(-decimals))
    rest = max(1, 100 - sum(shares))
    parts = schedule.amounts_of(total, [D(s) for s in [*shares, rest]], decimals)
    assert sum(parts) == total
    assert all(part == part.quantize(D(1).scaleb(-decimals)) for part in parts)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=4), st.integers(-3000, 500), st.integers(-50, 3000))
def test_settling_loses_nothing(amounts: list[int], adjustment: int, money: int) -> None:
    parts = [D(a) for a in amounts]
    changes = schedule.settle(parts, D(adjustment))
    assert sum(changes) == adjustment
    due = [p + c for p, c in zip(parts, changes, strict=True)]
    if adjustment >= -sum(amounts):
        assert all(d >= 0 for d in due)
    assert sum(schedule.share_paid(due, D(money))) == money


PROGRESS = [
    ("74648.00", "36754.40", "49.24"), ("0", "0", None), ("0", "5", None), ("3", "1", "33.33"), ("100", "0", "0.00"),
    ("100", "-5", "-5.00"), ("2250", "3450", "153.33"),
]  # fmt: skip


@pytest.mark.parametrize(("total", "done", "percent"), PROGRESS)
def test_progress(total: str, done: str, percent: str | None) -> None:
    assert PaidFigures(D(total), D(done)).progress == (None if percent is None else D(percent))


def test_the_demo_figures(hub: Hub, demo_tenant: TenantInfo) -> None:
    """FO-2026-0001: 4 lines, 3 orders, 3 destinations, 6,160 pieces, CNY 74,648.00; paid 36,754.40; 49.24 %."""
    with hub.context(demo_tenant, write=False) as ctx:
        entity = ctx.registry.get("outsourcing.order")
        shown: dict[str, Any] = {}
        for number in ("FO-2026-0001", "FO-2026-0002", "FO-2026-0003"):
            row = crud.get_row(ctx, entity, number)
            found = entity.figures(ctx, row)  # type: ignore[misc]
            shown[number] = (
                row.state, row.contract_status, len(found["lines"]), found["orders"], found["destinations"], found["qty"],
                found["currency"], found["total"], found["paid"], found["progress"],
            )  # fmt: skip
        first = entity.figures(ctx, crud.get_row(ctx, entity, "FO-2026-0001"))  # type: ignore[misc]
    assert shown == {
        "FO-2026-0001": (
            "in_production",
            "signed",
            4,
            3,
            3,
            6160,
            "CNY",
            D("74648.00"),
            D("36754.40"),
            D("49.24"),
        ),
        "FO-2026-0002": ("issued", "generated", 3, 3, 2, 3380, "USD", D("8528.00"), D("2558.40"), D("30.00")),
        "FO-2026-0003": ("draft", "none", 3, 2, 3, 2810, "USD", D("12611.00"), D(0), D("0.00")),
    }
    assert first["by_style"] == {"ST-2601": 3360, "ST-2602": 2800}
    assert first["by_destination"] == {"US-LAX": 2520, "US-NYC": 1840, "DE-HAM": 1800}
    assert first["balance"] == D("37893.60")
    assert [(s["due"], s["paid"]) for s in first["schedule"]] == [
        (D("22394.40"), D("22394.40")),
        (D("52253.60"), D("14360.00")),
    ]


def test_two_people_number_without_a_gap(shop: Ctx, ctx_as: Callable[..., Any]) -> None:
    shop.session.commit()
    numbers = []
    for role in ("merch", "mgr", "merch"):
        with ctx_as(role) as ctx:
            numbers.append(made(ctx).number)
    assert numbers == ["FO-2026-0001", "FO-2026-0002", "FO-2026-0003"]

"""Factory orders and payments of the demo tenant, brought in through the services that people use."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx, EntityName, advance_series, record_save, run_action
from core.db import flush_rows
from plugins.catalog.api import Partner, Style
from plugins.outsourcing.models import FactoryOrder, Payment, PaymentSplit
from plugins.outsourcing.services import contracts, prices

FOLDER = Path(__file__).parent
ORDER, PAYMENT = EntityName("outsourcing.order"), EntityName("outsourcing.payment")
SIGNED = {"FO-2026-0001": "2026-09-29"}
"""Day the factory signed: the day before the deposit."""
STARTED = {"FO-2026-0001": "2026-11-10"}
"""Day cutting began."""


def load(ctx: Ctx, shift: int) -> None:
    """The three factory orders in their states, and their payments; every date moves by ``shift`` days.

    Twice is harmless. Needs the customer orders of the demo tenant.
    """
    if ctx.session.scalar(select(FactoryOrder.id).limit(1)) is not None:
        return
    lines: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _read("factory_order_lines.csv"):
        lines[row["fo"]].append(row)
    heads = yaml.safe_load((FOLDER / "factory_orders.yaml").read_text(encoding="utf-8"))["factory_orders"]
    paid: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _read("payments.csv"):
        paid[row["factory_order"]].append(row)
    numbered: list[str] = []
    for head in heads:
        order = _order(ctx, head, lines[head["no"]], shift)
        for row in paid[head["no"]]:
            _payment(ctx, order, row, shift)
            numbered.append(row["payment"])
        if head["state"] == "in_production":
            order.started_on = _day(STARTED[order.number], shift)
            # it was started on its day; what stands in the way while loading, when nothing has come yet, is passed over
            run_action(ctx, ctx.registry.get(ORDER), order, "start", head["start"])
    _advance(ctx, "factory_order", [head["no"] for head in heads])
    _advance(ctx, "payment", numbered)


def _order(ctx: Ctx, head: dict[str, Any], lines: list[dict[str, str]], shift: int) -> FactoryOrder:
    entity = ctx.registry.get(ORDER)
    factory = ctx.session.scalars(select(Partner).where(Partner.code == head["factory"])).one()
    order = FactoryOrder(
        number=head["no"], state="draft", contract_status="none", factory_id=factory.id, factory=factory,
        currency=head["currency"], order_date=_day(head["created"], shift), incoterm=factory.incoterm or "",
        terms_id=factory.terms_id, delivery_place="", notes="", revision=0, tax_pct=Decimal(0), qty=0,
        total=Decimal(0), created_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(order)
    flush_rows(ctx.session)
    record_save(ctx, order, "create", is_new=True)
    picks = [{"order": row["so"], "style": row["style"], "destination": row["destination"]} for row in lines]
    run_action(ctx, entity, order, "add_work", {"work": picks})
    for code, price in head["factory_prices"].items():
        style = ctx.session.scalars(select(Style).where(Style.code == code)).one()
        if (row := prices.of_order(ctx, order).get(style.id)) is None or row.price != Decimal(price):
            run_action(ctx, entity, order, "set_price", {"style": style, "price": Decimal(price)})
    if head["state"] == "draft":
        return order
    order.issue_date = _day(head["issue_date"], shift)
    run_action(ctx, entity, order, "issue")
    if head["contract_status"] != "none":
        _contract(ctx, order, head["contract_status"], shift)
    return order


def _contract(ctx: Ctx, order: FactoryOrder, status: str, shift: int) -> None:
    entity = ctx.registry.get(ORDER)
    run_action(ctx, entity, order, "generate_contract", {"language": "zh_Hant_TW"})
    made = contracts.current(ctx, order)
    if status == "signed" and made is not None:
        _name, _type, content = contracts.file_of(ctx, made)
        run_action(
            ctx, entity, order, "upload_signed",
            {"file": (f"{made.number}-signed.pdf", content), "signer": order.factory.name,
             "signed_on": _day(SIGNED[order.number], shift)},
        )  # fmt: skip


def _payment(ctx: Ctx, order: FactoryOrder, row: dict[str, str], shift: int) -> None:
    amount = Decimal(row["pay_amount"])
    payment = Payment(
        number=row["payment"], state="draft", factory_id=order.factory_id, factory=order.factory,
        paid_on=_day(row["date"], shift), kind=row["kind"], currency=row["pay_currency"], amount=amount,
        bank_fee=Decimal(0), reference="", notes="", finalised=False, created_at=ctx.now(),
    )  # fmt: skip
    payment.splits = [
        PaymentSplit(
            order_id=order.id,
            order=order,
            amount=amount,
            rate=Decimal(row["contract_ccy_per_pay_ccy"]),
            applied=Decimal(row["applied_in_contract_currency"]),
        )
    ]
    ctx.session.add(payment)
    flush_rows(ctx.session)
    record_save(ctx, payment, "create", is_new=True)
    run_action(ctx, ctx.registry.get(PAYMENT), payment, "post")


def _advance(ctx: Ctx, series: str, numbers: list[str]) -> None:
    last: dict[int, int] = defaultdict(int)
    for _prefix, year_text, count in (number.split("-") for number in numbers):
        last[int(year_text)] = max(last[int(year_text)], int(count))
    for year, used in last.items():
        advance_series(ctx, series, year, used)


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _day(raw: str, shift: int) -> date:
    return date.fromisoformat(raw) + timedelta(days=shift)

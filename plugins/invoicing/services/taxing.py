"""Tax: which code holds for what, its rate on a day, and the tax of lines: on the subtotal of each rate, rounded once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx
from core.db import among
from core.money import round_half_up
from core.values import ZERO
from plugins.invoicing.models import OrderTax, TaxCode, TaxRate, TaxRule
from plugins.orders.api import CustomerOrder


@dataclass(frozen=True)
class Rate:
    """What holds for a line: ``code`` is None where an order says a rate of its own."""

    code: TaxCode | None
    pct: Decimal
    included: bool


class Taxed(Protocol):
    """A line with its amount and rate; ``tax`` and ``total`` are filled in."""

    amount: Decimal
    tax_code_id: int | None
    tax_pct: Decimal
    included: bool
    tax: Decimal
    total: Decimal


@dataclass
class Group:
    """Lines of one rate: ``base`` is what they add up to without tax."""

    code_id: int | None
    pct: Decimal
    included: bool
    base: Decimal = ZERO
    tax: Decimal = ZERO


def rate_on(code: TaxCode, day: date) -> Decimal:
    """The rate of a code on a day: the newest that is valid by then; 0 before the first."""
    return next((r.pct for r in reversed(code.rates) if r.valid_from <= day), ZERO)


def tax_of(amount: Decimal, pct: Decimal, included: bool, decimals: int) -> Decimal:
    """The tax on an amount, rounded once, or the tax that it contains where prices include it."""
    if included:
        return amount - round_half_up(amount / (1 + pct / 100), decimals)
    return round_half_up(amount * pct / 100, decimals)


def spread_tax(lines: Sequence[Any], decimals: int) -> list[Group]:
    """Fill in ``tax`` and ``total`` of lines: each rate's tax is computed on its subtotal, its parts are rounded and the
    residue
    goes to the largest line, so that they add up. Returns the rates in the order of their first line."""
    groups: dict[tuple[int | None, Decimal, bool], list[Any]] = {}
    for line in lines:
        key = (getattr(line, "tax_code_id", None), line.tax_pct, line.included)
        groups.setdefault(key, []).append(line)
    found = []
    for (code_id, pct, included), of_rate in groups.items():
        whole = sum((line.amount for line in of_rate), ZERO)
        tax = tax_of(whole, pct, included, decimals)
        for line in of_rate:
            line.tax = tax_of(line.amount, pct, included, decimals)
        residue = tax - sum((line.tax for line in of_rate), ZERO)
        max(of_rate, key=lambda line: abs(line.amount)).tax += residue
        for line in of_rate:
            line.total = line.amount if included else line.amount + line.tax
        found.append(Group(code_id, pct, included, whole - tax if included else whole, tax))
    return found


def grouped(lines: Iterable[Any]) -> list[Group]:
    """The rates of lines whose tax is filled in."""
    found: dict[tuple[int | None, Decimal, bool], Group] = {}
    for line in lines:
        key = (getattr(line, "tax_code_id", None), line.tax_pct, line.included)
        group = found.setdefault(key, Group(*key))
        group.base += line.total - line.tax
        group.tax += line.tax
    return list(found.values())


def add_up(document: Any, groups: Sequence[Group]) -> None:
    """Subtotal, tax and total of a document from its rates."""
    document.subtotal = sum((group.base for group in groups), ZERO)
    document.tax = sum((group.tax for group in groups), ZERO)
    document.total = document.subtotal + document.tax


def codes_of_orders(ctx: Ctx, orders: Iterable[CustomerOrder]) -> dict[int, TaxCode]:
    """Codes that were chosen on customer orders. One query, and one for rates."""
    found = ctx.session.execute(
        select(OrderTax.row_id, TaxCode)
        .join(TaxCode, (TaxCode.id == OrderTax.tax_code_id) & (TaxCode.tenant_id == OrderTax.tenant_id))
        .where(among(OrderTax.row_id, [order.id for order in orders]))
        .options(selectinload(TaxCode.rates))
    )
    return dict(found.all())


class Rules:
    """The tenant's rules, read once: which rate holds for pieces of a customer order."""

    def __init__(self, ctx: Ctx, orders: Sequence[CustomerOrder], day: date) -> None:
        self.day = day
        self.chosen = codes_of_orders(ctx, orders)
        codes = select(TaxCode).where(TaxCode.active).order_by(TaxCode.id)
        found = ctx.session.scalars(codes.options(selectinload(TaxCode.rates), selectinload(TaxCode.rules)))
        self.rules: list[tuple[TaxRule, TaxCode]] = [(rule, code) for code in found for rule in code.rules]

    def rate(self, order: CustomerOrder, style_id: int | None = None, place_id: int | None = None) -> Rate:
        """The code chosen on the order; else that of the rule which names most of style, customer and destination; else the
        rate that stands on the order."""
        code = self.chosen.get(order.id) or self._ruled(order.customer_id, style_id, place_id)
        if code is None:
            return Rate(None, order.tax_pct, included=False)
        return Rate(code, rate_on(code, self.day), code.included)

    def _ruled(self, customer_id: int, style_id: int | None, place_id: int | None) -> TaxCode | None:
        wanted = {"style_id": style_id, "customer_id": customer_id, "destination_id": place_id}
        best: tuple[int, int] = (-1, -1)
        found = None
        for rule, code in self.rules:
            named = {name: getattr(rule, name) for name in wanted if getattr(rule, name) is not None}
            if any(wanted[name] != value for name, value in named.items()):
                continue
            # as many as it names; a style says more than a customer, that more than a destination
            weight = {"style_id": 4, "customer_id": 2, "destination_id": 1}
            rank = (len(named), sum(weight[name] for name in named))
            if rank > best:
                best, found = rank, code
        return found


def said_rates(ctx: Ctx, groups: Sequence[Group]) -> Mapping[int, TaxCode]:
    """The codes of rates by id. One query."""
    ids = [group.code_id for group in groups if group.code_id is not None]
    return {code.id: code for code in ctx.session.scalars(select(TaxCode).where(among(TaxCode.id, ids)))}


def rates_until(day: date, code_ids: Sequence[int]) -> Any:
    """(code, percent) of every rate that is valid by a day, the newest of each code last."""
    return (
        select(TaxRate.tax_id, TaxRate.pct)
        .where(among(TaxRate.tax_id, code_ids), TaxRate.valid_from <= day)
        .order_by(TaxRate.valid_from)
    )

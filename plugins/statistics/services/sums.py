"""Adding up: one statement for each kind of document behind a figure, however many lines there are. Values stay apart by
currency and exact; they are converted afterwards, at the rates of one day, and rounded once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Label, Select, case, func, type_coerce

from core.api import Ctx, Refused
from core.db import Price, among
from core.money import base_currency, currency_decimals, listed_currencies, rate_to_base, round_half_up
from core.values import ZERO
from kit.facts import Facts

Key = tuple[Any, ...]
UNIT = Decimal(1).scaleb(-Price.scale)
"""What the whole numbers of values count."""


@dataclass(frozen=True)
class Asked:
    """A span of time, both days included, and what the figures are narrowed to: name of a group → the ids (or texts)."""

    since: date
    until: date
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Sum:
    """Pieces; those of them whose price is known; what these are worth, by currency."""

    qty: int = 0
    priced: int = 0
    values: dict[str, Decimal] = field(default_factory=dict)

    def add(self, worth: Iterable[tuple[str, int | None]]) -> None:
        """Currencies with whole numbers of :data:`UNIT`."""
        for code, units in worth:
            if units is not None:
                self.values[code] = self.values.get(code, ZERO) + units * UNIT


def facts_of(ctx: Ctx, figure: str, by: Set[str]) -> list[Facts]:
    """What the plugins that are on know of a figure, of documents that this person may see."""
    answers = ctx.hooks.trade_facts(figure=figure, by=by)
    every = [facts for told in answers for facts in ([told] if isinstance(told, Facts) else told or ())]
    return [facts for facts in every if ctx.can(f"{facts.entity}.view")]


def narrowed(facts: Facts, asked: Asked) -> Select[Any]:
    """The rows within what is asked."""
    at = columns_of(facts)
    rows = facts.rows.where(at["day"].between(asked.since, asked.until))
    for name, allowed in asked.only.items():
        rows = rows.where(at[name] == allowed[0] if len(allowed) == 1 else among(at[name], allowed))
    return rows


def columns_of(facts: Facts) -> dict[str, ColumnElement[Any]]:
    """The columns of the rows by name, without their labels."""
    found = facts.rows.selected_columns
    return {name: c.element if isinstance(c, Label) else c for name, c in found.items()}


def sees_value(ctx: Ctx, found: Iterable[Facts]) -> bool:
    """May this person see what all of these are worth?"""
    return all(ctx.can(facts.sees) for facts in found)


@dataclass(frozen=True)
class Sums:
    """Rows of sums: the values of the key, pieces, those of them with a price, and what these are worth in each of
    ``currencies``, as whole numbers of :data:`UNIT` (None: nothing); ``seen``: this person may see that."""

    currencies: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    seen: bool


def sum_rows(
    ctx: Ctx, figure: str, by: Sequence[str], asked: Asked, converter: Converter | None = None
) -> Sums:
    """Sums by the names in ``by``; with a ``converter``, of the values whose rate it knows. One statement for each plugin that
    knows the figure, and one for the currencies.

    Currencies stand side by side: grouped by them too, the database would sort every line by their names.
    """
    found = facts_of(ctx, figure, {*by, *asked.only})
    codes = listed_currencies(ctx)
    unrated = [code for code in codes if not converter.knows(code)] if converter is not None else []
    rows: list[tuple[Any, ...]] = []
    for facts in found:
        at = columns_of(facts)
        keys, value = [at[name] for name in by], type_coerce(at["value"], BigInteger)
        priced = value.is_not(None) & at["currency"].not_in(unrated) if unrated else value.is_not(None)
        total = (
            func.sum(at["qty"]),
            func.sum(case((priced, at["qty"]), else_=0)),
            *(func.sum(case((at["currency"] == code, value))) for code in codes),
        )
        query = narrowed(facts, asked).with_only_columns(*keys, *total, maintain_column_froms=True)
        rows += [tuple(row) for row in ctx.session.execute(query.group_by(*keys)) if row[len(by)] is not None]
    return Sums(codes, rows, sees_value(ctx, found))


def sum_up(ctx: Ctx, figure: str, by: Sequence[str], asked: Asked) -> tuple[dict[Key, Sum], bool]:
    """Sums by key, and whether this person may see what they are worth."""
    found, width = sum_rows(ctx, figure, by, asked), len(by)
    sums: dict[Key, Sum] = {}
    for row in found.rows:
        own = sums.setdefault(row[:width], Sum())
        own.qty += int(row[width])
        own.priced += int(row[width + 1])
        if found.seen:
            own.add(zip(found.currencies, row[width + 2 :], strict=True))
    return sums, found.seen


class Converter:
    """Amounts in the company's currency, at the rates of one day."""

    def __init__(self, ctx: Ctx, on: date) -> None:
        self.ctx, self.on = ctx, min(on, ctx.today())
        self.currency = base_currency(ctx)
        self.decimals = currency_decimals(ctx, self.currency)
        self.missing: set[str] = set()
        self._rates: dict[str, Decimal | None] = {}

    def exact(self, values: Mapping[str, Decimal]) -> Decimal | None:
        """All of them together, not rounded; None where a rate is not known, which :attr:`missing` tells then."""
        worth = ZERO
        for currency, value in values.items():
            rate = self.rate(currency)
            if rate is None:
                return None
            worth += value * rate
        return worth

    def rounded(self, value: Decimal | None) -> Decimal | None:
        """To the decimals of the currency."""
        return None if value is None else round_half_up(value, self.decimals)

    def knows(self, currency: str) -> bool:
        """Is there a rate?"""
        if currency not in self._rates:
            try:
                self._rates[currency] = rate_to_base(self.ctx, currency, self.on)
            except Refused:
                self._rates[currency] = None
        return self._rates[currency] is not None

    def rate(self, currency: str) -> Decimal | None:
        """What one unit is worth; None where that is not known, which :attr:`missing` tells then."""
        if not self.knows(currency):
            self.missing.add(currency)
        return self._rates[currency]

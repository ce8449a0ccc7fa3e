"""Amounts and currencies: rounded once, half up, to the decimals of the currency."""

from __future__ import annotations

from core.entities.money import (
    active_currencies,
    base_currency,
    convert_amount,
    currency_decimals,
    line_amount,
    listed_currencies,
    percent_of,
    rate_to_base,
    round_half_up,
    too_much,
)

__all__ = [
    "active_currencies",
    "base_currency",
    "convert_amount",
    "currency_decimals",
    "line_amount",
    "listed_currencies",
    "percent_of",
    "rate_to_base",
    "round_half_up",
    "too_much",
]

"""What a revision asks for, read from the command line's text or from the values of a screen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms.validators import ValidationError

from core.api import Refused, T, parse_date, parse_decimal


@dataclass
class Wanted:
    """What a revision asks for. ``style_prices`` by style code, ``line_prices``, ``ship_dates`` and ``sizes`` by line
    number (sizes: text as ``NVY/S=120`` or a mapping cell id → pieces)."""

    style_prices: Mapping[str, Decimal] = field(default_factory=dict)
    line_prices: Mapping[int, Decimal] = field(default_factory=dict)
    ship_dates: Mapping[int, date] = field(default_factory=dict)
    sizes: Mapping[int, Any] = field(default_factory=dict)


def parse_wanted(data: Mapping[str, Any]) -> Wanted:
    """From the action's fields: text of the command line or mappings of a screen. Raises Refused for what is not understood.

    prices ``ST-2601=6.90, 3=7.10`` (a style's code or a line's number), ship_dates ``1=2026-12-20``,
    quantities ``1:NVY/S=100, 1:NVY/M=90``.
    """
    wanted = Wanted({}, {}, {}, {})
    style_prices: dict[str, Decimal] = {}
    line_prices: dict[int, Decimal] = {}
    for name, raw in _pairs(data.get("prices"), "prices"):
        try:
            price = raw if isinstance(raw, Decimal) else parse_decimal(str(raw), 6)
        except ValidationError as error:
            raise Refused(str(error), "prices") from error
        if name.isdigit():
            line_prices[int(name)] = price
        else:
            style_prices[name.upper()] = price
    dates: dict[int, date] = {}
    for name, raw in _pairs(data.get("ship_dates"), "ship_dates"):
        try:
            dates[_line(name, "ship_dates")] = raw if isinstance(raw, date) else parse_date(str(raw))
        except ValidationError as error:
            raise Refused(str(error), "ship_dates") from error
    sizes = data.get("quantities") or {}
    if isinstance(sizes, str):
        by_line: dict[int, list[str]] = defaultdict(list)
        for part in (p.strip() for p in re.split(r"[,;\n]+", sizes) if p.strip()):
            line, sep, entry = part.partition(":")
            if not sep:
                raise Refused(T("“{value}” is not understood. Write LINE:COLOUR/SIZE=PIECES.", value=part), "quantities")
            by_line[_line(line, "quantities")].append(entry)
        sizes = {line: ", ".join(entries) for line, entries in by_line.items()}
    wanted.style_prices, wanted.line_prices, wanted.ship_dates, wanted.sizes = style_prices, line_prices, dates, sizes
    return wanted


def _pairs(raw: Any, name: str) -> list[tuple[str, Any]]:
    if isinstance(raw, Mapping):
        return [(str(k), v) for k, v in raw.items()]
    pairs = []
    for part in (p.strip() for p in re.split(r"[,;\n]+", raw or "") if p.strip()):
        key, sep, value = part.partition("=")
        if not sep or not key.strip():
            raise Refused(T("“{value}” is not understood. Write NAME=VALUE.", value=part), name)
        pairs.append((key.strip(), value.strip()))
    return pairs


def _line(raw: str, name: str) -> int:
    if not raw.strip().isdigit():
        raise Refused(T("“{value}” is not a line number.", value=raw), name)
    return int(raw)

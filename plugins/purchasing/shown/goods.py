"""Lines of finished goods as people read them: a table for each style and destination, a row per colour, sizes across."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.values import ZERO

Line = Mapping[str, Any]
SUMMED = ("qty", "received", "accepted", "balance", "amount")


def size_tables(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """``lines`` as the page has them, without prices for who may not see them. What differs in price, day or availability
    has a row of its own, and so has a second line of the same size."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        key = (line["material"], line["destination"])
        table = tables.setdefault(
            key,
            {
                "style": line["material"],
                "name": line["material_name"],
                "destination": line["destination"],
                "sizes": [],
                "rows": [],
            },
        )
        if line["size"] not in table["sizes"]:
            table["sizes"].append(line["size"])
        alike = (line["color"], line.get("price"), line["eta"], line["availability"], line["short_closed"])
        row = next((r for r in table["rows"] if r["alike"] == alike and line["size"] not in r["cells"]), None)
        if row is None:
            row = {"alike": alike, "line": line, "cells": {}, "warnings": [], **dict.fromkeys(SUMMED, ZERO)}
            table["rows"].append(row)
        row["cells"][line["size"]] = line
        row["warnings"] += [text for text in line["warnings"] if text not in row["warnings"]]
        for name in SUMMED:
            row[name] += line.get(name) or ZERO
    return list(tables.values())

"""Lines of a customer order as the payload of the action "lines": changes of lines there are, and new lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T
from core.values import MOST_PIECES
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.orders.models import CustomerOrder
from plugins.orders.services import inputs, lines
from plugins.orders.services.inputs import LineInput

Row = Mapping[str, Any]
PLACE = re.compile(r"row-(\d+)-(?:(size)-.*|(\w+))")
TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int", min=1, help=T("Its number. Empty: a new line.")),
        Field("style", T("Style"), "ref", ref="catalog.style", required=True),
        Field("color", T("Colour"), "ref", ref="catalog.color", required=True),
        Field("destination", T("Destination"), "ref", ref="catalog.destination", required=True),
        Field("ship_date", T("Ship date"), "date", required=True),
        Field("price", T("Price"), "price", min=0, sees=CUSTOMER_PRICES),
        Field("qty", T("Total"), "int", min=0, help=T("Where it is given, the sizes add up to it.")),
    ),
    tables=(
        PayloadTable(
            "sizes",
            T("Pieces per size"),
            (
                Field("size", T("Size"), required=True, max_length=20),
                Field("pcs", T("Pieces"), "int", required=True, min=0, max=MOST_PIECES),
            ),
            help=T("All sizes of the line."),
        ),
    ),
    key="line",
    required=True,
)
REPLACE = Field("replace", T("These are all the lines"), "bool", help=T("Lines that are not among them go."))


def save_payload(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> None:
    """What the action "lines" does; every problem is at its row of the payload."""
    typed = _wanted(ctx, order, data[TABLE.name], replace_all=data["replace"])
    try:
        lines.save_lines(ctx, order, typed, order.version, reason=data["reason"])
    except Refused as refused:
        raise Refused([_placed(p) for p in refused.problems]) from refused


def held(ctx: Ctx, order: CustomerOrder) -> list[Row]:
    """The lines there are, as rows of the payload."""
    return [
        {
            "style": line.style, "color": line.color, "destination": line.destination, "ship_date": line.ship_date,
            "price": line.price, "sizes": [{"size": size, "pcs": pieces} for size, pieces in line.sizes],
        }
        for line in inputs.as_inputs(lines.order_lines(ctx, order))
    ]  # fmt: skip


def _wanted(ctx: Ctx, order: CustomerOrder, rows: Sequence[Row], *, replace_all: bool) -> list[LineInput]:
    there = dict(enumerate(inputs.as_inputs(lines.order_lines(ctx, order)), 1))
    changed: dict[int, LineInput] = {}
    found: list[LineInput] = []
    problems: list[Problem] = []
    for i, row in enumerate(rows):
        number, name = row.get("line"), f"row-{i}"
        if number is None:
            found.append(_filled(LineInput("", "", "", None, None, ()), row, name))
        elif number not in there or number in changed:
            missing = T("{number} has no line {line}.", number=order.number, line=number)
            twice = T("Line {line} stands here twice.", line=number)
            problems.append(Problem(twice if number in changed else missing, f"lines.{i}.line"))
        else:
            changed[number] = _filled(there[number], row, name)
            found.append(changed[number])
    if problems:
        raise Refused(problems)
    if replace_all:
        return found
    return [changed.get(n, held) for n, held in there.items()] + [line for line in found if line.id is None]


def _filled(line: LineInput, row: Row, name: str) -> LineInput:
    values: dict[str, Any] = {n: row[n].code for n in ("style", "color", "destination") if n in row}
    values |= {n: row[n] for n in ("ship_date", "price", "qty") if n in row}
    if "sizes" in row:
        values["sizes"] = tuple((size["size"], size["pcs"]) for size in row["sizes"])
    return replace(line, name=name, **values)


def _placed(problem: Problem) -> Problem:
    """``row-3-size-M`` → ``lines.3.sizes``; what a line that is not in the payload lacks is said for the whole."""
    match = PLACE.fullmatch(problem.field)
    if match:
        return Problem(
            problem.message, f"lines.{match[1]}.{'sizes' if match[2] else match[3]}", problem.params
        )
    return replace(problem, field="") if problem.field.startswith("have-") else problem

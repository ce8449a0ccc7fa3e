"""Lines from text: quick entry, or a table pasted from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Ctx, Problem, Refused, T
from plugins.orders import paste, quick_entry
from plugins.orders.inputs import LineInput
from plugins.orders.lines import save_lines
from plugins.orders.models import CustomerOrder, OrderLine


def enter(
    ctx: Ctx,
    order: CustomerOrder,
    text: str,
    version: int | None = None,
    *,
    how: str = "quick",
    destination: str = "",
    ship_date: str | date | None = "",
    price: str | Decimal | None = "",
    replace: bool = False,
    reason: str = "",
) -> list[OrderLine]:
    """Lines from text: ``how`` is ``quick`` (quick entry) or ``table`` (pasted from a spreadsheet).

    They come beside the order's lines, or with ``replace`` in their place. Destination, ship date and price count where
    the text gives none. Raises Refused with one or more messages per line, all at the input ``text``.
    """
    defaults = {"destination": destination, "ship_date": str(ship_date or ""), "price": _written(price)}
    typed = paste.parse(text, defaults) if how == "table" else _quick(text, defaults)
    try:
        return save_lines(ctx, order, typed, version, add=not replace, reason=reason)
    except Refused as refused:
        raise Refused([_per_line(problem) for problem in refused.problems]) from refused


def _quick(text: str, defaults: Mapping[str, str]) -> list[LineInput]:
    entries, problems = quick_entry.parse(text)
    if problems:
        raise Refused(problems)
    if not entries:
        raise Refused(T("There is nothing to read."), "text")
    at = {"ship_date": "ship_date", "price": "price"}
    return [
        LineInput(
            style=e.style, color=e.color, destination=e.destination or defaults["destination"],
            ship_date=defaults["ship_date"], price=defaults["price"], sizes=e.sizes, name=f"text-{e.line}",
            at=at if e.destination else {**at, "destination": "destination"},
        )
        for e in entries
    ]  # fmt: skip


def _written(price: str | Decimal | None) -> str:
    return f"{price:f}" if isinstance(price, Decimal) else price or ""


def _per_line(problem: Problem) -> Problem:
    parts = problem.field.split("-", 2)
    if parts[0] == "text" and len(parts) == 3 and parts[1].isdigit():
        return quick_entry.at_line(int(parts[1]), problem.message)
    if parts[0] == "have":
        return Problem(problem.message, "text", problem.params)
    return problem


def enter_action(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> None:
    """The same for an action: the command line and the API."""
    place = data.get("destination")
    enter(
        ctx, order, data["text"], how=data.get("how") or "quick", destination=place.code if place else "",
        ship_date=data.get("ship_date"), price=data.get("price"), replace=bool(data.get("replace")),
        reason=data.get("reason") or "",
    )  # fmt: skip

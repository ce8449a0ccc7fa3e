"""Lines from text: quick entry, or a table pasted from a spreadsheet; alone or together with a grid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.api import Ctx, Problem, Refused, T
from plugins.orders.models import CustomerOrder, OrderLine
from plugins.orders.services import checks, lines, lookup, paste, quick_entry
from plugins.orders.services.inputs import LineInput

OF_LINE = re.compile(r"(quick|table|text)-(\d+)-")


@dataclass(frozen=True)
class Defaults:
    """What counts where a text gives no destination, ship date or price; as typed."""

    destination: str = ""
    ship_date: str = ""
    price: str = ""

    def named(self) -> dict[str, str]:
        """By field name."""
        return {"destination": self.destination, "ship_date": self.ship_date, "price": self.price}


def parse_order_text(
    ctx: Ctx, text: str, how: str, defaults: Defaults, field: str = "text", *, leave_out: bool = False
) -> list[LineInput]:
    """Lines of a text; ``how`` is ``quick`` (quick entry) or ``table`` (with a heading row). Codes are not looked up yet.

    Raises Refused with a message for each line that cannot be read, all at the input ``field``.
    """
    found, problems = _parse(ctx, text, how, defaults, field, leave_out)
    if problems:
        raise Refused(problems)
    return found


def _parse(
    ctx: Ctx, text: str, how: str, defaults: Defaults, field: str, leave_out: bool
) -> tuple[list[LineInput], list[Problem]]:
    if how == "table":
        try:
            return paste.parse(text, defaults.named(), field, lookup.size_keys(ctx), leave_out)
        except Refused as refused:
            return [], list(refused.problems)
    entries, problems = quick_entry.parse(text, field)
    if not entries and not problems:
        problems = [Problem(T("There is nothing to read."), field)]
    shared = {"ship_date": "ship_date", "price": "price"}
    found = [
        LineInput(
            style=e.style, color=e.color, destination=e.destination or defaults.destination,
            ship_date=defaults.ship_date, price=defaults.price, sizes=e.sizes, name=f"{field}-{e.line}", line=e.line,
            at=shared if e.destination else {**shared, "destination": "destination"},
        )
        for e in entries
    ]  # fmt: skip
    return found, problems


def by_line(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of lines that came from text, moved to the text area and naming the line; the others as they are."""
    found = []
    for problem in problems:
        match = OF_LINE.match(problem.field)
        if match:
            problem = quick_entry.at_line(int(match[2]), problem.message, match[1])
        elif problem.field.startswith("have-"):
            problem = Problem(problem.message, "", problem.params)
        found.append(problem)
    return found


def save_entry(
    ctx: Ctx,
    order: CustomerOrder,
    typed: Sequence[LineInput],
    texts: Mapping[str, str],
    defaults: Defaults,
    version: int | None = None,
    *,
    reason: str = "",
    leave_out: bool = False,
) -> list[OrderLine]:
    """The lines of a grid together with texts (``quick`` and ``table``, empty ones are skipped): the order has exactly
    these afterwards. ``leave_out``: columns of a table that are not known are skipped instead of refused. Raises
    Refused with everything that is wrong in any of them; then nothing has been saved."""
    found: list[LineInput] = list(typed)
    problems: list[Problem] = []
    for how, text in texts.items():
        if text.strip():
            more, wrong = _parse(ctx, text, how, defaults, how, leave_out)
            found += more
            problems += wrong
    if problems:
        lines.may_edit(ctx, order)
        _lines, others = checks.check(ctx, lines.order_lines(ctx, order), found)
        raise Refused(sorted([*problems, *by_line(others)], key=lambda p: (p.field, p.params.get("line", 0))))
    try:
        return lines.save_lines(ctx, order, found, version, reason=reason)
    except Refused as refused:
        raise Refused(by_line(refused.problems)) from refused

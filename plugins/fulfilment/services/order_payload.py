"""Pieces by size of rows of one customer order, as returns and settlements get them in the payload of their action "lines"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from core.api import Ctx, Field, PayloadTable, Problem, T
from core.values import code_key
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.services.sheet_payload import NOT_ORDERED, sizes_by_code

LINE = Field("line", T("Line"), "int", required=True, min=1, help=T("Its number on the customer order."))
SIZES = PayloadTable(
    "sizes",
    T("Pieces per size"),
    (
        Field("size", T("Size"), required=True, max_length=20),
        Field("qty", T("Pieces"), "pieces"),
    ),
)


class Given(NamedTuple):
    """A line as it is typed: its row, what was typed beside the sizes, pieces by size id, and its place."""

    row: Row
    typed: Mapping[str, Any]
    sizes: dict[int, int]
    path: str


def read_pieces(
    ctx: Ctx,
    found: Iterable[Row],
    given: Iterable[Mapping[str, Any]],
    name: Callable[[Row], Any],
    asked: Callable[..., Any],
) -> tuple[list[Given], list[Problem]]:
    """The lines in which pieces were typed, and what names nothing or stands twice. ``name`` is what a row is called, ``asked``
    what a line of the payload calls it."""
    there = {name(row): row for row in found}
    sizes = sizes_by_code(ctx, there.values())
    lines: dict[Any, Given] = {}
    problems: list[Problem] = []
    for i, typed in enumerate(given):
        path = f"lines.{i}"
        if "line" not in typed:
            continue  # told already
        row = there.get(asked(typed))
        if row is None or asked(typed) in lines:
            text = T("This line is not on the order.") if row is None else T("This line stands here twice.")
            problems.append(Problem(text, f"{path}.line"))
            continue
        at = lines[asked(typed)] = Given(row, typed, {}, path)
        for j, cell in enumerate(typed.get("sizes", ())):
            size_id = sizes.get((row.style_id, code_key(cell.get("size", ""))), 0)
            if size_id not in row.cells:
                problems.append(Problem(NOT_ORDERED, f"{path}.sizes.{j}.size"))
            elif cell.get("qty"):
                at.sizes[size_id] = cell["qty"]
    return [each for each in lines.values() if each.sizes], problems


def size_place(index: int, position: int) -> str:
    """Where the pieces of a saved size stand in the payload: the sizes of a document are saved in its order."""
    return f"lines.{index}.sizes.{position}.qty"

"""Pieces per colour and size of a line: reading what a person typed, checking it, writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from core.api import Change, Ctx, Problem, Refused, T
from core.db import among
from plugins.catalog.api import Color, Size
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services import allocation, rows
from plugins.outsourcing.services.rows import Cell

Rows = Sequence[Mapping[str, Any]]
OVER = "outsourcing.order.over_allocate"


class Codes:
    """Codes of the colours and sizes of some cells: two queries."""

    def __init__(self, ctx: Ctx, cells: Iterable[Cell]) -> None:
        cells = list(cells)
        colors = sorted({c.color_id for c in cells})
        sizes = sorted({c.size_id for c in cells})
        self.color: dict[int, str] = dict(
            ctx.session.execute(select(Color.id, Color.code).where(among(Color.id, colors))).all()
        )
        self.size: dict[int, str] = dict(
            ctx.session.execute(select(Size.id, Size.code).where(among(Size.id, sizes))).all()
        )

    def label(self, cell: Cell) -> str:
        """``NVY/M``."""
        return f"{self.color.get(cell.color_id, '?')}/{self.size.get(cell.size_id, '?')}"


def given(sizes: Rows, cells: Sequence[Cell], codes: Codes, place: str = "") -> dict[int, int]:
    """Pieces by cell id from rows of the table SIZES, which stands at ``place``. Raises Refused for every row that is wrong.

    Where a colour and size stands for several customer order lines (ship dates), they are filled in order, each up to what
    it holds now; what is more goes to the last. ``codes`` are of these cells, or of more.
    """
    by_id = {cell.id: [cell] for cell in cells}
    by_code: dict[str, list[Cell]] = {}
    for cell in cells:
        by_code.setdefault(codes.label(cell).upper(), []).append(cell)
    wanted: dict[int, int] = {}
    problems: list[Problem] = []
    for i, row in enumerate(sizes):
        name = f"{row['color']}/{row['size']}".upper()
        meant = by_id.get(row["cell"]) if row["cell"] else by_code.get(name)
        if meant is None:
            missing = T("There is no {what} on this line.", what=row["cell"] or name)
            problems.append(Problem(missing, f"{place}sizes.{i}.size"))
        elif any(cell.id in wanted for cell in meant):
            problems.append(Problem(T("{what} stands there twice.", what=name), f"{place}sizes.{i}.size"))
        else:
            *first, last = meant
            qty = row["pcs"]
            for cell in first:
                wanted[cell.id] = min(qty, cell.qty)
                qty -= wanted[cell.id]
            wanted[last.id] = qty
    if problems:
        raise Refused(problems)
    return wanted


def check_allocation(ctx: Ctx, order: FactoryOrder, cells: Iterable[Cell], wanted: Mapping[int, int]) -> None:
    """Refuse pieces beyond what the customer ordered plus the allowed percentage, unless the person may do that."""
    if ctx.can(OVER):
        return
    more = {(c.order_line_id, c.size_id): wanted[c.id] for c in cells if wanted.get(c.id, 0) > c.qty}
    if more:
        fields = {(c.order_line_id, c.size_id): f"cell-{c.id}" for c in cells}
        found = allocation.problems(ctx, allocation.excess(ctx, more, order_id=order.id), fields)
        if found:
            raise Refused(found)


def write(
    ctx: Ctx, lines: Mapping[int, FactoryOrderLine], cells: Iterable[Cell], wanted: Mapping[int, int]
) -> list[Change]:
    """Store the pieces that differ and the sum of each line touched; returns (what, old, new). Amounts are the caller's."""
    cells = list(cells)
    different = [c for c in cells if c.id in wanted and wanted[c.id] != c.qty]
    if not different:
        return []
    codes = Codes(ctx, different)
    tenant = ctx.session.tenant_id
    ctx.session.execute(
        update(FactoryOrderSize),
        [{"tenant_id": tenant, "id": c.id, "qty": wanted[c.id]} for c in different],
    )
    changes = []
    for cell in different:
        line = lines[cell.line_id]
        line.qty += wanted[cell.id] - cell.qty
        changes.append((f"line {line.position} {codes.label(cell)}", cell.qty, wanted[cell.id]))
    return changes


def set_quantities(
    ctx: Ctx, order: FactoryOrder, line: FactoryOrderLine, sizes: Rows, qty: int | None = None
) -> list[Change]:
    """Set pieces of some sizes of one line of a draft. ``qty``, where given, must be the sum of all sizes then.

    Raises Refused for anything that is not whole pieces, an unknown size, sizes that do not add up, and pieces above the
    order (unless the person may over-allocate).
    """
    allocation.lock(ctx, [line.customer_order_id])
    cells = rows.by_line(rows.cells(ctx, [order.id])).get(line.id, [])
    wanted = given(sizes, cells, Codes(ctx, cells))
    total = sum(wanted.get(c.id, c.qty) for c in cells)
    if qty is not None and qty != total:
        raise Refused(T("The sizes add up to {total} pieces, not to {qty}.", total=total, qty=qty), "pieces")
    check_allocation(ctx, order, cells, wanted)
    return write(ctx, {line.id: line}, cells, wanted)

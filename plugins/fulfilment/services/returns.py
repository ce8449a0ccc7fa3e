"""退貨: lines of a return, what may come back at most, posting and reversing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T, enter_state, list_choices, record_save
from core.db import flush_rows
from kit.papers import check_editable, future_problems, stamp_posted
from plugins.fulfilment.models import GoodsReturn, ReturnLine, ReturnSize
from plugins.fulfilment.services import order_payload, return_moves, rows
from plugins.fulfilment.services.posting import ALIVE, lock_documents
from plugins.fulfilment.services.rows import Row

REASONS = "stock.return_reasons"
"""The administrator's list, the same as of every return from a customer."""
TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        order_payload.LINE,
        Field("purchase_order", T("Purchase order"), max_length=40, help=T("Empty: from stock.")),
        Field("reason", T("Reason"), "choice", choices=list_choices(REASONS)),
        Field("note", T("Note"), max_length=400),
    ),
    tables=(order_payload.SIZES,),
    help=T("All lines of the document; what is not among them goes."),
)


def check_header(ctx: Ctx, row: GoodsReturn | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """Who bears it and what the customer gets fit each other; the order is one that goods went out for."""
    problems = []
    order = data.get("customer_order", row.customer_order if row else None)
    if order is None:
        problems.append(Problem(T("A return names its customer order."), "customer_order"))
    elif order.state not in ALIVE:
        problems.append(Problem(T("{number} is not confirmed.", number=order.number), "customer_order"))
    if row is not None and row.lines and order is not None and order.id != row.customer_order_id:
        problems.append(Problem(T("There are lines: make a new document instead."), "customer_order"))
    bearer, remedy = (data.get(name, getattr(row, name, None)) for name in ("bearer", "remedy"))
    if bearer == "buyer" and remedy != "none":
        text = T("What the customer bears is neither credited nor replaced.")
        problems.append(Problem(text, "remedy"))
    if bearer and bearer != "buyer" and remedy == "none":
        problems.append(
            Problem(T("Who bears it, if the customer gets nothing? Say credit or replacement."), "remedy")
        )
    return problems


def open_rows(ctx: Ctx, row: GoodsReturn) -> list[Row]:
    """Rows of its order that something may come back of, and those that are on it."""
    mine = {(line.order_line_id, line.purchase_order_id or 0) for line in row.lines}
    found = rows.of_orders(ctx, [row.customer_order_id])
    return [each for each in found if each.total("returnable") or (each.line_id, each.po_id) in mine]


def check(ctx: Ctx, row: GoodsReturn, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the lines that can be read, each at its place."""
    return _read(ctx, row, data)[1]


def save_payload(ctx: Ctx, row: GoodsReturn, data: Mapping[str, Any]) -> None:
    """Replace the lines of a draft; every problem is at its row of the payload."""
    check_editable(ctx, row, "draft")
    found, problems = _read(ctx, row, data)
    if problems:
        raise Refused(problems)
    before = pieces(row)
    row.lines = []
    flush_rows(ctx.session)
    row.lines = [
        ReturnLine(
            position=i, order_line_id=each.row.line_id, purchase_order_id=each.row.po_id or None, reason=each.typed["reason"],
            note=each.typed.get("note") or "",
            sizes=[
                ReturnSize(size_id=size_id, qty=qty, purchase_line_id=each.row.cells[size_id].purchase_line_id or None)
                for size_id, qty in each.sizes.items()
            ],
        )
        for i, each in enumerate(found)
    ]  # fmt: skip
    record_save(ctx, row, "lines", [("pieces", before, pieces(row))])


def _read(
    ctx: Ctx, row: GoodsReturn, data: Mapping[str, Any]
) -> tuple[list[order_payload.Given], list[Problem]]:
    found, problems = order_payload.read_pieces(
        ctx,
        rows.of_orders(ctx, [row.customer_order_id]),
        data[TABLE.name],
        lambda each: (each.position + 1, each.po.upper()),
        lambda given: (given["line"], (given.get("purchase_order") or "").upper()),
    )
    for each in found:
        if not each.typed.get("reason"):
            problems.append(Problem(T("Say why it comes back."), f"{each.path}.reason"))
        if not each.row.po_id and "vendor" in (row.bearer, row.fate):
            problems.append(Problem(T("No vendor delivered this line."), f"{each.path}.line"))
    return found, problems


def pieces(row: GoodsReturn) -> int:
    """Pieces on a return."""
    return sum(size.qty for line in row.lines for size in line.sizes)


def post(ctx: Ctx, row: GoodsReturn) -> None:
    """Take the pieces back: restocked, scrapped or to the vendor; the order is open again for those to be replaced.

    Refused: no line, more than was accepted finally and did not come back, a date in the future or in a closed period.
    """
    if not row.lines:
        raise Refused(T("There is no line yet."))
    lock_documents(ctx, [row.customer_order_id])
    problems = future_problems(ctx, row.day, "day")
    known = _known(ctx, row)
    for i, line in enumerate(row.lines):
        at = known.get((line.order_line_id, line.purchase_order_id or 0))
        for j, size in enumerate(line.sizes):
            most = at.cells[size.size_id].returnable if at and size.size_id in at.cells else 0
            if size.qty > most:
                text = T("{what}: {n} to take back, {most} were accepted finally and did not come back.",
                         what=_label(at, size), n=size.qty, most=most)  # fmt: skip
                problems.append(Problem(text, order_payload.size_place(i, j)))
    if problems:
        raise Refused(problems)
    return_moves.move(ctx, row, known)
    stamp_posted(ctx, row)
    enter_state(ctx, row, "posted")
    flush_rows(ctx.session)


def reverse(ctx: Ctx, row: GoodsReturn, reason: str) -> None:
    """They did not come back after all. Refused where they were replaced or settled meanwhile, or have moved on."""
    lock_documents(ctx, [row.customer_order_id])
    if row.remedy == "replacement":
        _still_open(ctx, row)
    return_moves.take_back(ctx, row, reason)


def _still_open(ctx: Ctx, row: GoodsReturn) -> None:
    known, done = _known(ctx, row), defaultdict[tuple[int, int], int](int)
    for (line_id, _po), at in known.items():
        for size_id, cell in at.cells.items():
            done[line_id, size_id] += cell.done
    for line in row.lines:
        at = known[line.order_line_id, line.purchase_order_id or 0]
        for size in line.sizes:
            cell = at.cells[size.size_id]
            done[line.order_line_id, size.size_id] += size.qty
            if cell.resent > cell.owed - size.qty or done[line.order_line_id, size.size_id] > cell.most:
                what = _label(at, size)
                raise Refused(T("{what}: replaced or settled meanwhile. Take that back first.", what=what))


def _known(ctx: Ctx, row: GoodsReturn) -> dict[tuple[int, int], Row]:
    return {(each.line_id, each.po_id): each for each in rows.of_orders(ctx, [row.customer_order_id])}


def _label(at: Row | None, size: ReturnSize) -> str:
    return f"{at.style} {at.color} {size.size.code}" if at else size.size.code

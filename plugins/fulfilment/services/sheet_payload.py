"""Lines of a fulfilment sheet as the payload of the action "lines": pieces by order line, purchase order and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T, record_save
from core.db import among, flush_rows
from core.values import code_key
from kit.papers import check_editable
from plugins.catalog.api import Size
from plugins.fulfilment.models import Sheet, SheetLine, SheetSize
from plugins.fulfilment.services import sheet_rows
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.services.sheet_rows import Key

TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("order", T("Customer order"), max_length=40, help=T("Empty: bought for stock.")),
        Field("line", T("Line"), "int", min=1, help=T("Its number on the customer order.")),
        Field("purchase_order", T("Purchase order"), max_length=40, help=T("Empty: from stock.")),
        Field("style", T("Style"), "ref", ref="catalog.style", help=T("Of goods bought for stock.")),
        Field("color", T("Colour"), "ref", ref="catalog.color"),
        Field("destination", T("Destination"), "ref", ref="catalog.destination"),
        Field("replacement", T("Replacement"), "bool", help=T("In place of pieces that went back.")),
        Field("short", T("Short"), "pieces", help=T("On the delivery note and not there.")),
        Field("note", T("Note"), max_length=400),
    ),
    tables=(
        PayloadTable(
            "sizes",
            T("Pieces per size"),
            (
                Field("size", T("Size"), required=True, max_length=20),
                Field("received", T("Received"), "pieces"),
                Field("damaged", T("Damaged"), "pieces", help=T("Of the pieces that were received.")),
            ),
        ),
    ),
    help=T("All lines of the document; what is not among them goes."),
)
NOT_HERE = T("This is not among what the sheet is about.")
NOT_ORDERED = T("This size is not on order.")


class Typed(NamedTuple):
    """A line as it is typed: its row, pieces by size id as (received, damaged)."""

    key: Key
    row: Row
    short: int
    note: str
    sizes: dict[int, tuple[int, int]]


def held(ctx: Ctx, sheet: Sheet) -> list[Mapping[str, Any]]:
    """The lines there are, as rows of the payload."""
    there = sheet_rows.of_sheet(ctx, sheet)
    return [_as_given(line, there[sheet_rows.key_of_line(line)]) for line in sheet.lines]


def _as_given(line: SheetLine, row: Row) -> Mapping[str, Any]:
    what: Mapping[str, Any] = (
        {"order": row.order, "line": row.position + 1}
        if row.line_id
        else {"style": row.style, "color": row.color, "destination": row.destination}
    )
    return {
        **what, "purchase_order": row.po, "replacement": line.replacement, "short": line.short, "note": line.note,
        "sizes": [{"size": s.size.code, "received": s.received, "damaged": s.damaged} for s in line.sizes],
    }  # fmt: skip


def check(ctx: Ctx, sheet: Sheet, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the rows that can be read, each at its place."""
    return _read(ctx, sheet, data)[1]


def save_payload(ctx: Ctx, sheet: Sheet, data: Mapping[str, Any]) -> None:
    """Replace the lines of a draft; empty ones are left out. Every problem is at its row of the payload."""
    check_editable(ctx, sheet, "draft")
    typed, problems = _read(ctx, sheet, data)
    if problems:
        raise Refused(problems)
    before = pieces(sheet)
    sheet.lines = []
    flush_rows(ctx.session)
    sheet.lines = [
        _line(i, each) for i, each in enumerate(each for each in typed if each.sizes or each.short)
    ]
    record_save(ctx, sheet, "lines", [("pieces", before, pieces(sheet))])


def pieces(sheet: Sheet) -> int:
    """Pieces received on a sheet."""
    return sum(size.received for line in sheet.lines for size in line.sizes)


def _line(position: int, typed: Typed) -> SheetLine:
    row = typed.row
    return SheetLine(
        position=position, order_line_id=row.line_id or None, purchase_order_id=row.po_id or None, style_id=row.style_id,
        color_id=row.color_id, destination_id=row.destination_id or None, replacement=typed.key[-1], short=typed.short,
        note=typed.note,
        sizes=[
            SheetSize(size_id=size_id, received=came, damaged=bad, purchase_line_id=row.cells[size_id].purchase_line_id or None)
            for size_id, (came, bad) in typed.sizes.items()
        ],
    )  # fmt: skip


def _read(ctx: Ctx, sheet: Sheet, data: Mapping[str, Any]) -> tuple[list[Typed], list[Problem]]:
    there = sheet_rows.of_sheet(ctx, sheet)
    named = {_name(row, key): key for key, row in there.items()}
    sizes = sizes_by_code(ctx, there.values())
    typed: dict[Key, Typed] = {}
    problems: list[Problem] = []
    for i, given in enumerate(data[TABLE.name]):
        path = f"lines.{i}"
        key = named.get(_asked(given))
        if key is None:
            problems.append(Problem(NOT_HERE, f"{path}.order"))
            continue
        if key in typed:
            problems.append(Problem(T("This line stands here twice."), f"{path}.line"))
            continue
        at = typed[key] = Typed(key, there[key], given.get("short") or 0, given.get("note") or "", {})
        for j, cell in enumerate(given.get("sizes", ())):
            if not {"size", "received", "damaged"} <= set(cell):
                continue  # told already
            place, came, bad = f"{path}.sizes.{j}", cell["received"] or 0, cell["damaged"] or 0
            size_id = sizes.get((at.row.style_id, code_key(cell["size"])), 0)
            if size_id not in at.row.cells:
                problems.append(Problem(NOT_ORDERED, f"{place}.size"))
            elif bad > came:
                problems.append(
                    Problem(
                        T("More damaged ({bad}) than received ({came}).", bad=bad, came=came),
                        f"{place}.damaged",
                    )
                )
            elif came:
                at.sizes[size_id] = (came, bad)
    return list(typed.values()), problems


def _name(row: Row, key: Key) -> tuple[Any, ...]:
    if row.line_id:
        return row.order.upper(), row.position + 1, row.po.upper(), 0, 0, 0, key[-1]
    return "", 0, row.po.upper(), row.style_id, row.color_id, row.destination_id, key[-1]


def _asked(given: Mapping[str, Any]) -> tuple[Any, ...]:
    po, again = (given.get("purchase_order") or "").upper(), bool(given.get("replacement"))
    if given.get("order"):
        return given["order"].upper(), given.get("line") or 0, po, 0, 0, 0, again
    style, color, place = (getattr(given.get(name), "id", 0) for name in ("style", "color", "destination"))
    return "", 0, po, style, color, place, again


def sizes_by_code(ctx: Ctx, found: Any) -> dict[tuple[int, str], int]:
    """Sizes of rows by their style and code. One query."""
    wanted = {(row.style_id, size_id) for row in found for size_id in row.cells}
    codes = dict(
        ctx.session.execute(select(Size.id, Size.code).where(among(Size.id, {s for _st, s in wanted}))).all()
    )
    return {(style_id, code_key(codes[size_id])): size_id for style_id, size_id in wanted}

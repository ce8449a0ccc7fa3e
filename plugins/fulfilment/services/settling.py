"""結清: pieces that are closed by credit, by agreement, or by other goods at an agreed price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import Ctx, Field, PayloadTable, Problem, Refused, T, enter_state, record_save
from core.db import flush_rows
from core.values import code_key
from kit.papers import check_editable, future_problems, stamp_posted
from plugins.catalog.api import CUSTOMER_PRICES, Size, sizes_of
from plugins.fulfilment.models import Settlement, SettlementLine, SettlementSize
from plugins.fulfilment.services import order_payload, rows
from plugins.fulfilment.services.explaining import Cell
from plugins.fulfilment.services.posting import ALIVE, lock_documents
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.words import CUSTOMER_ORDER, SETTLEMENT, SETTLEMENTS
from plugins.stock.api import garment, on_hand, stamps, taking_back

MOVEMENT = ledger.MovementKind("fulfilment_substitute", T("Substitute to the customer"))
SUBSTITUTION = "substitution"
TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        order_payload.LINE,
        Field("kind", T("Closed by"), "choice", choices=SETTLEMENTS),
        Field("style", T("Style instead"), "ref", ref="catalog.style", help=T("Of a substitution.")),
        Field("color", T("Colour instead"), "ref", ref="catalog.color"),
        Field("by_size", T("Size instead"), max_length=20, help=T("Empty: the same size.")),
        Field("price", T("Agreed price"), "price", min=0, sees=CUSTOMER_PRICES),
        Field("note", T("Note"), max_length=400),
    ),
    tables=(order_payload.SIZES,),
    help=T("All lines of the document; what is not among them goes."),
)


def check_header(ctx: Ctx, row: Settlement | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """The order is one that goods may come for; it stays while there are lines."""
    order = data.get("customer_order")
    if order is None:
        return []
    if order.state not in ALIVE:
        return [Problem(T("{number} is not confirmed.", number=order.number), "customer_order")]
    if row is not None and row.lines and order.id != row.customer_order_id:
        return [Problem(T("There are lines: make a new document instead."), "customer_order")]
    return []


def order_rows(ctx: Ctx, order_id: int) -> list[Row]:
    """A row for each line of an order, whoever delivers it."""
    found: dict[int, Row] = {}
    for each in rows.of_orders(ctx, [order_id]):
        row = found.setdefault(
            each.line_id,
            Row(**{**vars(each), "cells": {}, "po_id": 0, "po": "", "vendor": "", "vendor_id": 0}),
        )
        for size_id, cell in each.cells.items():
            mine = row.cells.setdefault(size_id, Cell())
            for name in ("ordered", "goods", "resent", "returned", "closed", "substituted", "agreed"):
                setattr(mine, name, getattr(mine, name) + getattr(cell, name))
    return list(found.values())


def check(ctx: Ctx, row: Settlement, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the lines that can be read, each at its place."""
    return _read(ctx, row, data)[2]


def save_payload(ctx: Ctx, row: Settlement, data: Mapping[str, Any]) -> None:
    """Replace the lines of a draft; every problem is at its row of the payload."""
    check_editable(ctx, row, "draft")
    found, instead, problems = _read(ctx, row, data)
    if problems:
        raise Refused(problems)
    before = pieces(row)
    row.lines = []
    flush_rows(ctx.session)
    row.lines = [_line(i, each, instead) for i, each in enumerate(found)]
    record_save(ctx, row, "lines", [("pieces", before, pieces(row))])


def _line(position: int, each: order_payload.Given, instead: Mapping[tuple[str, int], int]) -> SettlementLine:
    typed, other = each.typed, each.typed["kind"] == SUBSTITUTION
    style, color = (typed["style"], typed["color"]) if other else (None, None)
    return SettlementLine(
        position=position, order_line_id=each.row.line_id, kind=typed["kind"], note=typed.get("note") or "",
        style=style, style_id=style.id if style else None, color=color, color_id=color.id if color else None,
        price=typed.get("price") if other else None,
        sizes=[
            SettlementSize(size_id=size_id, qty=qty, by_size_id=instead.get((each.path, size_id)))
            for size_id, qty in each.sizes.items()
        ],
    )  # fmt: skip


def _read(
    ctx: Ctx, row: Settlement, data: Mapping[str, Any]
) -> tuple[list[order_payload.Given], dict[tuple[str, int], int], list[Problem]]:
    """Lines, the sizes that are given instead by (line, size), and what is wrong."""
    found, problems = order_payload.read_pieces(
        ctx,
        order_rows(ctx, row.customer_order_id),
        data[TABLE.name],
        lambda each: each.position + 1,
        lambda given: given["line"],
    )
    runs = sizes_of(ctx, {each.typed["style"].id for each in found if each.typed.get("style")})
    codes = {
        size.id: size.code
        for run in sizes_of(ctx, {each.row.style_id for each in found}).values()
        for size in run
    }
    instead: dict[tuple[str, int], int] = {}
    for each in found:
        typed = each.typed
        if not typed.get("kind"):
            problems.append(Problem(T("How is it closed?"), f"{each.path}.kind"))
        if typed.get("kind") != SUBSTITUTION:
            continue
        for name, text in (("style", T("By which style?")), ("color", T("In which colour?"))):
            if not typed.get(name):
                problems.append(Problem(text, f"{each.path}.{name}"))
        if typed.get("style"):
            run = {code_key(size.code): size for size in runs.get(typed["style"].id, ())}
            problems += _fit(each, run, codes, instead)
    return found, instead, problems


def _fit(
    each: order_payload.Given,
    run: Mapping[str, Size],
    codes: Mapping[int, str],
    instead: dict[tuple[str, int], int],
) -> list[Problem]:
    """Which size of the other style stands for each size."""
    problems = []
    for size_id in each.sizes:
        code = each.typed.get("by_size") or codes[size_id]
        if (size := run.get(code_key(code))) is None:
            text = T("{style} has no size {size}.", style=each.typed["style"].code, size=code)
            problems.append(Problem(text, f"{each.path}.by_size"))
        else:
            instead[each.path, size_id] = size.id
    return problems


def pieces(row: Settlement) -> int:
    """Pieces on a settlement."""
    return sum(size.qty for line in row.lines for size in line.sizes)


def post(ctx: Ctx, row: Settlement) -> None:
    """Close the pieces; substitutes leave the store, where one is named. Orders that miss nothing any more are closed.

    Refused: no line, more than is open, substitutes that are not there, a date in the future or in a closed period.
    """
    if not row.lines:
        raise Refused(T("There is no line yet."))
    lock_documents(ctx, [row.customer_order_id])
    problems = future_problems(ctx, row.day, "day")
    known = {each.line_id: each for each in order_rows(ctx, row.customer_order_id)}
    for i, line in enumerate(row.lines):
        at = known[line.order_line_id]
        for j, size in enumerate(line.sizes):
            most = at.cells[size.size_id].open if size.size_id in at.cells else 0
            if size.qty > most:
                what = f"{at.style} {at.color} {size.size.code}"
                text = T("{what}: {n} to close, {most} are open.", what=what, n=size.qty, most=most)
                problems.append(Problem(text, order_payload.size_place(i, j)))
    if problems:
        raise Refused(problems)
    _send(ctx, row)
    stamp_posted(ctx, row)
    enter_state(ctx, row, "posted")
    flush_rows(ctx.session)


def _send(ctx: Ctx, row: Settlement) -> None:
    wanted = [
        (garment(line.style_id, line.color_id, size.by_size_id or 0), Decimal(size.qty), line, order_payload.size_place(i, j))
        for i, line in enumerate(row.lines) for j, size in enumerate(line.sizes)
        if line.style_id is not None and line.color_id is not None
    ]  # fmt: skip
    if row.store_id is None or not wanted:
        return
    there = on_hand.of_store(
        ctx,
        row.store_id,
        CUSTOMER_ORDER,
        row.customer_order_id,
        "garment",
        {item.id for item, *_rest in wanted},
    )
    asked: dict[ledger.Item, Decimal] = defaultdict(Decimal)
    for item, qty, _line, _place in wanted:
        asked[item] += qty
    problems = on_hand.missing(ctx, there, asked, {item: place for item, _qty, _line, place in wanted})
    if problems:
        raise Refused(problems)
    customer = ledger.Place("customer", row.customer_order.customer_id)
    moves = [
        m
        for item, qty, line, _place in wanted
        for m in there.take(MOVEMENT.code, item, customer, qty, line.id)
    ]
    with stamps.said_at("day"):
        ledger.post(
            ctx, moves, entity=SETTLEMENT, entity_id=row.id, on=row.day, key=f"{SETTLEMENT}:{row.id}:post"
        )


def reverse(ctx: Ctx, row: Settlement, reason: str) -> None:
    """The pieces are open again; substitutes come back into the store."""
    lock_documents(ctx, [row.customer_order_id])
    if ledger.movements(ctx, entity=SETTLEMENT, entity_id=row.id, limit=1):
        taking_back.reverse(ctx, SETTLEMENT.ref(row.id), on=max(ctx.today(), row.day), reason=reason)

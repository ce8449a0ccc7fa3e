"""What actions on receipts take of their lines: payload tables, and rows of them as the services want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Field, PayloadTable, Problem, T, list_choices
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Partner
from plugins.receiving.services import targets
from plugins.receiving.services.receiving import Received, Roll, check_line
from plugins.receiving.words import REASONS, SOURCES

LINE = Field("line", T("Line"), "int", required=True, min=1)
REASON = Field("reason", T("Reason"), "choice", choices=list_choices(REASONS))

ROLLS = PayloadTable(
    "rolls",
    T("Rolls"),
    (
        Field("roll", T("Roll"), max_length=40),
        Field("lot", T("Lot"), max_length=40),
        Field("qty", T("Quantity"), "qty", required=True),
        Field("stock_qty", T("Stock quantity"), "qty"),
        Field("net_kg", T("Net kg"), "qty"),
        Field("length_m", T("Length m"), "qty"),
        Field("width_in", T("Width in"), "qty"),
        Field("rejected", T("Rejected"), "bool"),
    ),
    help=T("With rolls the quantities follow from them."),
)
RECEIVED = PayloadTable(
    "lines", T("Lines"),
    (
        LINE,
        Field("received", T("Received"), "qty"),
        Field("rejected", T("Rejected"), "qty"),
        Field("stock_qty", T("Stock quantity"), "qty", help=T("As measured. Empty: by the factor of the order.")),
        Field("uom", T("Unit"), max_length=10),
        Field("free", T("Free of charge"), "bool"),
        Field("reject_reason", T("Reason"), "choice", choices=list_choices(REASONS)),
        Field("over_reason", T("Why more than the tolerance"), max_length=400),
        Field("deviation_ok", T("The measured quantities are right"), "bool"),
        Field("note", T("Note"), max_length=400),
    ),
    tables=(ROLLS,), help=T("Empty: everything that is open."),
)  # fmt: skip
INSPECTED = PayloadTable(
    "lines", T("Lines"),
    (LINE, Field("accepted", T("Accepted"), "qty"), Field("rejected", T("Rejected"), "qty"), REASON),
    tables=(
        PayloadTable(
            "rejected_rolls", T("Rolls that are rejected"),
            (Field("roll", T("Roll"), "int", required=True, min=1, help=T("Counted from 1, as on the receipt.")),),
            help=T("The other rolls of the line are accepted."),
        ),
    ),
)  # fmt: skip
GOING_BACK = PayloadTable(
    "lines",
    T("Lines"),
    (
        LINE,
        Field("qty", T("Quantity"), "qty", required=True),
        REASON,
        Field("source", T("From"), "choice", choices=SOURCES),
        Field("lot", T("Lot"), max_length=40),
        Field("stock_qty", T("Stock quantity"), "qty", help=T("As measured. Empty: in proportion.")),
        Field("note", T("Note"), max_length=400),
    ),
)
WRITTEN = replace(
    RECEIVED,
    fields=(Field("order", T("Order"), required=True, max_length=40), *RECEIVED.fields),
    help=T("All lines of the receipt: what is left out is no longer on it."),
)
"""The lines of a receipt, which may be of several orders."""


def complete(row: Mapping[str, Any]) -> bool:
    """Whether every value of a row could be read, those of its rolls too."""
    own = {f.name for f in RECEIVED.fields} - {"line"}
    rolls = {f.name for table in RECEIVED.tables for f in table.fields}
    return own <= set(row) and all(rolls <= set(roll) for roll in row.get("rolls", ()))


def received(line_ids: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> list[Received]:
    """Cleaned rows of :data:`RECEIVED` or :data:`WRITTEN` against these order lines; problems will stand at ``lines.3.qty``."""
    return [
        Received(
            line_id, row["received"], row["rejected"] or ZERO, row["stock_qty"], row["uom"], row["free"],
            row["reject_reason"] or "", row["over_reason"], row["deviation_ok"], row["note"],
            [Roll(**roll) for roll in row.get("rolls", ())], f"lines.{i}.",
        )
        for i, (line_id, row) in enumerate(zip(line_ids, rows, strict=True))
    ]  # fmt: skip


def check_rows(
    ctx: Ctx, line_ids: Sequence[int], rows: Sequence[Mapping[str, Any]], supplier: Partner | None = None
) -> list[Problem]:
    """What is wrong with cleaned rows against these order lines, as far as they could be read: told together with what could
    not. Without a ``supplier`` each is that of its line."""
    known = targets.of_lines(ctx, set(line_ids))
    asked = {target.supplier_id for target in known.values()}
    whose = {p.id: p for p in ctx.session.scalars(select(Partner).where(among(Partner.id, asked)))}
    problems: list[Problem] = []
    for i, (line_id, row) in enumerate(zip(line_ids, rows, strict=True)):
        target = known.get(line_id)
        if target is None or not complete(row):
            continue
        [given] = received([line_id], [row])
        own = check_line(replace(given, name=f"lines.{i}."), target, supplier or whose[target.supplier_id])
        problems += own
    return problems

"""Tables of what is delivered: everything open of all suppliers, and the lines of a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from core.api import Ctx, Field, T, pick
from core.db import json_value
from core.values import decimal_text, parse_id
from kit.lines import LineRow, LineTable, Nested, Shown, Together, Typed
from plugins.purchasing.api import quantities
from plugins.receiving.models import Receipt, ReceiptLine, ReceiptRoll
from plugins.receiving.screens.tables import ORDER, WHAT, lines_of, order_link
from plugins.receiving.services import line_payload, posting, sheet, targets, tolerance
from plugins.receiving.services.rolls import COLUMNS, parse_rolls
from plugins.receiving.services.sheet import OpenLine
from plugins.receiving.services.targets import Target

MUTED = Markup('<span class="muted name" title="{0}">{0}</span>')


# --- what is delivered ------------------------------------------------------------------------------------------------------


def _rolls(text: str, row: LineRow, document: Any) -> list[dict[str, Any]]:
    return [vars(roll) for roll in parse_rolls(text, "rolls", str(row.shown["uom"]), row.skips)]


def open_row(ctx: Ctx, each: OpenLine) -> LineRow:
    """A line of an order as a row of what is delivered."""
    line, order, uom = each.line, each.order, each.line.uom
    lacks = {"stock_qty"} if uom == line.stock_uom else set()
    if not ctx.can(tolerance.OVER):
        lacks.add("over_reason")
    supplier = f"{each.supplier.code} {pick(each.supplier.names, each.supplier.name)}"
    pending, late = each.came.pending, each.overdue
    return LineRow(
        offer=str(line.id), name=each.label, lacks=frozenset(lacks), scan=f"{order.number} {each.label} {line.bought.code}",
        sends={"order": order.number, "line": line.position},
        shown={
            "order": order_link(order.id, order.number, line.position), "supplier": MUTED.format(supplier),
            "what": Markup("<b>{}</b> ").format(each.label) + MUTED.format(pick(line.bought.names, line.bought.name)),
            "ordered": line.qty, "uom": uom, "stock_uom": line.stock_uom, "came": each.came.accepted,
            "pending": T("+ {qty} to inspect", qty=decimal_text(pending)) if pending else "", "balance": each.balance,
            "most": each.most, "eta": each.eta, "late": T("{days} d late", days=late) if late else "",
        },
    )  # fmt: skip


def _open(ctx: Ctx, asked: Mapping[str, Any]) -> list[LineRow]:
    return [open_row(ctx, each) for each in sheet.open_lines(ctx, **asked, limit=sheet.MOST + 1)[0]]


def _these(ctx: Ctx, asked: Any, offers: Sequence[str]) -> list[LineRow]:
    """Lines of orders, whatever became of them meanwhile."""
    ids = [number for offer in offers if (number := parse_id(offer)) is not None]
    return [open_row(ctx, each) for each in sheet.open_lines(ctx, line_ids=ids)[0]] if ids else []


PACKING_LIST = T(
    "Paste the packing list: roll, lot, quantity, stock quantity, kg, metres, width; x for a rejected roll."
)
DELIVERED = LineTable(
    line_payload.WRITTEN,
    (
        ORDER,
        WHAT,
        Shown("ordered", T("Ordered"), numeric=True, unit="uom"),
        Shown("came", T("Received"), numeric=True, note="pending", tone="warn"),
        Shown("balance", T("QTY BALANCE"), numeric=True),
        Shown("most", T("Max"), numeric=True),
        Shown("eta", T("ETA"), note="late", tone="bad"),
        Typed("received", label=T("Received now"), all_from="balance", unit="uom", unit_field="uom"),
        Together(T("Rejected"), (Typed("rejected"), Typed("reject_reason"))),
        Together(
            T("More"),
            (Typed("stock_qty", label=T("Measured"), unit="stock_uom"), Typed("deviation_ok", asked=True),
             Typed("over_reason", asked=True)),
            behind=(
                Nested(Field("rolls", T("Rolls"), "long"), _rolls, help=PACKING_LIST, skips=True), Typed("note"),
                Typed("free"),
            ),
            folded=T("Rolls, note"),
        ),
    ),
    _open, spare=0, again=_these, gone=T("There is no such order line."), cards=True,
    none=T("Nothing is expected here."),
)  # fmt: skip
"""Everything open of all suppliers; the document is what was asked for, as :func:`sheet.open_lines` takes it."""


# --- the lines of a draft --------------------------------------------------------------------------------------------------


def _draft(ctx: Ctx, receipt: Receipt) -> list[LineRow]:
    """What stands on a draft, then what else is open of its supplier."""
    found, known = lines_of(ctx, receipt)
    rolls = posting.load_rolls(ctx, [line.id for line in found])
    there = sheet.open_lines(ctx, line_ids=[line.line_id for line in found])[0] if found else []
    rows = {each.line.id: open_row(ctx, each) for each in there}
    result = []
    for line in found:
        row = rows[line.line_id]
        row.typed = _typed(line, known[line.line_id], rolls.get(line.id, ()))
        result.append(row)
    others = sheet.open_lines(ctx, supplier=receipt.supplier.code, limit=sheet.MOST - len(result))[0]
    return [*result, *(open_row(ctx, each) for each in others if each.line.id not in rows)]


def _typed(line: ReceiptLine, target: Target, rolls: Sequence[ReceiptRoll]) -> dict[str, str]:
    """A line of a receipt as the texts of its inputs; what follows from rolls or from the factor is not typed."""
    nominal = quantities.stock_qty(line.received, target.factor, targets.stock_grain(target))
    measured = not rolls and line.stock_received != nominal
    return {
        "received": "" if rolls else _exact(line.received), "rejected": "" if rolls else _exact(line.rejected or None),
        "reject_reason": line.reject_reason, "stock_qty": _exact(line.stock_received) if measured else "",
        "deviation_ok": "1" if line.deviation_ok else "", "over_reason": line.over_reason,
        "rolls": "\n".join(_roll_text(roll) for roll in rolls), "note": line.note, "free": "1" if line.free else "",
    }  # fmt: skip


def _roll_text(roll: ReceiptRoll) -> str:
    values = {name: getattr(roll, name) for name in COLUMNS}
    values["rejected"] = "x" if roll.rejected else ""
    return "\t".join(_exact(v) if isinstance(v, Decimal) else str(v or "") for v in values.values()).rstrip(
        "\t"
    )


def _exact(value: Decimal | None) -> str:
    return "" if value is None else str(json_value(value))


DRAFT = replace(DELIVERED, rows=_draft, again=None)

"""The statement as CSV: UTF-8 with the mark that spreadsheets need, figures plain, no cell a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.api import T
from core.values import decimal_text
from plugins.factory_stock.services.statement import Statement, pct

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
PIECES = (
    ("ordered", T("Ordered")), ("received", T("Received")), ("rejected", T("Rejected")), ("settled", T("Reworked")),
    ("accepted", T("Accepted")), ("balance", T("Still to come")),
)  # fmt: skip


def materials(found: Statement) -> bytes:
    """One row for each material, colour, size and destination."""
    head = [
        T("Factory order"), T("Material"), T("Name"), T("Colour"), T("Size"), T("Destination"), T("Unit"), T("Required"),
        T("Sent to factory"), T("Above the need"), T("Returned"), T("Used"), T("Written off"), T("At factory"),
        T("To return"),
        T("Standard use"),
        T("Net consumption"), T("Loss %"), T("Chargeable excess"),
    ]  # fmt: skip
    return _write(
        head,
        (
            [
                found.order.number, r.name.material, r.name.name, r.name.color, r.name.size, r.name.destination, r.name.uom,
                *map(r.name.rounded, (r.required, r.sent, r.extra, r.returned, r.used, r.written_off, r.at_factory, r.to_return,
                                      r.standard, r.net)),
                pct(r.loss_pct), r.name.rounded(r.excess),
            ]
            for r in found.materials
        ),
    )  # fmt: skip


def pieces(found: Statement) -> bytes:
    """One row for each line, colour and size."""
    head = [
        T("Factory order"),
        T("Line"),
        T("Style"),
        T("Colour"),
        T("Destination"),
        T("Size"),
        *(t for _n, t in PIECES),
    ]
    return _write(
        head,
        (
            [found.order.number, row.position, row.style, row.color, row.destination, size,
             *(getattr(row.cells[size], name) for name, _t in PIECES)]
            for row in found.pieces for size in row.sizes
        ),
    )  # fmt: skip


def _write(head: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([str(h) for h in head])
    for row in rows:
        writer.writerow([_text(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text

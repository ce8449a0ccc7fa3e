"""PO → PI: a proforma invoice with quantities of its own; the purchase order is only read.

No stock moves and nothing becomes payable. The invoice keeps what the order said, with our company as buyer; each line keeps
its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, Problem, Refused, T, Text, follow, next_number, record_save
from core.db import flush_rows
from core.money import currency_decimals, line_amount, round_half_up, too_much
from core.values import ZERO, decimal_text
from kit.papers import made_now
from kit.printing.glyphs import check_glyphs
from plugins.base_company.api import our_party
from plugins.catalog.api import units
from plugins.proforma.models import InvoiceSnapshot, ProformaInvoice, ProformaLine
from plugins.proforma.words import TABLE
from plugins.purchasing.api import LineSnapshot, OrderSnapshot, PurchaseOrder

ENTITY = EntityName("proforma.invoice")
SERIES = "proforma"
RIGHT = "proforma.invoice.make"
"""Whoever may make one. Not ``.create``: there is no form for one out of nothing."""


def issued(order: PurchaseOrder) -> OrderSnapshot:
    """What the order said when it was issued. Refused where it is not issued, or cancelled."""
    if order.state == "cancelled":
        raise Refused(T("{number} is cancelled: there is nothing to invoice.", number=order.number))
    if order.state != "issued" or not order.snapshot:
        raise Refused(T("A proforma invoice is made from an issued purchase order."))
    return order.snapshot


def over(lines: Sequence[ProformaLine]) -> list[Text]:
    """Warnings: lines that invoice more than was ordered, and by how much."""
    return [
        T("{material}: {more} {uom} more than ordered ({qty}).", material=line.said.material,
          more=decimal_text(line.difference), uom=line.said.uom, qty=decimal_text(line.po_qty))
        for line in lines if line.difference > 0
    ]  # fmt: skip


def run(ctx: Ctx, order: PurchaseOrder, data: Mapping[str, Any]) -> ProformaInvoice:
    """The action: make a proforma invoice; the ones before it are superseded. The purchase order is only read."""
    order = ctx.session.scalars(
        select(PurchaseOrder)
        .where(PurchaseOrder.id == order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if problems := check(ctx, order, data):
        raise Refused(problems)
    header = {name: value for name, value in data.items() if name != TABLE.name}
    source, typed = issued(order), {row["line"]: row for row in data[TABLE.name]}
    lines: list[ProformaLine] = []
    for said in source.lines:
        given, ordered = typed.get(said.position, {}), said.qty
        if qty := given.get("qty", ordered):
            lines.append(
                ProformaLine(
                    position=len(lines) + 1, order_line_id=said.line_id, po_qty=ordered, qty=qty,
                    amount=line_amount(ctx, qty, said.price or ZERO, order.currency), hs=given.get("hs", ""),
                    price_note=given.get("price_note", ""), said=said,
                )
            )  # fmt: skip
    kept = InvoiceSnapshot(number=source.number, made_for=source.made_for, supplier=source.supplier,
                           buyer=our_party(ctx), terms=source.terms)  # fmt: skip
    check_glyphs(ctx, kept)
    values = {k: v for k, v in header.items() if k not in ("number", "freight", "insurance")}
    decimals = currency_decimals(ctx, order.currency)
    freight, insurance = (round_half_up(header.get(k) or ZERO, decimals) for k in ("freight", "insurance"))
    subtotal = sum((line.amount for line in lines), ZERO)
    row = ProformaInvoice(
        **{k: v if v is not None else "" if k in _TEXTS else None for k, v in values.items()},
        state="current", order_id=order.id, order=order, order_revision=order.revision, currency=order.currency,
        subtotal=subtotal, freight=freight, insurance=insurance, total=subtotal + freight + insurance, lines=lines,
        snapshot=kept,
        created_by=ctx.actor, **made_now(ctx),
    )  # fmt: skip
    _supersede(ctx, order.id)
    row.number = header["number"] or _next(ctx)
    ctx.session.add(row)
    flush_rows(ctx.session)
    changes: list[tuple[str, Any, Any]] = [("order", None, f"{order.number} r{order.revision}")]
    changes += [
        (f"{line.position} {line.said.material}", line.po_qty, line.qty) for line in lines if line.difference
    ]
    left = {line.order_line_id for line in lines}
    changes += [(f"– {s.material}", s.qty, ZERO) for s in source.lines if s.line_id not in left]
    record_save(ctx, row, "create", changes, is_new=True)
    return row


_TEXTS = {"incoterm", "loading", "discharge", "origin", "mode", "partial", "transhipment", "notify", "bank", "charges",
          "remarks"}  # fmt: skip


def check(ctx: Ctx, order: PurchaseOrder, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with an invoice that is asked for. Refused where the order is not issued, or cancelled."""
    problems, number, day = (
        _lines(issued(order).lines, data[TABLE.name]),
        data.get("number", ""),
        data.get("pi_date"),
    )
    taken = select(ProformaInvoice.id).where(ProformaInvoice.number == number)
    if number and ctx.session.scalar(taken) is not None:
        problems.append(Problem(T("“{code}” exists already.", code=number), "number"))
    for name, text in (
        ("valid_until", T("Valid until a day before its date.")),
        ("ship_date", T("Shipped before its date.")),
    ):
        if day is not None and data.get(name) is not None and data[name] < day:
            problems.append(Problem(text, name))
    if data.get("ship_date") is not None and data.get("ship_days") is not None:
        problems.append(Problem(T("A ship date or days after the deposit, not both."), "ship_days"))
    return problems


def _lines(found: Sequence[LineSnapshot], rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    known: dict[Any, LineSnapshot] = {said.position: said for said in found}
    problems, left = [], dict.fromkeys(known, True)
    for n, row in enumerate(rows):
        said, qty = known.get(row.get("line")), row.get("qty")
        if said is None and "line" in row:
            text = T("A line is no longer on the order. Open the page again.")
            problems.append(Problem(text, f"{TABLE.name}.{n}.line"))
        elif said is not None:
            left[said.position] = "qty" not in row or bool(qty)
            step = units.UNITS[said.uom].step if said.uom in units.UNITS else Decimal("0.01")
            if qty and (much := too_much(qty, said.price)) is not None:
                problems.append(Problem(much, f"{TABLE.name}.{n}.qty"))
            if qty and qty % step:
                text = T("{uom} in steps of {step}.", uom=said.uom, step=decimal_text(step))
                problems.append(Problem(text, f"{TABLE.name}.{n}.qty"))
    if not problems and not any(left.values()):
        problems.append(Problem(T("Every line is 0: nothing is left to invoice.")))
    return problems


def _supersede(ctx: Ctx, order_id: int) -> None:
    for row in ctx.session.scalars(
        select(ProformaInvoice).where(
            ProformaInvoice.order_id == order_id, ProformaInvoice.state == "current"
        )
    ):
        follow(ctx, row, "superseded", because="supersede")


def _next(ctx: Ctx) -> str:
    """The next number that nobody typed by hand before."""
    while True:
        number = next_number(ctx, SERIES)
        if ctx.session.scalar(select(ProformaInvoice.id).where(ProformaInvoice.number == number)) is None:
            return number


def of_order(ctx: Ctx, order_id: int) -> list[ProformaInvoice]:
    """The proforma invoices of a purchase order, the newest first."""
    return list(
        ctx.session.scalars(
            select(ProformaInvoice)
            .where(ProformaInvoice.order_id == order_id)
            .order_by(ProformaInvoice.id.desc())
        )
    )


def stale(row: ProformaInvoice, order: PurchaseOrder) -> bool:
    """Was the order revised after this proforma invoice was made?"""
    return order.revision != row.order_revision


def figures(ctx: Ctx, row: ProformaInvoice) -> dict[str, Any]:
    """Lines with the order's quantity and the difference, totals by unit, and how the order stands to it now."""
    sums: dict[str, list[Decimal]] = {}
    for line in row.lines:
        unit = sums.setdefault(line.said.uom, [ZERO, ZERO])
        unit[0] += line.qty
        unit[1] += line.po_qty
    return {
        "lines": [
            {"position": line.position, **{k: getattr(line.said, k) for k in ("material", "name", "names", "color", "size",
             "destination", "uom")}, "price": line.said.price or ZERO, "qty": line.qty, "po_qty": line.po_qty,
             "difference": line.difference, "amount": line.amount, "hs": line.hs, "price_note": line.price_note}
            for line in row.lines
        ],
        "sums": [{"uom": uom, "qty": qty, "po_qty": po, "difference": qty - po} for uom, (qty, po) in sums.items()],
        "dropped": 0 if stale(row, row.order) or not row.order.snapshot else len(row.order.snapshot.lines) - len(row.lines),
        "order": row.order, "stale": stale(row, row.order), "cancelled": row.order.state == "cancelled",
        "warnings": [str(text) for text in over(row.lines)],
    }  # fmt: skip

"""Pages of invoices, bills and payments: the documents, and the tables their lines are typed in."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from core.api import Ctx, T
from core.values import ZERO, decimal_text
from core.web.api import EntityForm, EntityView, ctx
from kit.lines import ActionTable, LineRow, LineTable, Shown, TableView, Typed
from plugins.invoicing.entities import bills, invoice_actions
from plugins.invoicing.models import Bill, Invoice
from plugins.invoicing.services import crediting, invoiceable, matching, targets
from plugins.invoicing.services.sides import side_of


def _invoice_rows(ctx: Ctx, row: Invoice) -> list[LineRow]:
    """Lines of the orders of an invoice that it has, or that may be invoiced; and its charges."""
    mine = {line.order_line_id: line.qty for line in row.lines if line.kind == "goods"}
    numbers = {line.order_id: line.order.number for line in row.lines}
    rows = []
    for each in invoiceable.billable(ctx, sorted(numbers), without=row.id):
        line = each.line
        if each.open <= 0 and line.id not in mine:
            continue
        style, qty = line.order_style.style.code, mine.get(line.id, ZERO)
        rows.append(
            LineRow(
                offer=f"line:{line.id}", name=f"{numbers[line.order_id]} {style} {line.color.code}",
                typed={"qty": decimal_text(qty) if qty else ""}, sends={"line": line.id},
                shown={
                    "what": f"{style} {line.color.code} {line.destination.code}", "order": numbers[line.order_id],
                    "ordered": line.qty, "base": each.base, "done": each.invoiced, "open": max(each.open, ZERO),
                    "price": line.price, "currency": row.currency,
                },
            )
        )  # fmt: skip
    for charge in row.lines:
        if charge.kind == "charge":
            rows.append(
                LineRow(offer=f"charge:{charge.id}", name=charge.text, typed={"qty": "1"}, sends={"charge": charge.id},
                        shown={"what": charge.text, "price": charge.price, "currency": row.currency})
            )  # fmt: skip
    return rows


INVOICE_LINES = ActionTable(
    LineTable(
        invoice_actions.LINES,
        (
            Shown("what", T("Style, colour, destination"), head=True), Shown("order", T("Customer order")),
            Shown("ordered", T("Ordered"), numeric=True, sum=True), Shown("base", T("Delivered"), numeric=True, sum=True),
            Shown("done", T("Invoiced before"), numeric=True, sum=True), Shown("open", T("May be invoiced"),
                numeric=True, sum=True),
            Typed("qty", sum=True, all_from="open"), Shown("price", T("Price"), numeric=True, unit="currency"),
        ),
        _invoice_rows, spare=0, cards=True, none=T("Nothing of these orders is left to invoice."),
    ),
    save=T("Save"),
    note=lambda ctx, row: T("0 or nothing leaves a line out. What was invoiced in advance is deducted anew."),
)  # fmt: skip


def _credit_rows(ctx: Ctx, row: Any) -> list[LineRow]:
    """Lines of an issued document with what may still be credited."""
    lines = [line for line in row.lines if line.amount > 0]
    left = crediting.rests(ctx, side_of(row), lines)
    rows = []
    for line in lines:
        rest = left[line.id]
        if rest.amount <= 0:
            continue
        rows.append(
            LineRow(
                offer=str(line.id), name=f"{line.position} {_called(line)}", sends={"line": line.position},
                shown={"what": _called(line), "left": rest.qty if line.qty else None, "price": line.price if line.qty else None,
                       "amount_left": rest.amount,
                       "currency": row.currency},
                lacks=frozenset(() if line.qty else ("qty",)),
            )
        )  # fmt: skip
    return rows


def _called(line: Any) -> str:
    what = line.order_line
    if isinstance(line.order_line_id, int) and hasattr(what, "order_style"):
        return f"{line.order.number} {what.order_style.style.code} {what.color.code} {what.destination.code}"
    return f"{line.order.number} {line.text}".strip()


def _crediting(payload: Any) -> ActionTable:
    return ActionTable(
        LineTable(
            payload,
            (
                Shown("what", T("Line"), head=True), Shown("left", T("Left"), numeric=True),
                Typed("qty", all_from="left"), Shown("price", T("Price"), numeric=True, unit="currency"),
                Shown("amount_left", T("Amount left"), numeric=True, unit="currency"), Typed("amount"),
            ),
            _credit_rows, spare=0, cards=True, none=T("All of it is credited."),
        ),
        note=lambda ctx, row: T(
            "Pieces, or an amount where only the price is lowered. Lines without either are left as they are."
        ),
    )  # fmt: skip


def _bill_rows(ctx: Ctx, row: Bill) -> list[LineRow]:
    """Lines of the purchase orders of a bill."""
    mine = {line.order_line_id: line for line in row.lines}
    orders = list({line.order_id: line.order for line in row.lines}.values())
    rows = []
    for each in matching.of_orders(ctx, orders, without=row.id):
        line = mine.get(each.line_id)
        rows.append(
            LineRow(
                offer=str(each.line_id), name=f"{each.order} {each.position}", sends={"line": each.line_id},
                typed={"qty": decimal_text(line.qty) if line else "",
                       "price": decimal_text(line.price if line else each.price)},
                shown={"what": each.name, "order": each.order, "ordered": each.ordered, "accepted": each.accepted,
                       "before": each.before, "open": max(each.open, ZERO), "uom": each.uom, "ordered_price": each.price,
                       "currency": row.currency},
            )
        )  # fmt: skip
    return rows


BILL_LINES = ActionTable(
    LineTable(
        bills.LINES,
        (
            Shown("what", T("Line"), head=True), Shown("order", T("Purchase order")),
            Shown("ordered", T("Ordered"), numeric=True, unit="uom"), Shown("accepted", T("Accepted"), numeric=True),
            Shown("before", T("Billed before"), numeric=True), Shown("open", T("May be billed"), numeric=True),
            Typed("qty", all_from="open", unit="uom"), Shown("ordered_price", T("Price ordered"), numeric=True,
                unit="currency"),
            Typed("price"),
        ),
        _bill_rows, spare=0, cards=True,
    ),
    save=T("Save"),
    note=lambda ctx, row: T("What the vendor's paper says. Differences are kept and shown."),
)  # fmt: skip


class InvoiceView(TableView):
    """Invoices to customers."""

    document_template = "invoicing/invoice.html"
    tables = {"lines": INVOICE_LINES, "credit": _crediting(invoice_actions.CREDITED)}

    def document_values(self, context: Ctx, row: Invoice) -> dict[str, Any]:
        """Whether this person may enter what was paid."""
        return {"may_pay": context.can("invoicing.payment.create")}


class BillView(TableView):
    """Bills of vendors."""

    document_template = "invoicing/bill.html"
    tables = {"lines": BILL_LINES, "debit": _crediting(bills.DEBITED)}

    def document_values(self, context: Ctx, row: Bill) -> dict[str, Any]:
        """Whether this person may enter what was paid."""
        return {"may_pay": context.can("invoicing.payment.create")}


class PaymentView(EntityView):
    """Payments: the form may be filled from the document that is paid (``?pays=INV-2026-0001``)."""

    document_template = "invoicing/payment.html"

    def form_page(self, row: Any) -> Any:
        """The form; a new one begins with what is open of the document named in the address."""
        number = request.args.get("pays", "")
        if row is not None or request.method != "GET" or not number:
            return super().form_page(row)
        context = ctx()
        target = targets.called(context, [number]).get(number.strip().casefold())
        if target is None:
            return super().form_page(row)
        partner = targets.partner_called(context, target.partner_id)
        values = {
            "direction": target.side.direction,
            "partner": partner.code,
            "paid_on": context.today().isoformat(),
            "currency": target.currency,
            "parts-0-document": target.number,
        }
        if (left := targets.left_of(context, target)) > 0:
            values["amount"] = decimal_text(left)
        form = EntityForm(context, self.entity, None, MultiDict(values))
        return self.page(self.form_template, form=form, row=None, version=None)

"""Pages of payments and adjustments."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from core.api import get_row
from core.web.api import EntityForm, EntityView, ctx
from plugins.outsourcing.services import paid
from plugins.outsourcing.words import FACTORY_ORDER


class PaymentView(EntityView):
    """Payments: the form may be filled from a factory order."""

    document_template = "outsourcing/payment.html"

    def form_page(self, row: Any) -> Any:
        number = request.args.get("order", "")
        if row is not None or request.method != "GET" or not number:
            return super().form_page(row)
        context = ctx()
        order = get_row(context, context.registry.get(FACTORY_ORDER), number)
        balance = paid.of_order(context, order).balance
        values = {
            "factory": order.factory.code,
            "paid_on": context.today().isoformat(),
            "currency": order.currency,
            "kind": "deposit" if balance == order.total else "progress",
            "splits-0-order": order.number,
        }
        form = EntityForm(context, self.entity, None, MultiDict(values))
        return self.page(self.form_template, form=form, row=None, version=None)


class AdjustmentView(EntityView):
    """Debit and credit notes: the form may be filled from a factory order."""

    def form_page(self, row: Any) -> Any:
        number = request.args.get("order", "")
        if row is not None or request.method != "GET" or not number:
            return super().form_page(row)
        context = ctx()
        values = {"order": number, "agreed_on": context.today().isoformat()}
        form = EntityForm(context, self.entity, None, MultiDict(values))
        return self.page(self.form_template, form=form, row=None, version=None)

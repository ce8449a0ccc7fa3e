"""帳齡: what is owed, by partner and by document, at any day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from core.api import Ctx, Refused, T, pick
from core.money import base_currency
from core.values import Unreadable, parse_date, parse_id
from core.web.api import Page, ctx, route
from kit.exports.tables import TableColumn, sheet_of_table, sorted_rows
from plugins.invoicing.services import ageing, targets
from plugins.invoicing.services.ageing import BUCKETS, Debt
from plugins.invoicing.services.sides import PURCHASES, SALES, Side
from plugins.invoicing.words import AGEING

URL = "/invoicing/ageing"
SHOWN = 500


class AgeingPage(Page):
    """What customers owe us and what we owe vendors: ``?side=out`` for the latter, ``?on=`` a day, ``?partner=`` one of
    them."""

    plugin = "invoicing"
    prefix = AGEING
    label = T("Owed by age")

    def __init__(self) -> None:
        super().__init__(name="Owed by age", endpoint="invoicing_ageing", url=URL)

    @route("/", right="view")
    def index(self) -> str:
        """The table, by partner, or by document where one partner is asked for."""
        context = ctx()
        side, on, partner_id = _asked(context)
        debts = ageing.documents(context, side, on, partner_id)
        rows = list(debts) if partner_id else ageing.by_partner(context, debts)
        sort = request.args.get("sort", "")[:60]
        sums = ageing.sums(debts)
        partner = targets.partner_called(context, partner_id) if partner_id else None
        return render_template(
            "invoicing/ageing.html", side=side, sales=side is SALES, on=on, today=context.today(), partner=partner,
            rows=sorted_rows(rows, _columns(partner_id), sort)[:SHOWN], count=len(rows), buckets=BUCKETS, sums=sums,
            total=sum(sums.values()), widths=_widths(sums), base=base_currency(context), sort=sort, address=_address, url=URL,
            most=SHOWN, name=pick(partner.names, partner.name) if partner else "",
                entity_url=f"/{side.entity.replace('.', '/')}",
        )  # fmt: skip

    @route("/export/<kind>", right="view", limited="exports")
    def export(self, kind: str) -> Any:
        """The same as a file, whole."""
        context = ctx()
        side, on, partner_id = _asked(context)
        debts = ageing.documents(context, side, on, partner_id)
        rows = list(debts) if partner_id else ageing.by_partner(context, debts)
        columns = _columns(partner_id)
        rows = sorted_rows(rows, columns, request.args.get("sort", "")[:60])
        title = str(T("Owed by customers") if side is SALES else T("Owed to vendors"))
        return self.send_table(kind, sheet_of_table(title, columns, rows), "ageing")


def _columns(partner_id: int) -> list[TableColumn[Debt]]:
    """Of the table and of its file; the page's headings have the same names."""
    head: Sequence[TableColumn[Debt]] = [TableColumn("number", T("Partner"), lambda d: d.number)]
    if partner_id:
        head = [
            TableColumn("number", T("Document"), lambda d: d.number),
            TableColumn("dated", T("Date"), lambda d: d.dated, "date"),
            TableColumn("due", T("Due"), lambda d: d.due, "date"),
            TableColumn("currency", T("Currency"), lambda d: d.currency),
            TableColumn("open", T("Open amount"), lambda d: d.open, "money"),
        ]
    return [
        *head,
        *(_bucket(name, words) for name, words, _most in BUCKETS),
        TableColumn("total", T("Total"), lambda d: d.total, "money"),
        TableColumn("days", T("Days overdue"), lambda d: d.days, "int"),
    ]


def _bucket(name: str, words: Any) -> TableColumn[Debt]:
    return TableColumn(name, words, lambda d: d.buckets[name], "money")


def _widths(sums: dict[str, Any]) -> list[tuple[str, int, int]]:
    """(bucket, where its part of the bar begins, how wide it is), of a bar 1000 wide; what is to be given back is left out."""
    whole = sum(max(amount, 0) for amount in sums.values())
    found, at = [], 0
    for name, amount in sums.items():
        width = int(max(amount, 0) * 1000 / whole) if whole else 0
        found.append((name, at, width))
        at += width
    return found


def _asked(context: Ctx) -> tuple[Side, date, int]:
    """Side, day and partner of the address. Refused for what is no day."""
    raw = request.args.get("on", "")
    try:
        on = parse_date(raw) if raw else context.today()
    except Unreadable as error:
        raise Refused(str(error), "on") from error
    side = PURCHASES if request.args.get("side") == "out" else SALES
    return side, on, parse_id(request.args.get("partner", "")) or 0


def _address(**changes: Any) -> str:
    return "?" + urlencode(
        {k: v for k, v in {**request.args.to_dict(), **changes}.items() if v not in ("", None)}
    )

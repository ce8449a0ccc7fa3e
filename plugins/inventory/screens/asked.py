"""What the address of a view of stock asks for."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import select

from core import ledger
from core.api import Ctx, NotFound, Refused, T
from core.values import Unreadable, parse_date, parse_id
from plugins.inventory.services import ageing, balances, cards
from plugins.stock.api import Store


def asked_of(context: Ctx) -> dict[str, Any]:
    """What the address asks of a view: day, search, store, only what is short, page."""
    every = stores(context)
    store = number("store")
    return {
        "on": day("on"), "q": request.args.get("q", "").strip()[:60], "low": request.args.get("low") == "1",
        "store": store if store in {s[0] for s in every} else None, "page": max(1, number("page")), "stores": every,
        "sort": request.args.get("sort", "")[:60],
    }  # fmt: skip


def figure_of(context: Ctx) -> str:
    """The figure of finished goods that is shown."""
    figure = request.args.get("show", "on_hand")
    return figure if figure in balances.figures(context) else "on_hand"


def asked_card(context: Ctx) -> tuple[cards.Asked, str, ledger.Item, Any]:
    """(what the address asks of the stock card, the figure behind which it is, the item, what it is called). NotFound for an
    item that is not there for this person."""
    figure = request.args.get("show", "on_hand")
    if figure not in balances.figures(context):
        raise NotFound(T("There is no such figure."))
    asked = cards.Asked(
        request.args.get("kind", "material"), number("id"), number("color"), number("size"), number("dest"),
        request.args.get("lot", "")[:120] or None, balances.PLACES[figure], number("store"), day("since"),
        day("until") or day("on"),
    )  # fmt: skip
    item = ledger.Item(asked.kind, asked.id, asked.color_id, asked.size_id, asked.dest_id, asked.lot or "")
    called = ledger.names(context, [item])[item]
    if asked.kind not in ("material", "garment") or not called.unit:
        raise NotFound(T("There is no such item."))
    return asked, figure, item, called


def coming(context: Ctx) -> tuple[Any, list[Any]]:
    """(what the item of the address is called, what is on order of it)."""
    item = ledger.Item("material", number("id"), number("color"), number("size"), number("dest"))
    called = ledger.names(context, [item])[item]
    expected = balances.on_order(context, [item.id])
    if expected is None or not called.unit:
        raise NotFound(T("There is no such item."))
    rows = sorted((e for e in expected if e.item == item), key=lambda e: (e.due or date.max, e.number))
    return called, rows


def aged(context: Ctx) -> tuple[str, str, list[ageing.Idle]]:
    """(area, class that is wanted, idle stock of the area) of the address."""
    group = request.args.get("group", "main")
    group = group if group in ageing.GROUPS else "main"
    return group, request.args.get("class", ""), ageing.idle_stock(context, group)


def of_page(rows: list[Any], page: int) -> list[Any]:
    """The rows of one page."""
    return rows[(page - 1) * balances.PAGE : page * balances.PAGE]


def stores(context: Ctx) -> list[tuple[int, str]]:
    """(id, code) of every store."""
    return list(context.session.execute(select(Store.id, Store.code).order_by(Store.code)))


def day(name: str) -> date | None:
    """A day of the address; Refused for what is none."""
    raw = request.args.get(name, "")
    if not raw:
        return None
    try:
        return parse_date(raw)
    except Unreadable as error:
        raise Refused(str(error), name) from error


def number(name: str) -> int:
    """A number of the address; 0 for what is none."""
    raw = request.args.get(name, "")
    return parse_id(raw) or 0


def pages(total: int, size: int = balances.PAGE) -> int:
    """How many pages there are."""
    return max(1, -(-total // size))


def query(**changes: Any) -> str:
    """The address's query with changes; what is empty is left out."""
    values = {**request.args.to_dict(), **changes}
    return "?" + urlencode({k: v for k, v in values.items() if v not in (None, "", 0)})

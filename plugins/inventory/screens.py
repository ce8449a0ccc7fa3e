"""Pages of inventory: balances, stock card, what is on order, ageing, periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Declare, NotFound, Refused, T
from core.values import Unreadable, parse_date, parse_id
from core.web.api import Page, by_input, ctx, route, submit_once, undo
from plugins.inventory import shown
from plugins.inventory.services import ageing, balances, cards, garments, periods
from plugins.inventory.words import ADVICE, CLASSES, VALUES
from plugins.stock.models import Store

VIEW = shown.VIEW
TITLES = {
    "main": T("Main materials"),
    "trim": T("Trims"),
    "garment": T("Finished goods"),
    "": T("Below safety stock"),
}


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.view(StockPage(name="Stock", endpoint="inventory_stock", url=shown.BASE))


class StockPage(Page):
    """Everything that only looks at stock, closing periods, and asking for the proof."""

    plugin = "inventory"
    menu_place = None
    right = VIEW
    label = T("Stock")

    # --- balances -------------------------------------------------------------------------------------------------

    @route("/", right=VIEW)
    def index(self) -> Any:
        """The first of the views."""
        return redirect(f"{shown.BASE}/main")

    @route("/main", right=VIEW)
    def main(self) -> str:
        """Main materials."""
        return self._materials("main")

    @route("/trim", right=VIEW)
    def trim(self) -> str:
        """Trims."""
        return self._materials("trim")

    @route("/low", right=VIEW)
    def low(self) -> str:
        """Materials of both classes below their safety stock."""
        return self._materials("", low=True)

    def _materials(self, material_class: str, *, low: bool = False) -> str:
        context = ctx()
        asked = _asked(context)
        found = balances.materials(
            context, material_class, on=asked["on"], search=asked["q"], low=low or asked["low"], store=asked["store"],
            page=asked["page"],
        )  # fmt: skip
        return self._page(
            "materials.html", title=TITLES[material_class], found=found, asked=asked, pages=_pages(found.total),
            here=request.path, figures=balances.figures(context),
        )  # fmt: skip

    @route("/garments", right=VIEW)
    def garments(self) -> str:
        """Finished goods, a column for each size."""
        context = ctx()
        asked = _asked(context)
        figures = balances.figures(context)
        figure = request.args.get("show", "on_hand")
        figure = figure if figure in figures else "on_hand"
        tables, total = garments.read(
            context, figure, on=asked["on"], search=asked["q"], store=asked["store"], page=asked["page"]
        )
        return self._page(
            "garments.html", title=TITLES["garment"], tables=tables, total=total, figure=figure, figures=figures,
            asked=asked, pages=_pages(total), here=request.path, on=asked["on"], store=asked["store"],
        )  # fmt: skip

    # --- behind a figure ------------------------------------------------------------------------------------------

    @route("/card", right=VIEW)
    def card(self) -> str:
        """The stock card: each movement with the balance after it, and the balance over time."""
        context = ctx()
        figures, figure = balances.figures(context), request.args.get("show", "on_hand")
        if figure not in figures:
            raise NotFound(T("There is no such figure."))
        since, until, on = _day("since"), _day("until"), _day("on")
        asked = cards.Asked(
            request.args.get("kind", "material"), _number("id"), _number("color"), _number("size"), _number("dest"),
            request.args.get("lot", "")[:120] or None, balances.PLACES[figure], _number("store"), since, until or on,
        )  # fmt: skip
        item = ledger.Item(
            asked.kind, asked.id, asked.color_id, asked.size_id, asked.dest_id, asked.lot or ""
        )
        called = ledger.names(context, [item])[item]
        if asked.kind not in ("material", "garment") or not called.unit:
            raise NotFound(T("There is no such item."))
        page = max(1, _number("page"))
        found = cards.read(context, asked, page)
        more = {"store": asked.place_id, "on": on.isoformat() if on else ""}
        return self._page(
            "card.html", item=item, called=called, card=found, figure=figure, figures=figures, page=page,
            pages=_pages(found.total, cards.PAGE),
            others={name: shown.card_url(item, name, **more) for name in figures},
            chart=cards.chart(found, since, asked.until or context.today()), since=since, until=asked.until,
            store=next((s for s in _stores(context) if s[0] == asked.place_id), None),
            back=f"{shown.BASE}/{'garments' if item.kind == 'garment' else shown.material_class(context, item.id)}",
        )  # fmt: skip

    @route("/expected", right=VIEW)
    def expected(self) -> str:
        """What is on order of an item, document by document."""
        context = ctx()
        item = ledger.Item("material", _number("id"), _number("color"), _number("size"), _number("dest"))
        called = ledger.names(context, [item])[item]
        coming = balances.on_order(context, [item.id])
        if coming is None or not called.unit:
            raise NotFound(T("There is no such item."))
        rows = sorted((e for e in coming if e.item == item), key=lambda e: (e.due or date.max, e.number))
        return self._page(
            "expected.html", called=called, rows=rows, total=sum((e.qty for e in rows), balances.ZERO)
        )

    # --- ageing ---------------------------------------------------------------------------------------------------

    @route("/ageing", right=VIEW)
    def ageing(self) -> str:
        """Idle days and classes of slow-moving stock."""
        context = ctx()
        group, wanted = request.args.get("group", "main"), request.args.get("class", "")
        group = group if group in ageing.GROUPS else "main"
        found = ageing.read(context, group)
        rows = [each for each in found if wanted in ("", each.group)]
        page = max(1, _number("page"))
        return self._page(
            "ageing.html", group=group, groups={g: TITLES[g] for g in ageing.GROUPS}, wanted=wanted, classes=CLASSES,
            advice=ADVICE, sums=ageing.summary(found), limits=ageing.limits(context, group), page=page,
            pages=_pages(len(rows)), rows=rows[(page - 1) * balances.PAGE : page * balances.PAGE], total=len(rows),
            worth=context.can(VALUES), base=(context.setting("company") or {}).get("base_currency") or "USD",
        )  # fmt: skip

    # --- periods --------------------------------------------------------------------------------------------------

    @route("/periods", right=VIEW)
    def periods(self) -> str:
        """Closed periods, and when the figures were proved."""
        return self._periods({})

    @route("/periods/close", right="inventory.close", methods=("POST",))
    def close(self) -> Any:
        """Close everything up to a day."""

        def work() -> str:
            try:
                until = parse_date(request.form.get("until", ""))
            except Unreadable as error:
                raise Refused(str(error), "until") from error
            periods.close(ctx(), until)
            flash(str(T("Closed up to {day}.", day=until.isoformat())))
            return f"{shown.BASE}/periods"

        return self._attempt(work)

    @route("/periods/reopen", right="inventory.reopen", methods=("POST",))
    def reopen(self) -> Any:
        """Open the newest period again."""

        def work() -> str:
            until = ledger.closed_until(ctx())
            if until is None or until.isoformat() != request.form.get("until"):
                raise Refused(T("Only the period that was closed last can be opened again."))
            periods.reopen(ctx(), until, request.form.get("reason", "")[:2000])
            flash(str(T("Opened again.")))
            return f"{shown.BASE}/periods"

        return self._attempt(work)

    @route("/verify", right="inventory.verify", methods=("POST",))
    def verify(self) -> Any:
        """Ask for the proof; it runs in the background."""

        def work() -> str:
            return f"/jobs/{periods.ask(ctx()).id}"

        return self._attempt(work)

    def _attempt(self, work: Callable[[], str]) -> Any:
        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            return self._periods(by_input(refused.problems)), 422

    def _periods(self, errors: dict[str, list[str]]) -> str:
        context = ctx()
        return self._page(
            "periods.html", errors=errors, periods=ledger.periods(context),
            closed=ledger.closed_until(context), may_close=context.can("inventory.close"),
            may_reopen=context.can("inventory.reopen"), may_verify=context.can("inventory.verify"),
        )  # fmt: skip

    def _page(self, template: str, **values: Any) -> str:
        return render_template(
            f"inventory/{template}",
            view=self,
            proof=ledger.last_verified(ctx()),
            card_url=shown.card_url,
            base_url=shown.BASE,
            query=_query,
            **values,
        )


def _asked(context: Ctx) -> dict[str, Any]:
    """What the address asks of a view: day, search, store, only what is short, page."""
    stores = _stores(context)
    store = _number("store")
    return {
        "on": _day("on"), "q": request.args.get("q", "").strip()[:60], "low": request.args.get("low") == "1",
        "store": store if store in {s[0] for s in stores} else None, "page": max(1, _number("page")), "stores": stores,
    }  # fmt: skip


def _stores(context: Ctx) -> list[tuple[int, str]]:
    return list(context.session.execute(select(Store.id, Store.code).order_by(Store.code)))


def _day(name: str) -> date | None:
    raw = request.args.get(name, "")
    if not raw:
        return None
    try:
        return parse_date(raw)
    except Unreadable as error:
        raise Refused(str(error), name) from error


def _number(name: str) -> int:
    raw = request.args.get(name, "")
    return parse_id(raw) or 0


def _pages(total: int, size: int = balances.PAGE) -> int:
    return max(1, -(-total // size))


def _query(**changes: Any) -> str:
    """The address's query with changes; what is empty is left out."""
    values = {**request.args.to_dict(), **changes}
    return "?" + urlencode({k: v for k, v in values.items() if v not in (None, "", 0)})

"""Pages of inventory: balances, stock card, what is on order, ageing, periods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request

from core import ledger
from core.api import NotFound, Refused, T
from core.money import base_currency
from core.values import ZERO, Unreadable, parse_date
from core.web.api import Page, by_input, ctx, route, submit_once, undo
from kit.exports.tables import sorted_rows
from plugins.inventory import shown
from plugins.inventory.screens.asked import (
    aged,
    asked_card,
    asked_of,
    coming,
    day,
    figure_of,
    number,
    of_page,
    pages,
    query,
    stores,
)
from plugins.inventory.screens.files import SHEETS, found_materials
from plugins.inventory.services import ageing, balances, cards, garments, periods, tables
from plugins.inventory.words import ADVICE, CLASSES, TITLES, VALUES

VIEW = shown.VIEW


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
        asked = asked_of(context)
        found = found_materials(context, asked, material_class, low=low, whole=bool(asked["sort"]))
        if asked["sort"]:
            rows = sorted_rows(found.rows, tables.of_materials(found.figures, found.buys), asked["sort"])
            found.total, found.rows = len(rows), of_page(rows, asked["page"])
        return self._page(
            "materials.html", title=TITLES[material_class], found=found, asked=asked, pages=pages(found.total),
            here=request.path, figures=balances.figures(context),
        )  # fmt: skip

    @route("/garments", right=VIEW)
    def garments(self) -> str:
        """Finished goods, a column for each size."""
        context = ctx()
        asked = asked_of(context)
        figures, figure = balances.figures(context), figure_of(context)
        found, total = garments.garment_balances(
            context, figure, on=asked["on"], search=asked["q"], store=asked["store"], page=asked["page"]
        )
        return self._page(
            "garments.html", title=TITLES["garment"], tables=found, total=total, figure=figure, figures=figures,
            asked=asked, pages=pages(total), here=request.path, on=asked["on"], store=asked["store"],
        )  # fmt: skip

    # --- behind a figure ------------------------------------------------------------------------------------------

    @route("/card", right=VIEW)
    def card(self) -> str:
        """The stock card: each movement with the balance after it, and the balance over time."""
        context = ctx()
        asked, figure, item, called = asked_card(context)
        figures, on = balances.figures(context), day("on")
        page = max(1, number("page"))
        found = cards.stock_card(context, asked, page)
        more = {"store": asked.place_id, "on": on.isoformat() if on else ""}
        return self._page(
            "card.html", item=item, called=called, card=found, figure=figure, figures=figures, page=page,
            pages=pages(found.total, cards.PAGE),
            others={name: shown.card_url(item, name, **more) for name in figures},
            chart=cards.chart(found, asked.since, asked.until or context.today()), since=asked.since, until=asked.until,
            store=next((s for s in stores(context) if s[0] == asked.place_id), None),
            back=f"{shown.BASE}/{'garments' if item.kind == 'garment' else shown.material_class(context, item.id)}",
        )  # fmt: skip

    @route("/expected", right=VIEW)
    def expected(self) -> str:
        """What is on order of an item, document by document."""
        called, rows = coming(ctx())
        return self._page("expected.html", called=called, rows=rows, total=sum((e.qty for e in rows), ZERO))

    # --- ageing ---------------------------------------------------------------------------------------------------

    @route("/ageing", right=VIEW)
    def ageing(self) -> str:
        """Idle days and classes of slow-moving stock."""
        context = ctx()
        group, wanted, found = aged(context)
        worth, base, sort = context.can(VALUES), base_currency(context), request.args.get("sort", "")
        rows = [each for each in found if wanted in ("", each.group)]
        rows = sorted_rows(rows, tables.of_ageing(worth, base), sort)
        page = max(1, number("page"))
        return self._page(
            "ageing.html", group=group, groups={g: TITLES[g] for g in ageing.GROUPS}, wanted=wanted, classes=CLASSES,
            advice=ADVICE, sums=ageing.summary(found), limits=ageing.limits(context, group), page=page,
            pages=pages(len(rows)), rows=of_page(rows, page), total=len(rows), worth=worth, base=base, sort=sort,
        )  # fmt: skip

    # --- as files -------------------------------------------------------------------------------------------------

    @route("/<view>/export/<kind>", right=VIEW, limited="exports")
    def export(self, view: str, kind: str) -> Any:
        """What a view shows, all pages of it, in the order that was chosen."""
        made = SHEETS.get(view)
        if made is None:
            raise NotFound(T("There is nothing here."))
        return self.send_table(kind, made(ctx(), view), f"stock-{view}")

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
            query=query,
            **values,
        )

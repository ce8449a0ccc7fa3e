"""Pages of purchase orders: two lists, the document with need and receipts, the grid of lines, the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from core.api import Ctx, Declare, Refused, Stale, T, run_action
from core.values import parse_id
from core.web.api import EntityView, ctx, route, send, submit_once, undo
from kit.printing import documents
from plugins.purchasing import screens_grid as grid
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import header, lines, purposes
from plugins.purchasing.words import AVAILABILITY, PROGRESS, PURCHASE_ORDER, REPRICE

BLANK = 3


def register(registry: Declare) -> None:
    """Use this screen for purchase orders."""
    registry.screen("purchasing.order", OrderView)


class OrderView(EntityView):
    """Purchase orders."""

    list_template = "purchasing/orders.html"
    document_template = "purchasing/order.html"
    taken_over = ("material_class",)

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new order goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")

    def document_values(self, context: Ctx, row: PurchaseOrder) -> dict[str, Any]:
        """Words of the page."""
        return {
            "progress_words": PROGRESS,
            "availability": dict(AVAILABILITY),
            "notes": header.note_texts(context, row),
        }

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The order as PDF in the language asked for; a draft carries a watermark."""
        return send_pdf(ctx(), PURCHASE_ORDER, self.row(row_id), draft=self.row(row_id).state == "draft")

    # --- lines ----------------------------------------------------------------------------------------------------

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """The grid of a draft's lines: typed, or pasted from a spreadsheet; saved together or not at all."""
        return self._editor(row_id, "draft", "lines")

    @route("/<int:row_id>/revise", right="revise", methods=("GET", "POST"))
    def revise(self, row_id: int) -> Any:
        """The same grid for an issued order: what differs becomes a revision, with its reason."""
        return self._editor(row_id, "issued", "revise")

    def _editor(self, row_id: int, state: str, action: str) -> Any:
        context, row = ctx(), self.row(row_id)
        if row.state != state:
            raise Refused(
                T("{number} is {state}.", number=row.number, state=self.entity.state(row.state).label)
            )
        if request.method == "GET":
            held = lines.load(context, row.id)
            served = purposes.of_lines(context, [line.id for line in held])
            found = [(i, line.id, grid.texts(line, served[line.id])) for i, line in enumerate(held)]
            return self._grid(row, found, {}, row.version)
        rows = grid.posted_rows(request.form)
        version = parse_id(request.form.get("_version"))

        def work() -> str:
            given = grid.payload(row, lines.load(context, row.id), rows)
            if action == "revise":
                given |= {name: request.form.get(name, "") for name in ("reason", "reprice")}
            run_action(context, self.entity, row, action, given, version=version)
            return self.url_for_row(row)

        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.row(row_id)
            stale = error if isinstance(error, Stale) else None
            if stale and request.form.get("_mine"):
                version = row.version
            errors = grid.placed(error.problems, rows) if isinstance(error, Refused) else {}
            return self._grid(row, rows, errors, version, stale), 409 if stale else 422

    def _grid(
        self, row: PurchaseOrder, rows: grid.Rows, errors: Mapping[str, list[str]], version: int | None, stale: Any = None
    ) -> str:  # fmt: skip
        following = 1 + max((r[0] for r in rows), default=-1)
        typed = request.form
        return self.page(
            "purchasing/lines.html", row=row, rows=rows, fields=grid.EDITED, errors=errors, version=version, stale=stale,
            blank=[(following + i, 0, {}) for i in range(BLANK if rows else 8)], availability=AVAILABILITY,
            reprice=REPRICE, typed={"reason": typed.get("reason", ""), "reprice": typed.get("reprice", "new")},
        )  # fmt: skip


def send_pdf(context: Ctx, kind: str, row: Any, *, draft: bool = False) -> Any:
    """A document of ours, made now, in the language of the address or of the reader."""
    language = request.args.get("language") or context.locale
    declared = documents.kind(context, kind)
    made = documents.render(context, kind, row, language, draft)
    return send(made.pdf, "application/pdf", declared.filename(row), inline=True)

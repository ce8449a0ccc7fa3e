"""Pages of customer orders: the document with its size matrices, and the page where lines are entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import current_app, request

from core.api import Ctx, Problem, Refused, Stale, T, pick
from core.values import parse_id
from core.web.api import by_input, ctx, route, seen_version, submit_once, undo
from kit.lines import TableView
from kit.sizes import FreeBlocks, GridBlock, GridRow, posted_blocks
from plugins.orders.models import CustomerOrder
from plugins.orders.screens import grid
from plugins.orders.services import allocation, clearing, lines, text_entry
from plugins.orders.services.text_entry import Defaults
from plugins.orders.shown import figures

TEXTS = ("quick", "table")


class OrderView(TableView):
    """Customer orders."""

    document_template = "orders/order.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """How the page draws the lines that came with the figures, and what is left until the order is cleared."""
        missing = clearing.missing(context, [row.id]).get(row.id) if row.state == "confirmed" else None
        return {"matrices_of": figures.matrices, "price_text": _price, "missing": missing}

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new order goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Enter lines: grid, table from a spreadsheet and quick entry in one form, saved together or not at all."""
        context, row = ctx(), self.row(row_id)
        lines.may_edit(context, row)
        if request.method == "GET":
            return self._entry(context, row, list(grid.GRID.blocks(context, row)))
        version = seen_version()
        try:
            blocks = posted_blocks(grid.GRID, request.form)
        except Refused as refused:
            return self._entry(context, row, [], refused.problems, version=version, texts=request.form), 422
        defaults = _defaults(request.form)
        asked = request.form.get("do", "save")
        if asked != "save":
            return self._reshape(context, row, blocks, defaults, asked)

        def work() -> str:
            text_entry.save_entry(
                context, row, grid.input_lines(blocks), {how: request.form.get(how, "") for how in TEXTS}, defaults, version,
                reason=request.form.get("reason", "").strip(), leave_out="leave_out" in request.form,
            )  # fmt: skip
            return self.url_for_row(row)

        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.row(row_id)
            stale = error if isinstance(error, Stale) else None
            if stale and request.form.get("_mine"):
                version = row.version
            problems = error.problems if isinstance(error, Refused) else ()
            body = self._entry(
                context,
                row,
                blocks,
                grid.at_cells(problems),
                stale=stale,
                version=version,
                texts=request.form,
            )
            return body, 409 if stale else 422

    @route("/<int:row_id>/lines/block", right="edit", methods=("POST",))
    def block(self, row_id: int) -> str:
        """The posted blocks drawn again, with the size columns and colours of their styles. Saves nothing."""
        context, row = ctx(), self.row(row_id)
        blocks = posted_blocks(grid.GRID, request.form)
        first = parse_id(request.form.get("first_row")) or 0
        errors = grid.dress(context, blocks, self._held(context, row), first)
        return str(FreeBlocks(grid.GRID, context, row, errors, current_app.jinja_env.filters).html(blocks))

    def _reshape(
        self, context: Ctx, row: CustomerOrder, blocks: list[GridBlock], defaults: Defaults, asked: str
    ) -> Any:
        """Buttons that work without scripts: show the columns of a style, add a block or a row, text into the grid."""
        what, _, number = asked.partition(":")
        texts: dict[str, str] = dict(request.form)
        problems: tuple[Problem, ...] = ()
        following = 1 + max((r.index for b in blocks for r in b.rows), default=-1)
        first = 1 + max((b.index for b in blocks), default=-1)
        if what == "block":
            last = blocks[-1].typed if blocks else defaults.named()
            shared = {name: last.get(name, "") for name in ("destination", "ship_date")}
            blocks.append(GridBlock(index=first, typed=shared))
        elif what == "row":
            for block in blocks:
                if str(block.index) == number:
                    block.rows.append(GridRow(index=following))
        elif what == "spread":
            try:
                for how in TEXTS:
                    if texts.get(how, "").strip():
                        typed = text_entry.parse_order_text(
                            context, texts[how], how, defaults, how, leave_out=bool(texts.get("leave_out"))
                        )
                        first = 1 + max((b.index for b in blocks), default=-1)
                        blocks += grid.text_blocks(typed, first, following)
                        following += len(typed)
                        texts[how] = ""
            except Refused as refused:
                problems = refused.problems
        blocks = [b for b in blocks if what == "block" or b.rows or b.typed.get("style", "").strip()]
        return self._entry(
            context, row, blocks, problems, version=seen_version(), texts=texts
        ), 422 if problems else 200

    def _entry(
        self,
        context: Ctx,
        row: CustomerOrder,
        blocks: list[GridBlock],
        problems: Sequence[Problem] = (),
        *,
        stale: Stale | None = None,
        version: int | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> str:
        if not blocks:
            blocks.append(GridBlock())
        unknown = grid.dress(context, blocks, self._held(context, row))
        typed = texts or {}
        errors = {**unknown, **by_input(problems)} if typed else by_input(problems)
        written = FreeBlocks(grid.GRID, context, row, errors, current_app.jinja_env.filters)
        names = (*TEXTS, "destination", "ship_date", "price", "reason", "leave_out")
        return self.page(
            "orders/lines.html", row=row, action=context.registry.actions[self.entity.name].standing("lines", context.enabled),
            grid=grid.GRID, blocks=blocks, written=written.html(blocks), total=written.total(blocks), errors=errors,
            stale=stale, version=version if version is not None else row.version,
            draw=self.url_for_row(row, "/lines/block"), save_label=T("Save"), filled=None, note="", then=None, forms=(),
            form_fields=(),
            about=f"{T('Lines')} · {pick(row.customer.names, row.customer.name)}",
            texts={name: typed.get(name, "") for name in names},
        )  # fmt: skip

    def _held(self, context: Ctx, row: CustomerOrder) -> dict[int, dict[str, int]]:
        """Pieces on factory orders by line and size code."""
        held = allocation.allocated(context, [row.id])
        found: dict[int, dict[str, int]] = {}
        if held:
            for line in lines.order_lines(context, row):
                found[line.id] = {
                    s.size.code: held[line.id, s.size_id] for s in line.sizes if (line.id, s.size_id) in held
                }
        return found


def _price(price: Decimal) -> str:
    """A price with at least two decimals, so that they stand under each other."""
    exact = price.normalize()
    return f"{exact:,.2f}" if exact == exact.quantize(Decimal("0.01")) else f"{exact:,f}"


def _defaults(form: Mapping[str, str]) -> Defaults:
    return Defaults(form.get("destination", ""), form.get("ship_date", ""), form.get("price", ""))

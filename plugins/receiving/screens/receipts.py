"""Pages of material receipts and of returns to suppliers: document, slip, inspection, giving back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request

from core.api import Ctx, Declare, Refused, list_choices, run_action
from core.values import parse_id
from core.web.api import EntityView, at_inputs, by_input, ctx, route, submit_once, undo
from plugins.receiving.models import Receipt, ReceiptLine, ReceiptRoll
from plugins.receiving.screens.sheet import typed_lines
from plugins.receiving.services import posting, tolerance
from plugins.receiving.shown import figures
from plugins.receiving.words import REASONS, RECEIPT, RETURN, RETURN_KINDS, SOURCES


def register(registry: Declare) -> None:
    """Use these screens for receipts and returns."""
    registry.screen(RECEIPT, ReceiptView)
    registry.screen(RETURN, ReturnView)


class ReceiptView(EntityView):
    """Material receipts: the document, its slip, inspection, and what goes back."""

    document_template = "receiving/receipt.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Languages of the slip."""
        return {"may_exceed": context.can(tolerance.OVER)}

    @route("/<int:row_id>/inspect", right="inspect", methods=("GET", "POST"))
    def inspect(self, row_id: int) -> Any:
        """Accept or reject what waits, line by line or roll by roll."""
        row = self.row(row_id)
        if request.method == "GET":
            return self._inspection(row, {}, {})
        typed = typed_lines(request.form)

        found = posting.load_lines(ctx(), row.id)
        rows, prefixes = inspected_rows(
            request.form, found, posting.load_rolls(ctx(), [line.id for line in found])
        )

        def work() -> str:
            version = parse_id(request.form.get("_version"))
            run_action(ctx(), self.entity, row, "inspect", {"lines": rows}, version=version)
            return self.url_for_row(row)

        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            errors = _errors(refused, prefixes, "accepted", "rejected", "reason")
            return self._inspection(self.row(row_id), typed, errors), 422

    def _inspection(self, row: Receipt, typed: Any, errors: Any) -> str:
        found = [line for line in figures.receipt_figures(ctx(), row)["lines"] if line["pending"]]
        return self.page("receiving/inspect.html", row=row, lines=found, typed=typed, errors=errors,
                         reasons=list_choices(REASONS)(ctx()))  # fmt: skip

    @route("/<int:row_id>/return", right=f"{RETURN}.create", methods=("GET", "POST"))
    def give_back(self, row_id: int) -> Any:
        """What goes back to the supplier: quantity and reason per line."""
        row = self.row(row_id)
        if request.method == "GET":
            return self._giving_back(row, {}, {})

        form = request.form
        rows, prefixes = returned_rows(form, posting.load_lines(ctx(), row.id))
        given = {"lines": rows} | {name: form.get(name, "") for name in ("kind", "returned_on", "notes")}

        def work() -> str:
            made = run_action(ctx(), self.entity, row, "return", given)
            return f"/receiving/return/{made.id}"

        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            errors = _errors(refused, prefixes, "qty", "stock_qty", "reason")
            return self._giving_back(self.row(row_id), form, errors), 422

    def _giving_back(self, row: Receipt, typed: Any, errors: Any) -> str:
        found = [
            {**there, "line": line}
            for line in figures.receipt_figures(ctx(), row)["lines"]
            for there in line["returnable"]
        ]
        return self.page(
            "receiving/give_back.html", row=row, rows=found, typed=typed, errors=errors,
            reasons=list_choices(REASONS)(ctx()), kinds=RETURN_KINDS, sources=dict(SOURCES),
        )  # fmt: skip


class ReturnView(EntityView):
    """Returns to suppliers."""

    document_template = "receiving/return.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words of its lines."""
        return {"sources": dict(SOURCES)}


def inspected_rows(
    form: Any, found: Iterable[ReceiptLine], rolls: Mapping[int, Sequence[ReceiptRoll]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of the action "inspect" for the lines that were decided on, and how the names of their inputs begin."""
    rows, prefixes = [], []
    for line in found:
        prefix = f"lines-{line.id}-"
        values = {name: form.get(prefix + name, "").strip() for name in ("accepted", "rejected", "reason")}
        if not (values["accepted"] or values["rejected"] or form.get(f"{prefix}decided")):
            continue
        ticked = set(form.getlist(f"{prefix}roll"))
        bad = [{"roll": n} for n, roll in enumerate(rolls.get(line.id, ()), 1) if str(roll.id) in ticked]
        rows.append({"line": line.position, **values, "rejected_rolls": bad})
        prefixes.append(prefix)
    return rows, prefixes


MOST_ROWS = 500
"""Most lines of one form."""


def returned_rows(form: Any, found: Iterable[ReceiptLine]) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of the action "return" for the lines that have a quantity, and how the names of their inputs begin."""
    positions = {str(line.id): line.position for line in found}
    rows, prefixes = [], []
    for index in range(min(parse_id(form.get("rows")) or 0, MOST_ROWS)):
        prefix = f"back-{index}-"
        names = ("qty", "reason", "source", "lot", "stock_qty", "note")
        values = {name: form.get(prefix + name, "").strip() for name in names}
        if values["qty"]:
            rows.append({"line": positions.get(form.get(f"{prefix}line", "")), **values})
            prefixes.append(prefix)
    return rows, prefixes


def _errors(refused: Refused, prefixes: Sequence[str], *names: str) -> dict[str, list[str]]:
    known = {prefix + name for prefix in prefixes for name in names} | {"returned_on"}
    return by_input(at_inputs(refused.problems, {"lines": prefixes}), known)

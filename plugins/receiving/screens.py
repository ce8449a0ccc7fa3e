"""Pages of material receipts and of returns to suppliers: document, slip, inspection, giving back."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms.validators import ValidationError

from core.api import Ctx, Problem, Refused, Registry, T, crud, lists, parse_date, run_action
from core.web.api import EntityView, by_input, ctx, once, route, undo
from plugins.purchasing.screens import send_pdf
from plugins.purchasing.services.quantities import ZERO
from plugins.receiving.models import Receipt, SupplierReturn
from plugins.receiving.screens_sheet import number, typed_lines
from plugins.receiving.services import figures, inspection, posting, returns, tolerance
from plugins.receiving.words import REASONS, RETURN_KINDS, SOURCES

RECEIPT, RETURN = "receiving.receipt", "receiving.return"


def register(registry: Registry) -> None:
    """Use these screens for receipts and returns."""
    registry.screen(RECEIPT, ReceiptView)
    registry.screen(RETURN, ReturnView)


class ReceiptView(EntityView):
    """Material receipts: the document, its slip, inspection, and what goes back."""

    document_template = "receiving/receipt.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Languages of the slip."""
        return {"may_exceed": context.can(tolerance.OVER)}

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The receipt slip 收料單."""
        row = self.row(row_id)
        return send_pdf(ctx(), RECEIPT, row, draft=row.state != "posted")

    @route("/<int:row_id>/inspect", right="inspect", methods=("GET", "POST"))
    def inspect(self, row_id: int) -> Any:
        """Accept or reject what waits, line by line or roll by roll."""
        row = self.row(row_id)
        if request.method == "GET":
            return self._inspection(row, {}, {})
        typed = typed_lines(request.form)

        def work() -> str:
            context, problems = ctx(), list[Problem]()
            crud.check_version(context, self.entity, row, _whole(request.form.get("_version")))
            done = 0
            for line in posting.load_lines(context, row.id):
                values, prefix = typed.get(line.id, {}), f"lines-{line.id}-"
                good = number(values, "accepted", prefix, problems) or ZERO
                bad = number(values, "rejected", prefix, problems) or ZERO
                rolls = [int(r) for r in request.form.getlist(f"{prefix}roll") if r.isdigit()]
                if problems or not (good or bad or values.get("decided")):
                    continue
                try:
                    inspection.inspect(context, row, line, accepted=good, rejected=bad, rejected_rolls=rolls,
                                    reason=values.get("reason", ""))  # fmt: skip
                except Refused as refused:
                    problems += [
                        Problem(p.message, f"{prefix}{p.field}" if p.field else "") for p in refused.problems
                    ]
                done += 1
            if not done and not problems:
                problems.append(Problem(T("Say what is accepted or rejected.")))
            if problems:
                raise Refused(problems)
            run_action(context, self.entity, row, "inspected")
            return self.url_for_row(row)

        try:
            return once(work)
        except Refused as refused:
            undo()
            return self._inspection(self.row(row_id), typed, by_input(refused.problems)), 422

    def _inspection(self, row: Receipt, typed: Any, errors: Any) -> str:
        found = [line for line in figures.receipt_figures(ctx(), row)["lines"] if line["pending"]]
        return self.page("receiving/inspect.html", row=row, lines=found, typed=typed, errors=errors,
                         reasons=lists.choices(REASONS)(ctx()))  # fmt: skip

    @route("/<int:row_id>/return", right=f"{RETURN}.create", methods=("GET", "POST"))
    def give_back(self, row_id: int) -> Any:
        """What goes back to the supplier: quantity and reason per line."""
        row = self.row(row_id)
        if request.method == "GET":
            return self._giving_back(row, {}, {})

        def work() -> str:
            made = self._return(row)
            return f"/receiving/return/{made.id}"

        try:
            return once(work)
        except Refused as refused:
            undo()
            return self._giving_back(self.row(row_id), request.form, by_input(refused.problems)), 422

    def _return(self, row: Receipt) -> SupplierReturn:
        context, form = ctx(), request.form
        problems: list[Problem] = []
        given = []
        for index in range(_whole(form.get("rows")) or 0):
            prefix = f"back-{index}-"
            values = {
                name: form.get(prefix + name, "").strip() for name in ("qty", "reason", "note", "stock_qty")
            }
            qty = number(values, "qty", prefix, problems)
            if qty is None:
                continue
            given.append(
                returns.GoingBack(
                    _whole(form.get(f"{prefix}line")) or 0, qty, values["reason"], form.get(f"{prefix}source", "stock"),
                    form.get(f"{prefix}lot", ""), number(values, "stock_qty", prefix, problems), values["note"][:400],
                    prefix,
                )
            )  # fmt: skip
        if problems:
            raise Refused(problems)
        try:
            day = parse_date(form["returned_on"]) if form.get("returned_on") else None
        except ValidationError as error:
            raise Refused(str(error), "returned_on") from error
        made = returns.draft(context, row, given, kind=form.get("kind", "replacement"), returned_on=day,
                             notes=form.get("notes", "")[:2000])  # fmt: skip
        run_action(context, context.registry.get(RETURN), made, "post")
        return made

    def _giving_back(self, row: Receipt, typed: Any, errors: Any) -> str:
        found = [
            {**there, "line": line}
            for line in figures.receipt_figures(ctx(), row)["lines"]
            for there in line["returnable"]
        ]
        return self.page(
            "receiving/give_back.html", row=row, rows=found, typed=typed, errors=errors,
            reasons=lists.choices(REASONS)(ctx()), kinds=RETURN_KINDS, sources=dict(SOURCES),
        )  # fmt: skip


class ReturnView(EntityView):
    """Returns to suppliers."""

    document_template = "receiving/return.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words of its lines."""
        return {"sources": dict(SOURCES)}

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The return slip 進貨退出單."""
        row = self.row(row_id)
        return send_pdf(ctx(), RETURN, row, draft=row.state != "posted")


def _whole(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdigit() else None

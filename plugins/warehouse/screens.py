"""Pages of issues, goods in and shipments: the document, and the page where its lines are typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from core.api import Ctx, Refused, Registry, Stale, T, crud, lists, pick, run_action
from core.web.api import EntityView, by_input, ctx, route, send, submit_once, undo
from kit.printing import documents
from plugins.outsourcing.services.quantities import pieces
from plugins.warehouse import words
from plugins.warehouse.models import GoodsIn, Issue, Shipment
from plugins.warehouse.services import (
    goods,
    goods_lines,
    goods_sheet,
    issue_lines,
    issue_sheet,
    shipping,
    shipping_lines,
)

CELL = re.compile(r"(cell|bad)-(\d{1,12})-(\d{1,12})-(\d{1,12})")
COUNT = re.compile(r"(cartons|inspected)-(\d{1,12})-(\d{1,12})")
PAIR = re.compile(r"cell-(\d{1,12})-(\d{1,12})")
FREE_ROWS = 3


def register(registry: Registry) -> None:
    """Use these pages for the three documents."""
    registry.screen("warehouse.issue", IssueView)
    registry.screen("warehouse.goods_in", GoodsInView)
    registry.screen("warehouse.shipment", ShipmentView)


class PaperView(EntityView):
    """A document whose lines have a page of their own at ``/lines``."""

    lines_template = ""

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new document goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Type lines; saved together or not at all. ``do=post`` also posts."""
        context, row = ctx(), self.row(row_id)
        if request.method == "GET":
            if row.state != "draft":
                raise Refused(
                    T("{number} is {state} and can no longer be edited.",
                      number=row.number, state=self.entity.state(row.state).label)
                )  # fmt: skip
            return self._lines_page(context, row, {}, False)

        def do() -> str:
            self.save_lines(context, row, _whole(request.form.get("_version")))
            if request.form.get("do") == "post":
                crud.flush(context.session)
                run_action(context, self.entity, row, self.last_step, self.step_data())
            return self.url_for_row(row)

        try:
            return submit_once(do)
        except (Refused, Stale) as error:
            undo()
            row = self.row(row_id)
            if row.state != "draft":
                raise
            stale = error if isinstance(error, Stale) else None
            errors = by_input(error.problems) if isinstance(error, Refused) else {}
            return self._lines_page(context, row, errors, True, stale), 409 if stale else 422

    last_step = "post"

    def step_data(self) -> dict[str, Any]:
        """What the last step asks for, from the page."""
        return {}

    def save_lines(self, context: Ctx, row: Any, version: int | None) -> None:
        """Save what was posted."""
        raise NotImplementedError

    def line_values(self, context: Ctx, row: Any, posted: bool) -> dict[str, Any]:
        """Values of the page."""
        raise NotImplementedError

    def _lines_page(
        self, context: Ctx, row: Any, errors: dict[str, list[str]], posted: bool, stale: Stale | None = None
    ) -> str:
        version = row.version if not posted or (stale and request.form.get("_mine")) else None
        values = self.line_values(context, row, posted)
        known = values.pop("inputs") | {"", "over_reason"}
        for name in set(errors) - known:  # what has no input of its own is said at the top
            errors.setdefault("", []).extend(errors.pop(name))
        return self.page(
            self.lines_template, row=row, errors=errors, stale=stale,
            version=version if version is not None else request.form.get("_version", row.version),
            may_post=context.can(f"{self.entity.name}.{self.last_step}"), **values,
        )  # fmt: skip


class IssueView(PaperView):
    """Material to a factory and back."""

    document_template = "warehouse/issue.html"
    lines_template = "warehouse/issue_lines.html"

    def document_values(self, context: Ctx, row: Issue) -> dict[str, Any]:
        """Lines with the names of what they move."""
        return {"rows": issue_sheet.saved(context, row), "words": words, "reasons": _reasons(context)}

    @route("/<int:row_id>/slip", right="view")
    def slip(self, row_id: int) -> Response:
        """發料單 (or 退料單 …) as PDF. A draft prints a watermark: it is picked by, it proves nothing yet."""
        return _pdf("warehouse.issue_slip", self.row(row_id))

    def save_lines(self, context: Ctx, row: Issue, version: int | None) -> None:
        """Rows of the sheet and free ones."""
        issue_lines.save(context, row, issue_sheet.read(request.form), version)

    def line_values(self, context: Ctx, row: Issue, posted: bool) -> dict[str, Any]:
        """The sheet, and some free rows for what is not on it."""
        typed = issue_sheet.read(request.form) if posted else None
        found = issue_sheet.build(context, row, typed)
        used = {id(each.typed) for each in found}
        extra = [t for t in typed or () if id(t) not in used]
        first = 1 + max((t.n for t in (*(r.typed for r in found), *extra)), default=-1)
        extra += [issue_lines.LineInput(first + n) for n in range(FREE_ROWS)]
        inputs = {t.at(what) for t in (*(r.typed for r in found), *extra) for what in issue_lines.TEXTS}
        return {
            "rows": found, "extra": extra, "inputs": inputs, "reasons": _reasons(context), "words": words,
        }  # fmt: skip


class GoodsInView(PaperView):
    """Finished goods from a factory."""

    document_template = "warehouse/goods_in.html"
    lines_template = "warehouse/goods_in_lines.html"

    def document_values(self, context: Ctx, row: GoodsIn) -> dict[str, Any]:
        """Pieces by line, colour and size."""
        return {"blocks": goods_sheet.build(context, row, saved_only=True)}

    def step_data(self) -> dict[str, Any]:
        """The reason for more than allowed."""
        return {"over_reason": request.form.get("over_reason", "")}

    def save_lines(self, context: Ctx, row: GoodsIn, version: int | None) -> None:
        """Cells of the grid."""
        found: dict[tuple[int, int], goods_lines.Typed] = {}
        came: dict[tuple[int, int, int], int] = {}
        bad: dict[tuple[int, int, int], int] = {}
        for name, value in request.form.items():
            if match := CELL.fullmatch(name):
                cell = (int(match[2]), int(match[3]), int(match[4]))
                (came if match[1] == "cell" else bad)[cell] = _pieces(value, name)
            elif match := COUNT.fullmatch(name):
                at = found.setdefault((int(match[2]), int(match[3])), goods_lines.Typed())
                setattr(at, match[1], _pieces(value, name))
        for cell in {**came, **bad}:
            if came.get(cell) or bad.get(cell):
                at = found.setdefault(cell[:2], goods_lines.Typed())
                at.sizes[cell[2]] = (came.get(cell, 0), bad.get(cell, 0))
        goods_lines.save(context, row, found, version)

    def line_values(self, context: Ctx, row: GoodsIn, posted: bool) -> dict[str, Any]:
        """The grid of the factory order."""
        blocks = goods_sheet.build(context, row)
        return {
            "blocks": blocks, "inputs": {name for block in blocks for name in block.inputs()},
            "typed": _typed(posted), "may_over": context.can(goods.OVER),
        }  # fmt: skip


class ShipmentView(PaperView):
    """Shipments to customers."""

    document_template = "warehouse/shipment.html"
    lines_template = "warehouse/shipment_lines.html"
    last_step = "confirm"

    def document_values(self, context: Ctx, row: Shipment) -> dict[str, Any]:
        """Pieces by line and size, and what is beyond the tolerance."""
        return {
            "blocks": goods_sheet.shipment(context, row, saved_only=True),
            "notes": shipping.warnings(context, row),
        }

    def save_lines(self, context: Ctx, row: Shipment, version: int | None) -> None:
        """Cells of the grid."""
        typed = {
            (int(match[1]), int(match[2])): _pieces(value, name)
            for name, value in request.form.items()
            if (match := PAIR.fullmatch(name))
        }
        shipping_lines.save(context, row, typed, version)

    def line_values(self, context: Ctx, row: Shipment, posted: bool) -> dict[str, Any]:
        """The grid of the customer order."""
        blocks = goods_sheet.shipment(context, row)
        return {
            "blocks": blocks, "inputs": {c.name for b in blocks for r in b.rows for c in r.cells if c},
            "typed": _typed(posted),
        }  # fmt: skip

    @route("/<int:row_id>/packing-list", right="view")
    def packing_list(self, row_id: int) -> Response:
        """裝箱單 as PDF; ``?language=`` chooses its language. A draft prints a watermark."""
        return _pdf("warehouse.packing_list", self.row(row_id))


def _pdf(kind: str, row: Any) -> Response:
    """A document of ours, made now, in the language of the address or of the reader."""
    context = ctx()
    language = request.args.get("language") or context.locale
    made = documents.render(context, kind, row, language, draft=row.state == "draft")
    name = documents.kind(context, kind).filename(row)
    return send(made.pdf, "application/pdf", name, inline=True)


def _typed(posted: bool) -> Callable[[str, Any], Any]:
    """What an input shows: what was posted, else its value."""
    return lambda name, value: request.form.get(name, value) if posted else value


def _reasons(context: Ctx) -> Mapping[str, str]:
    return {i.code: pick(i.names, i.name) for i in lists.items(context, words.EXTRA_REASONS)}


def _pieces(text: str, name: str) -> int:
    return pieces(text, name) if text.strip() else 0


def _whole(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdigit() else None

"""Pages of issues and goods in: the document, and the page where its lines are typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request

from core.api import Ctx, Declare, list_choices
from plugins.catalog.pieces import pieces
from plugins.factory_stock import words
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import goods, goods_lines, goods_sheet, issue_lines, issue_sheet
from plugins.stock.screens_papers import PaperView, shown

CELL = re.compile(r"(cell|bad)-(\d{1,12})-(\d{1,12})-(\d{1,12})")
COUNT = re.compile(r"(cartons|inspected)-(\d{1,12})-(\d{1,12})")
FREE_ROWS = 3


def register(registry: Declare) -> None:
    """Use these pages for the two documents."""
    registry.screen("factory_stock.issue", IssueView)
    registry.screen("factory_stock.goods_in", GoodsInView)


class IssueView(PaperView):
    """Material to a factory and back."""

    document_template = "factory_stock/issue.html"
    lines_template = "factory_stock/issue_lines.html"

    def document_values(self, context: Ctx, row: Issue) -> dict[str, Any]:
        """Lines with the names of what they move."""
        return {"rows": issue_sheet.saved(context, row), "words": words, "reasons": _reasons(context)}

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

    document_template = "factory_stock/goods_in.html"
    lines_template = "factory_stock/goods_in_lines.html"

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
                (came if match[1] == "cell" else bad)[cell] = pieces(value, name)
            elif match := COUNT.fullmatch(name):
                at = found.setdefault((int(match[2]), int(match[3])), goods_lines.Typed())
                setattr(at, match[1], pieces(value, name))
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
            "typed": shown(posted), "may_over": context.can(goods.OVER),
        }  # fmt: skip


def _reasons(context: Ctx) -> Mapping[str, str]:
    return {code: str(label) for code, label in list_choices(words.EXTRA_REASONS)(context)}

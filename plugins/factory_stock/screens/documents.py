"""Pages of issues: the document, and the page where its lines are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from core.api import Ctx, Declare, list_choices
from plugins.factory_stock import words
from plugins.factory_stock.models import Issue
from plugins.factory_stock.screens.goods import GoodsInView
from plugins.factory_stock.services import issue_lines, issue_sheet
from plugins.stock.screens.papers import PaperView

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


def _reasons(context: Ctx) -> Mapping[str, str]:
    return {code: str(label) for code, label in list_choices(words.EXTRA_REASONS)(context)}

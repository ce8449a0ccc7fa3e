"""Pages of documents whose lines have a page of their own."""

from __future__ import annotations

from typing import Any

from flask import request

from core.api import Ctx, Refused, Stale, T, run_action
from core.db import flush_rows
from core.values import parse_id
from core.web.api import EntityView, by_input, ctx, route, submit_once, undo


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
            self.save_lines(context, row, parse_id(request.form.get("_version")))
            if request.form.get("do") == "post":
                flush_rows(context.session)
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

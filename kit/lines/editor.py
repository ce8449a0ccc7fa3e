"""The page on which the lines of a document are typed: opened, pasted into, refused with every message, saved once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from flask import current_app, request

from core.api import Action, Ctx, NotFound, Problem, Refused, Stale, T, run_action
from core.values import parse_id
from core.web.api import EntityView, ctx, submit_once, undo
from kit.lines.declared import FormTable, LineRow, LineTable
from kit.lines.pasted import numbered, rows_from_sheet
from kit.lines.posted import dress_rows, payload_rows, placed, posted_rows
from kit.lines.render import Rows

TEMPLATE = "base_lines/editor.html"


def edit_lines(
    view: EntityView,
    row: Any,
    verb: str,
    table: LineTable,
    always: Mapping[str, Any] | None = None,
    **values: Any,
) -> Any:
    """GET shows the table of the action ``verb`` for a document; POST runs it with what was typed, or shows that again.

    ``always`` goes into the payload beside the rows and the fields of the action that the page shows;
    ``values`` go to the template, ``save_label`` being the button's. ``template`` may extend :data:`TEMPLATE` in its blocks.
    Raises Denied and Refused like the action; a document in another state is refused at once.
    """
    context, entity = ctx(), view.entity
    action = context.registry.actions[entity.name].standing(verb, context.enabled)
    if action is None:
        raise NotFound(T("{what} has no action {name}.", what=entity.label, name=verb))
    context.require(action.right)
    if action.from_states and row.state not in action.from_states:
        raise Refused(
            T("{number} is {state}.", number=getattr(row, entity.key), state=entity.state(row.state).label)
        )
    page = _Page(view, action, table, dict(always or {}), values)
    if request.method == "GET":
        return page.show(context, row, numbered(table.rows(context, row), 0), row.version)
    return page.post(context, row)


class _Page:
    """One request for the page of a table."""

    def __init__(
        self,
        view: EntityView,
        action: Action,
        table: LineTable,
        always: dict[str, Any],
        values: dict[str, Any],
    ) -> None:
        self.view, self.action, self.table, self.always = view, action, table, always
        self.template = values.pop("template", TEMPLATE)
        self.values = {"save_label": T("Save"), **values}
        self.fields = [f for f in action.all_fields() if not f.readonly and f.name not in always]
        self.sheet = f"{table.payload.name}_sheet"

    def post(self, context: Ctx, row: Any) -> Any:
        version = parse_id(request.form.get("_version"))
        try:
            rows = posted_rows(self.table, request.form)
        except Refused as refused:
            return self.show(context, row, [], version, problems=refused.problems), 422
        if request.form.get("_fill"):
            return self._filled(context, row, rows, version)

        def work() -> str:
            dress_rows(self.table, context, row, rows)
            given: dict[str, Any] = {f.name: request.form.get(f.name, "") for f in self.fields} | self.always
            given[self.table.payload.name] = payload_rows(self.table, rows, row)
            run_action(context, self.view.entity, row, self.action.name, given, version=version)
            return self.view.url_for_row(row)

        row_id = row.id
        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.view.row(row_id)
            stale = error if isinstance(error, Stale) else None
            if stale and request.form.get("_mine"):
                version = row.version
            problems = error.problems if isinstance(error, Refused) else ()
            with suppress(Refused):  # that a line is gone was said already
                dress_rows(self.table, context, row, rows)
            return self.show(context, row, rows, version, problems, stale), 409 if stale else 422

    def _filled(self, context: Ctx, row: Any, rows: list[LineRow], version: int | None) -> Any:
        """The page with the rows of a pasted sheet behind those that are there; nothing is saved yet."""
        following = 1 + max((r.index for r in rows), default=-1)
        with suppress(Refused):
            dress_rows(self.table, context, row, rows)
        text, leave_out = request.form.get(self.sheet, ""), bool(request.form.get("leave_out"))
        try:
            made = rows_from_sheet(self.table, text, self.sheet, leave_out=leave_out)
        except Refused as refused:
            return self.show(context, row, rows, version, refused.problems), 422
        return self.show(
            context, row, [*rows, *numbered(made, following)], version, pasted="", filled=len(made)
        )

    def show(
        self,
        context: Ctx,
        row: Any,
        rows: Sequence[LineRow],
        version: int | None,
        problems: Sequence[Problem] = (),
        stale: Stale | None = None,
        *,
        pasted: str | None = None,
        filled: int = 0,
    ) -> str:
        """The page; what was posted comes back in every input."""
        again = request.method == "POST"
        names = {f.name for f in self.fields} | {self.sheet}
        errors = placed(self.table, problems, rows, names)
        following = 1 + max((r.index for r in rows), default=-1)
        blank = numbered([LineRow(typed=dict(self.table.starts)) for _ in range(self.table.spare)], following)
        start = self.view.action_defaults(context, row, self.action)
        form = self.view.filled(context, self.fields, start, again)
        if pasted is None:
            pasted = request.form.get(self.sheet, "") if again else ""
        written = Rows(self.table, context, row, errors, current_app.jinja_env.filters["number"])
        return self.view.page(
            self.template, row=row, action=self.action, lines=FormTable(self.table, rows, blank), errors=errors, stale=stale,
            version="" if version is None else version, form=form, form_fields=self.fields, sheet=self.sheet, filled=filled,
            pasted=pasted, written=written, **self.values,
        )  # fmt: skip

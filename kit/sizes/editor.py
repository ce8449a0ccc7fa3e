"""The page on which colours × sizes of a document are typed: opened, pasted into, refused with every message, saved once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app, request

from core.api import Action, Ctx, Problem, Refused, Stale, T, run_action
from core.db import flush_rows
from core.web.api import EntityView, by_input, ctx, seen_version, submit_once, undo
from kit.lines import LineTable, TableForm
from kit.lines.editor import find_action
from kit.papers import check_editable
from kit.sizes.declared import GridBlock, SizeGrid
from kit.sizes.pasted import fill_from_sheet
from kit.sizes.posted import Place, numbered, payload_lines, placed, posted_lines, take_over
from kit.sizes.render import Blocks

TEMPLATE = "base_lines/grid.html"


Asks = Callable[[Ctx, Any], Sequence[str]]
"""Those fields of the next action that the page shows for a document, by name."""


def _nothing(ctx: Ctx, row: Any) -> Sequence[str]:
    return ()


def edit_grid(
    view: EntityView,
    row: Any,
    verb: str,
    grid: SizeGrid,
    then: str = "",
    tables: Sequence[LineTable] = (),
    asks: Asks = _nothing,
    **values: Any,
) -> Any:
    """GET shows the grid of the action ``verb`` for a document; POST runs it with what was typed, or shows that again.

    ``then`` names the action that a second button runs after saving, in the same transaction (as ``ActionTable.then``), for
    whoever may; ``asks`` says which of its fields the page shows. ``tables`` are further tables of the action, shown above the
    grid; ``values`` go to the template: ``about`` the words beside the number, ``note`` a sentence above, ``empty`` what
    stands there instead of blocks, ``save_label``.
    Raises Denied and Refused like the action; a document in another state is refused at once.
    """
    context = ctx()
    action = find_action(context, view, verb)
    context.require(action.right)
    step = find_action(context, view, then) if then else None
    offered = step if step is not None and context.can(step.right) else None
    page = _Page(view, action, grid, offered, asks, tables, values)
    if page.action.from_states:
        check_editable(context, row, *page.action.from_states)
    if request.method == "GET":
        blocks = numbered(grid.blocks(context, row))
        page.forms = [TableForm(table, context, row) for table in page.tables]
        return page.show(context, row, blocks, row.version)
    return page.post(context, row)


class _Page:
    """One request for the page of a grid."""

    def __init__(
        self,
        view: EntityView,
        action: Action,
        grid: SizeGrid,
        then: Action | None,
        asks: Asks,
        tables: Sequence[LineTable],
        values: dict[str, Any],
    ) -> None:
        self.tables, self.forms = tables, list[TableForm]()
        self.view, self.action, self.grid, self.asks = view, action, grid, asks
        self.then = then
        """The action of the next step, where this person may do it."""
        self.template = values.pop("template", TEMPLATE)
        self.values = {"save_label": T("Save"), "about": "", "note": "", "empty": "", "draw": "", **values}
        self.sheet = f"{grid.payload.name}_sheet"

    def post(self, context: Ctx, row: Any) -> Any:
        version = seen_version()
        try:
            posted = posted_lines(self.grid, request.form)
            self.forms = [TableForm(table, context, row, request.form) for table in self.tables]
        except Refused as refused:
            return self.show(context, row, [], version, by_input(refused.problems)), 422
        if request.form.get("_fill") or request.form.get("_take"):
            blocks = numbered(self.grid.blocks(context, row))
            take_over(self.grid, blocks, posted, keep=True)
            self._refuse(row, ())
            return self._filled(context, row, blocks, version)
        places: list[Place] = []

        def work() -> str:
            blocks = numbered(self.grid.blocks(context, row))
            problems = take_over(self.grid, blocks, posted)
            if problems and (
                version is None or version == row.version
            ):  # else somebody saved: that is said first
                raise Refused(problems)
            lines, found = payload_lines(self.grid, blocks)
            places.extend(found)
            given = {f.name: request.form.get(f.name, "") for f in self._own(context)} | {
                self.grid.payload.name: lines
            }
            given |= {form.table.payload.name: form.payload() for form in self.forms}
            run_action(context, self.view.entity, row, self.action.name, given, version=version)
            self._follow(context, row)
            return self.view.url_for_row(row)

        row_id = row.id
        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.view.row(row_id)
            stale = error if isinstance(error, Stale) else None
            if self.action.from_states and row.state not in self.action.from_states:
                raise
            blocks = numbered(self.grid.blocks(context, row))
            gone = take_over(self.grid, blocks, posted, keep=True)
            if stale and request.form.get("_mine"):
                version = row.version
            problems = error.problems if isinstance(error, Refused) else gone
            others = self._refuse(row, problems)
            errors = self._errors(context, row, blocks, places, [p for p in problems if p not in others])
            for name, messages in ((n, m) for form in self.forms for n, m in form.errors.items()):
                errors.setdefault(name, []).extend(messages)
            return self.show(context, row, blocks, version, errors, stale), 409 if stale else 422

    def _refuse(self, row: Any, problems: Sequence[Problem]) -> list[Problem]:
        """Get the further tables ready to be shown again; returns the problems that are theirs."""
        theirs = []
        for form in self.forms:
            own = [p for p in problems if p.field.startswith(f"{form.table.payload.name}.")]
            form.refuse(row, own, set())
            theirs += own
        return theirs

    def _follow(self, context: Ctx, row: Any) -> None:
        """The next step, where its button was pressed."""
        if self.then is None or request.form.get("_then") != self.then.name:
            return
        flush_rows(context.session)
        asked = {name: request.form.get(name, "") for name in self.asks(context, row)}
        run_action(context, self.view.entity, row, self.then.name, asked)

    def _filled(self, context: Ctx, row: Any, blocks: list[GridBlock], version: int | None) -> Any:
        """The page with a pasted sheet in its rows, or with all that is left where a button asked for it; nothing is saved."""
        what = request.form.get("_take", "")
        if what:
            take_left(self.grid, blocks, what)
            return self.show(context, row, blocks, version)
        text, leave_out = request.form.get(self.sheet, ""), bool(request.form.get("leave_out"))
        try:
            filled = fill_from_sheet(self.grid, blocks, text, self.sheet, leave_out=leave_out)
        except Refused as refused:
            return self.show(context, row, blocks, version, by_input(refused.problems)), 422
        return self.show(context, row, blocks, version, pasted="", filled=filled)

    def _own(self, context: Ctx) -> list[Any]:
        return [f for f in self.action.all_fields() if not f.readonly and f.there(context)]

    def _asked(self, context: Ctx, row: Any) -> list[Any]:
        """Fields that the page shows: the action's, and those that the next step asks for."""
        fields = self._own(context)
        if self.then is not None:
            asks = set(self.asks(context, row))
            fields += [f for f in self.then.all_fields() if f.name in asks and f.there(context)]
        return fields

    def _errors(
        self,
        context: Ctx,
        row: Any,
        blocks: Sequence[GridBlock],
        places: Sequence[Place],
        problems: Sequence[Problem],
    ) -> dict[str, list[str]]:
        others = {f.name for f in self._asked(context, row)} | {self.sheet}
        return placed(self.grid, problems, blocks, places, others)

    def show(
        self,
        context: Ctx,
        row: Any,
        blocks: Sequence[GridBlock],
        version: int | None,
        errors: Mapping[str, list[str]] | None = None,
        stale: Stale | None = None,
        *,
        pasted: str | None = None,
        filled: int | None = None,
    ) -> str:
        """The page; what was posted comes back in every input."""
        again, errors = request.method == "POST", dict(errors or {})
        fields = self._asked(context, row)
        if pasted is None:
            pasted = request.form.get(self.sheet, "") if again else ""
        start = self.view.action_defaults(context, row, self.action)
        written = Blocks(self.grid, context, row, errors, current_app.jinja_env.filters)
        return self.view.page(
            self.template, row=row, action=self.action, grid=self.grid, blocks=blocks, written=written.html(blocks),
            total=written.total(blocks), errors=errors, stale=stale, version="" if version is None else version,
            form=self.view.filled(context, fields, start, again), form_fields=fields, sheet=self.sheet, filled=filled,
            pasted=pasted, forms=self.forms, then=self.then, **self.values,
        )  # fmt: skip


def take_left(grid: SizeGrid, blocks: Sequence[GridBlock], what: str) -> None:
    """Write all that is left into the cells of a row (``row:5``), a block (``block:2``) or all of them."""
    kind, _, number = what.partition(":")
    for block in blocks:
        for row in block.rows:
            if kind == "all" or number == str(block.index if kind == "block" else row.index):
                for cell in row.cells.values():
                    if cell.left:
                        cell.texts[grid.values[0].name] = str(cell.left)

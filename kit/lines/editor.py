"""The page of an action that takes a table: opened, pasted into, refused with every message, carried out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask import abort, request

from core.api import Action, Ctx, Field, NotFound, Problem, Refused, Stale, T, Text, check_version, run_action
from core.db import TenantRow
from core.web.api import EntityView, ctx, route, seen_version, submit_once, undo
from kit.lines.declared import LineTable
from kit.lines.form import TableForm

TEMPLATE = "base_lines/editor.html"


@dataclass(frozen=True)
class ActionTable:
    """The page of an action that takes a table: which one, and what goes with it.

    table     the table, or what makes it for a person and a document
    always    goes into the payload beside the rows and the action's fields
    save      the words of the button; without them the action's own, or Save where it edits
    then      a further button carries out this action too, in the same transaction; its fields stand on the page
    start     what fields of the page start with, for a document
    note      a sentence above the table
    below     the fields of the page stand below the table
    template  extends :data:`TEMPLATE` in its blocks
    """

    table: LineTable | Callable[[Ctx, Any], LineTable]
    always: Mapping[str, Any] = field(default_factory=dict)
    save: Text | None = None
    then: str = ""
    start: Callable[[Ctx, Any], Mapping[str, Any]] | None = None
    note: Callable[[Ctx, Any], Text | str] | None = None
    below: bool = False
    template: str = ""


class TableView(EntityView):
    """An entity's screen on which actions that take tables have pages of their own: ``tables`` says which, by action.

    The page is at the action's ``link``, or where its dialog would be; its button in the document's header leads there.
    """

    tables: ClassVar[Mapping[str, ActionTable | LineTable]] = {}

    @route("/<int:row_id>/do/<verb>", right="view", methods=("GET", "POST"), upload=True)
    def act(self, row_id: int, verb: str) -> Any:
        """An action: its table where it has one, else its dialog."""
        tables = self._all_tables()
        if verb in tables and not find_action(ctx(), self, verb).link:
            return edit_lines(self, self.row(row_id), verb, tables[verb])
        return super().act(row_id, verb)

    @route("/<int:row_id>/<page>", right="view", methods=("GET", "POST"))
    def table_page(self, row_id: int, page: str) -> Any:
        """The page of an action that names it as its link."""
        row = self.row(row_id)
        for verb, table in self._all_tables().items():
            if find_action(ctx(), self, verb).link == page:
                return edit_lines(self, row, verb, table)
        return abort(404)

    def _all_tables(self) -> dict[str, ActionTable | LineTable]:
        """Its own, and those that other plugins add (hook ``action_tables``)."""
        return {**self.tables, **dict(ctx().hooks.each("action_tables", entity=self.entity.name))}


def edit_lines(
    view: EntityView,
    row: Any,
    verb: str,
    table: ActionTable | LineTable,
    always: Mapping[str, Any] | None = None,
    **values: Any,
) -> Any:
    """GET shows the table of the action ``verb`` for a document; POST runs it with what was typed, or shows that again.

    ``always`` goes into the payload beside the rows and the fields of the action that the page shows; ``values`` go to the
    template. Leads to the document, or to the one that the action made.
    Raises Denied and Refused like the action; a document in another state is refused at once.
    """
    context, entity = ctx(), view.entity
    action = find_action(context, view, verb)
    context.require(action.right)
    if request.method == "GET" and _over(action, row):
        raise Refused(
            T("{number} is {state}.", number=getattr(row, entity.key), state=entity.state(row.state).label)
        )
    page = table if isinstance(table, ActionTable) else ActionTable(table)
    made = page.table if isinstance(page.table, LineTable) else page.table(context, row)
    return _Page(context, view, action, page, made, dict(always or {}), values).answer(row)


def find_action(context: Ctx, view: EntityView, verb: str) -> Action:
    """The action of a page, as far as it is there for this tenant; raises NotFound."""
    action = context.registry.actions[view.entity.name].standing(verb, context.enabled)
    if action is None or not context.is_on(context.registry.permissions[action.right].plugin):
        raise NotFound(T("{what} has no action {name}.", what=view.entity.label, name=verb))
    return action


def _over(action: Action, row: Any) -> bool:
    return bool(action.from_states) and row.state not in action.from_states


class _Page:
    """One request for the page of an action's table."""

    def __init__(
        self,
        context: Ctx,
        view: EntityView,
        action: Action,
        page: ActionTable,
        table: LineTable,
        always: dict[str, Any],
        values: dict[str, Any],
    ) -> None:
        self.context, self.view, self.action, self.page, self.values = context, view, action, page, values
        self.always = {**page.always, **always}
        self.table = table
        self.fields = _asked(context, action, self.always)
        self.then = self._following()
        names = {f.name for f in self.fields}
        self.more = (
            [f for f in _asked(context, self.then, self.always) if f.name not in names] if self.then else []
        )
        self.others = names | {f.name for f in self.more} | {"override_reason", "override_code"}

    def answer(self, row: Any) -> Any:
        """What the request is answered with."""
        if request.method == "GET":
            return self._show(row, TableForm(self.table, self.context, row), row.version)
        version = seen_version()
        try:
            form = TableForm(self.table, self.context, row, request.form)
        except Refused as refused:  # too many rows: none of them is looked at
            form = TableForm(self.table, self.context, row, {})
            form.refuse(row, refused.problems, self.others)
            return self._show(row, form, version), 422
        if request.form.get("_fill"):
            return self._pasted(row, form, version)
        if request.form.get("_all"):
            form.refuse(row, (), self.others)
            filled = form.take_all(request.form["_all"]) if request.form["_all"] in self.table.inputs else 0
            return self._show(row, form, version, filled=filled)
        row_id = row.id
        try:
            return submit_once(lambda: self._work(row, form, version))
        except (Refused, Stale) as error:
            undo()
            row = self.view.row(row_id)
            if _over(self.action, row):  # there is nothing left to type
                raise
            stale = error if isinstance(error, Stale) else None
            if stale and request.form.get("_mine"):
                version = row.version
            problems = error.problems if isinstance(error, Refused) else ()
            form.refuse(row, problems, self.others)
            return self._show(row, form, version, stale, problems), 409 if stale else 422

    def _work(self, row: Any, form: TableForm, version: int | None) -> str:
        context, entity = self.context, self.view.entity
        check_version(context, entity, row, version)
        given = self._posted(self.fields) | self.always | {self.table.payload.name: form.payload()}
        result = run_action(context, entity, row, self.action.name, given, version=version)
        if self.then and request.form.get("_then") == self.then.name:
            made = result if isinstance(result, TenantRow) else row
            own = {f.name for f in _asked(context, self.then, {})}
            given = self._posted([f for f in (*self.fields, *self.more) if f.name in own])
            after = run_action(context, context.registry.entity_for(made), made, self.then.name, given)
            if made is row:
                return self.view.outcome(context, row, self.then, after)
        return self.view.outcome(context, row, self.action, result)

    def _posted(self, fields: Sequence[Field]) -> dict[str, Any]:
        """What was posted of the fields beside the table, and why a veto is overridden."""
        form, found = request.form, dict[str, Any]()
        for spec in fields:
            if spec.kind == "choices":
                found[spec.name] = form.getlist(spec.name)
            elif spec.kind == "names":
                found |= {name: text for name, text in form.items() if name.startswith(f"{spec.name}.")}
            else:
                found[spec.name] = form.get(spec.name, "")
        return found | {n: form[n] for n in ("override_reason", "override_code") if form.get(n)}

    def _pasted(self, row: Any, form: TableForm, version: int | None) -> Any:
        """The page with the rows of a pasted sheet behind those that are there, or instead of them; nothing is saved yet."""
        form.refuse(row, (), self.others)
        if request.form["_fill"] == "replace":
            form.rows = [line for line in form.rows if line.stays or line.offer]
        sheet = f"{self.table.payload.name}_sheet"
        try:
            filled = form.paste(request.form.get(sheet, ""), leave_out=bool(request.form.get("leave_out")))
        except Refused as refused:
            form.errors = {sheet: [str(p) for p in refused.problems]}
            return self._show(row, form, version), 422
        return self._show(row, form, version, filled=filled, pasted="")

    def _following(self) -> Action | None:
        """The action of the further button, where this person may do it."""
        if not self.page.then:
            return None
        shelf = self.context.registry.actions[self.view.entity.name]
        action = shelf.standing(self.page.then, self.context.enabled)
        return action if action is not None and self.context.can(action.right) else None

    def _show(
        self,
        row: Any,
        form: TableForm,
        version: int | None,
        stale: Stale | None = None,
        problems: Sequence[Problem] = (),
        *,
        filled: int = 0,
        pasted: str | None = None,
    ) -> str:
        """The page; what was posted comes back in every input."""
        again = request.method == "POST"
        fields = [*self.fields, *self.more]
        start = self.view.action_defaults(self.context, row, self.action)
        if self.then:
            start = {**self.view.action_defaults(self.context, row, self.then), **start}
        if self.page.start:
            start |= self.page.start(self.context, row)
        if pasted is None:
            pasted = request.form.get(f"{self.table.payload.name}_sheet", "") if again else ""
        values = {
            "save_label": self.page.save or (T("Save") if self.action.edits else self.action.label), "then": self.then,
            "row": row, "action": self.action, "note": self.page.note(self.context, row) if self.page.note else None,
            "below": self.page.below,
            "lines": form, "errors": form.errors, "stale": stale, "version": "" if version is None else version,
            "form": self.view.filled(self.context, fields, start, again), "form_fields": fields,
            "sheet": f"{self.table.payload.name}_sheet", "filled": filled, "pasted": pasted,
            **self.view.veto_values([p.params["block"] for p in problems if "block" in p.params]),
        }  # fmt: skip
        return self.view.page(self.page.template or TEMPLATE, **{**values, **self.values})


def _asked(context: Ctx, action: Action, always: Mapping[str, Any]) -> list[Field]:
    """The fields of an action that a page asks for."""
    return [f for f in action.all_fields() if not f.readonly and f.name not in always and f.there(context)]

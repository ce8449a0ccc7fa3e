"""Carrying out an action on the page of a document: its form or question, what is held against it, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request

from core.data.db import TenantRow
from core.declare.action import Action
from core.entities import payload, transitions
from core.entities.lists import list_choices
from core.errors import Refused, Stale
from core.kernel.context import Ctx
from core.text.i18n import T
from core.web.frame.nav import entity_url
from core.web.screens.actionform import ActionForm
from core.web.screens.page import ctx, route, seen_version, submit_once, undo
from core.web.screens.screen_records import RecordRoutes


class ActionRoutes(RecordRoutes):
    """The route of a document's actions."""

    action_template = "hub/action.html"

    def page(self, template: str, **values: Any) -> str:
        """Render a template with what every page of the entity needs."""
        return render_template(template, **{"view": self, "entity": self.entity, **values})

    @route("/<int:row_id>/do/<verb>", right="view", methods=("GET", "POST"), upload=True)
    def act(self, row_id: int, verb: str) -> Any:
        """An action: GET shows its form or its question, POST carries it out."""
        context, row = ctx(), self.row(row_id)
        action = transitions.action_of(context, self.entity, verb)
        context.require(action.right)
        if action.link and (request.method == "GET" or action.run is None):
            return redirect(self.url_of_link(row, action))
        at_once = action.at_once and "_at_once" in request.form

        def begun() -> ActionForm:
            return ActionForm(context, action, start=self.action_defaults(context, row, action))

        if request.method == "GET":
            return self._action_page(row, action, begun(), self._foreseen(context, row, action))
        version = seen_version()

        def work() -> str:
            given = {} if at_once else ActionForm(context, action, request.form).given(request.files)
            result = transitions.run_action(context, self.entity, row, verb, given, version=version)
            return self.outcome(context, row, action, self.go_on(context, action, result))

        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            row = self.row(row_id)
            form = begun() if at_once else ActionForm(context, action, request.form)
            form.show(error)
            stale = error if isinstance(error, Stale) else None
            if stale and request.form.get("_mine"):
                version = getattr(row, "version", 0)
            blocks = [p.params["block"] for p in getattr(error, "problems", ()) if "block" in p.params]
            body = self._action_page(row, action, form, blocks, stale, version)
            return body, 409 if stale else 422

    def _foreseen(self, context: Ctx, row: Any, action: Action) -> list[Any]:
        """Vetoes on an action that asks for nothing: they do not depend on what is typed, so they are said at once."""
        if (
            action.all_fields()
            or action.tables
            or (action.from_states and row.state not in action.from_states)
        ):
            return []
        return transitions.blocks(context, self.entity, row, action.name, {})

    def outcome(self, context: Ctx, row: Any, action: Action, result: Any) -> str:
        """Say what came of an action that returned ``result``, and where to go: the document, the one that it made, or a list
        of those that it made."""
        rows = [result] if isinstance(result, TenantRow) else result if isinstance(result, list) else []
        if rows:
            made = context.registry.entity_for(rows[0])
            numbers = ", ".join(str(getattr(each, made.key)) for each in rows)
            flash(str(T("Made: {what} {number}", what=made.label, number=numbers)))
            if len(rows) == 1:
                return entity_url(made.name, rows[0].id)
            return f"{entity_url(made.name)}?{urlencode([('id', each.id) for each in rows])}"
        if result is not None and hasattr(result, "msgid"):
            flash(str(result))
        elif not isinstance(result, str):
            flash(str(T("Done: {action}", action=action.label)))
        return result if isinstance(result, str) and result.startswith("/") else self.url_for_row(row)

    def following(self, context: Ctx, action: Action) -> Action | None:
        """What a further button of the dialog does to the document that the action makes; None where this person may not."""
        entity, verb = action.then
        after = context.registry.actions[entity].standing(verb, context.enabled) if verb else None
        return after if after is not None and context.can(after.right) else None

    def go_on(self, context: Ctx, action: Action, result: Any) -> Any:
        """Carry out what the further button asked for on what was made; returns ``result``."""
        after = self.following(context, action) if "_then" in request.form else None
        for each in result if isinstance(result, list) else [result]:
            if after is not None and isinstance(each, TenantRow):
                transitions.run_action(context, context.registry.entity_for(each), each, after.name)
        return result

    def veto_values(self, blocks: Iterable[Any]) -> dict[str, Any]:
        """What a page needs to show vetoes, and to ask why they are overridden where this person may."""
        found = list({id(b): b for b in blocks}.values())  # one may have been refused for two reasons
        return {
            "blocks": found,
            "can_override": bool(found) and all(b.override and ctx().can(b.override) for b in found),
            "override_reasons": next((list_choices(b.reasons)(ctx()) for b in found if b.reasons), ()),
            "override_min": max((b.min_text for b in found), default=1),
        }

    def action_defaults(self, context: Ctx, row: Any, action: Action) -> dict[str, Any]:
        """What the form of an action starts with, by field name."""
        return payload.start_values(context, action, action.subject(row))

    def previews(self, context: Ctx, action: Action, subject: Any) -> list[tuple[str, Any]]:
        """Panels of a dialog that show what it would do, with the plugin they are of."""
        found = action.preview(context, subject) if action.preview is not None else ()
        return [(action.plugin, panel) for panel in found]

    def _action_page(
        self,
        row: Any,
        action: Action,
        form: ActionForm,
        blocks: Any = (),
        stale: Any = None,
        version: int | None = None,
    ) -> str:
        if version is None:
            version = getattr(row, "version", 0)
        return self.page(
            self.action_template, row=row, action=action, form=form, errors=form.errors, stale=stale, version=version,
            then=self.following(ctx(), action), previews=self.previews(ctx(), action, action.subject(row)),
            **self.veto_values(blocks),
        )  # fmt: skip

"""Carrying out an action on the documents that are ticked in a list: its page asks once for all of them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request

from core.data.db import TenantRow
from core.declare.action import Action
from core.declare.declarations import EntityType
from core.entities import payload, query, transitions
from core.entities.columns import all_columns, loaded
from core.entities.query import ListPage, ListQuery
from core.entities.rows import rows_by_id
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.text.i18n import T
from core.values import parse_id
from core.web.frame.nav import entity_url
from core.web.screens.actionform import ActionForm
from core.web.screens.page import ctx, local, route, submit_once, undo
from core.web.screens.screen_actions import ActionRoutes

MOST = 500
"""Documents at once: a page of a list."""


class BatchRoutes(ActionRoutes):
    """The route of actions on several documents."""

    @route("/with/<verb>", right="view", methods=("GET", "POST"))
    def act_on_many(self, verb: str) -> Any:
        """GET shows the documents, what would be done and what it asks; POST carries it out, on all of them or on none."""
        context = ctx()
        action = transitions.action_of(context, self.entity, verb)
        context.require(action.right)
        if not action.batch:
            abort(404)
        ids = [found for raw in request.values.getlist("row")[: MOST + 1] if (found := parse_id(raw))]
        back = local(request.values.get("back"), entity_url(self.entity.name))
        if not ids or len(ids) > MOST:
            flash(
                str(T("Tick at least one document.") if not ids else T("At most {n} at once.", n=MOST)), "bad"
            )
            return redirect(back)
        if request.method == "GET":
            rows = rows_by_id(context, self.entity, ids)
            start = payload.start_values(context, action, rows if action.batch == "together" else None)
            return self._many_page(context, rows, action, ActionForm(context, action, start=start), back)

        def work() -> str:
            rows = rows_by_id(context, self.entity, ids)
            _check_seen(self.entity, rows)
            given = ActionForm(context, action, request.form).given(request.files)
            results = transitions.run_on_many(context, self.entity, rows, verb, given)
            return self._many_outcome(context, rows, action, results, back)

        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            rows = rows_by_id(context, self.entity, ids)
            form = ActionForm(context, action, request.form)
            form.show(refused)
            blocks = [p.params["block"] for p in refused.problems if "block" in p.params]
            return self._many_page(context, rows, action, form, back, blocks), 422

    def _many_outcome(
        self, context: Ctx, rows: list[Any], action: Action, results: list[Any], back: str
    ) -> str:
        if action.batch == "together":
            result = self.go_on(context, action, results[0])
            target = self.outcome(context, rows[0], action, result)
            made = isinstance(result, TenantRow | list | str)
            return target if made else back
        flash(str(T("Done: {action} ({n})", action=action.label, n=len(rows))))
        return back

    def _many_page(
        self,
        context: Ctx,
        rows: list[Any],
        action: Action,
        form: ActionForm,
        back: str,
        blocks: Any = (),
    ) -> str:
        entity = self.entity
        brief = entity.brief or tuple(c.name for c in all_columns(context, entity) if not c.hidden)[:6]
        columns = [c for c in all_columns(context, entity) if c.name in brief]
        page = ListPage(rows, len(rows), False, columns, loaded(context, entity, columns, rows), ListQuery())
        subject = rows if action.batch == "together" else None
        return self.page(
            "hub/batch.html", page=page, rows=query.shown_rows(context, entity, page), action=action, form=form,
            errors=form.errors, back=back, then=self.following(context, action),
            previews=self.previews(context, action, subject) if subject is not None else [],
            **self.veto_values(blocks),
        )  # fmt: skip


def _check_seen(entity: EntityType, rows: list[Any]) -> None:
    """Refused where a document is not as it was when the page was made, or the form does not say how it was."""
    seen = set(request.form.getlist("seen"))
    changed = [row for row in rows if hasattr(row, "version") and f"{row.id}:{row.version}" not in seen]
    if changed:
        raise Refused(
            Problem(
                T(
                    "{number} has changed since this page was opened. Look at it, then send this again.",
                    number=getattr(row, entity.key),
                )
            )
            for row in changed
        )

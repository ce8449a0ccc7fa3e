"""Deleting and batch actions of a :class:`core.web.modelview.HubModelView`, after a question on a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose

from core.text.i18n import T
from core.web.screens.page import attempt, ctx


class Asking:
    """Part of HubModelView: posts that are done once, and questions on a page of their own."""

    url: str
    endpoint: str
    prefix: str
    _actions_data: dict[str, Any]
    _list_columns: list[Any]
    _rows: Callable[[Sequence[str]], list[Any]]
    _values: Callable[[Any], dict[str, Any]]
    _record: Callable[..., None]
    _flush: Callable[[], None]
    on_model_delete: Callable[[Any], None]
    get_list_value: Callable[..., Any]
    get_url: Callable[..., str]
    render: Callable[..., str]
    index_view: Callable[[], Any]

    def attempt(self, work: Callable[[], str], again: Callable[[dict[str, list[str]]], str]) -> Any:
        """Carry out a post once; where it is refused, nothing is saved and ``again`` shows the page with the messages."""
        return attempt(work, again)

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """Ask on a page of its own, then delete: no script is needed to be asked, and none can leave the question out."""
        return self._ask("delete", T("Delete"), self._rows([request.values.get("id", "")]), self._delete)

    def _delete(self, rows: Sequence[Any]) -> None:
        ctx().require(f"{self.prefix}.delete")
        for row in rows:
            self.on_model_delete(row)
            self._record(row, "delete", [(n, v, None) for n, v in self._values(row).items()])
            ctx().session.delete(row)
        self._flush()

    def _ask(self, action: str, label: Any, rows: Sequence[Any], do: Callable[[Sequence[Any]], None]) -> Any:
        def page(errors: dict[str, list[str]]) -> str:
            names = self._list_columns[:4]
            shown = [
                (row.id, [self.get_list_value(None, row, name) for name, _label in names]) for row in rows
            ]
            target = self.get_url(
                ".delete_view" if request.endpoint == f"{self.endpoint}.delete_view" else ".action_view"
            )
            return str(
                self.render(
                    "admin/model/confirm.html",
                    action=action,
                    label=label,
                    rows=shown,
                    target=target,
                    errors=errors,
                )
            )

        def work() -> str:
            do(rows)
            flash(str(T("Done: {action}", action=label)))
            return f"{self.url}/"

        if request.method == "GET" or request.form.get("confirm") != "1":
            return page({})
        return self.attempt(work, page)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Something for several rows (``@action`` of Flask-Admin); deleting and whatever has a question asks first."""
        name, ids = request.form.get("action", ""), request.form.getlist("rowid")
        handler = self._actions_data.get(name)
        if handler is None:
            abort(404)
        ctx().require(f"{self.prefix}.{'delete' if name == 'delete' else 'edit'}")
        if not ids:
            flash(str(T("Choose at least one first.")))
            return redirect(f"{self.url}/")
        if name == "delete":
            return self._ask(name, T("Delete"), self._rows(ids), self._delete)
        do, label, question = handler[0], handler[1], handler[2]
        if not question:
            rows = self._rows(ids)
            return self.attempt(
                lambda: str(do([r.id for r in rows]) or f"{self.url}/"), lambda e: self.index_view()
            )
        return self._ask(name, label, self._rows(ids), lambda rows: do([row.id for row in rows]))

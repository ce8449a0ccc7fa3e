"""Pages with forms of their own: a post that is done once, or shows again what was typed with its messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import render_template, request

from core.data.records import AuditEntry
from core.declare.fields import Field
from core.entities import audit
from core.entities.forms import HubForm, build_form, cleaned_values, form_problems
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.text.i18n import T, Text
from core.web.screens.page import Page, attempt

Errors = Mapping[str, Sequence[str]]


class FormPage(Page):
    """A page with forms that belong to no entity."""

    def show(self, template: str, **values: Any) -> str:
        """Render a template of the plugin, which gets ``view`` and, where there are none, no ``errors``."""
        return render_template(template, view=self, **{"errors": {}, **values})

    def attempt(self, work: Callable[[], str], again: Callable[[dict[str, list[str]]], str]) -> Any:
        """Carry out a post once; where it is refused, nothing is saved and ``again`` shows the page with the messages."""
        return attempt(work, again)

    def confirm(self, title: Any, text: Any, button: Any, back: str, work: Callable[[], str]) -> Any:
        """Ask on a page of its own (GET), then do it (POST)."""

        def page(errors: Errors) -> str:
            return self.show(
                "hub/confirm.html", title=title, text=text, button=button, back=back, errors=errors
            )

        return page({}) if request.method == "GET" else self.attempt(work, page)


def posted(ctx: Ctx, fields: Sequence[Field], prefix: str = "") -> dict[str, Any]:
    """The posted values of ``fields``, checked; Refused with a message at each wrong input."""
    form = build_form(ctx, fields, request.form, prefix=prefix)
    if not form.validate():
        raise Refused([Problem(p.message, p.field) for p in form_problems(form)])
    return cleaned_values(form, fields)


def filled(
    ctx: Ctx, fields: Sequence[Field], values: Mapping[str, Any], again: bool, prefix: str = ""
) -> HubForm:
    """A form to show: with what was typed (``again``), or with stored values."""
    form = build_form(ctx, fields, request.form if again else None, None if again else values, prefix)
    if again:
        form.validate()
    return form


DID: dict[str, Text] = {
    "create": T("created it"),
    "edit": T("changed it"),
    "delete": T("deleted it"),
}


def activity(
    ctx: Ctx, entity: str, entity_id: int, words: Mapping[str, Text] = DID
) -> list[tuple[AuditEntry, Any]]:
    """Entries of the audit trail with the words for what was done, newest first."""
    return [
        (entry, words.get(entry.action, entry.action))
        for entry in audit.audit_history(ctx, entity, entity_id, 50)
    ]

"""Pages with forms of their own: a post that is done once, or shows again what was typed with its messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import render_template, request

from core.data.records import AuditEntry
from core.entities import audit
from core.kernel.context import Ctx
from core.text.i18n import T, Text
from core.web.screens.page import Page

Errors = Mapping[str, Sequence[str]]


DID: dict[str, Text] = {
    "create": T("created it"),
    "edit": T("changed it"),
    "delete": T("deleted it"),
}


class FormPage(Page):
    """A page with forms that belong to no entity."""

    def show(self, template: str, **values: Any) -> str:
        """Render a template of the plugin, which gets ``view`` and, where there are none, no ``errors``."""
        return render_template(template, view=self, **{"errors": {}, **values})

    def confirm(self, title: Any, text: Any, button: Any, back: str, work: Callable[[], str]) -> Any:
        """Ask on a page of its own (GET), then do it (POST)."""

        def page(errors: Errors) -> str:
            return self.show(
                "hub/confirm.html", title=title, text=text, button=button, back=back, errors=errors
            )

        return page({}) if request.method == "GET" else self.attempt(work, page)

    def activity(
        self, ctx: Ctx, entity: str, entity_id: int, words: Mapping[str, Text] = DID
    ) -> list[tuple[AuditEntry, Any]]:
        """Entries of the audit trail with the words for what was done, newest first."""
        entries = audit.audit_history(ctx, entity, entity_id, 50)
        return [(entry, words.get(entry.action, entry.action)) for entry in entries]

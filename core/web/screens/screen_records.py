"""Files, remarks and the activity stream of a document: the part that every document page shares."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import request

from core import files
from core.declare.declarations import Action, EntityType
from core.entities import audit, crud
from core.errors import Refused
from core.kernel.context import Ctx
from core.text.i18n import T
from core.web.frame.nav import entity_url
from core.web.screens.page import Page, ctx, route, submit_once


class RecordRoutes(Page):
    """Routes of one entity's documents that do not depend on what the entity is."""

    entity: EntityType

    def url_for_row(self, row: Any, tail: str = "") -> str:
        """Address of a document, or of a page below it."""
        return entity_url(self.entity.name, row.id) + tail

    def url_of_link(self, row: Any, action: Action) -> str:
        """Address of the page that an action opens: below the document, or elsewhere for what begins with ``/``."""
        if not action.link.startswith("/"):
            return self.url_for_row(row, f"/{action.link}")
        return action.link.format(id=row.id, key=quote(str(getattr(row, self.entity.key))))

    def row(self, row_id: int) -> Any:
        """The row of the address; NotFound (404) where this tenant has none."""
        return crud.get(ctx(), self.entity, row_id)

    def records(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Files and activity of a document, for its page."""
        name = self.entity.name
        entries = [("entry", e.at, e) for e in audit.history(context, name, row.id)]
        remarks = [("comment", c.at, c) for c in audit.comments(context, name, row.id)]
        labels = {f.name: f.label for f in self.entity.fields} | {
            c.name: c.label for c in self.entity.children
        }
        return {
            "activity": sorted([*entries, *remarks], key=lambda item: (item[1], item[2].id), reverse=True),
            "attachments": files.attachments(context, name, row.id),
            "labels": labels,
            "action_labels": {a.name: a.label for a in context.registry.actions[name].values()},
        }

    @route("/<int:row_id>/comment", right="view", methods=("POST",))
    def comment(self, row_id: int) -> Any:
        """Put a remark on the document."""
        context, row = ctx(), self.row(row_id)
        context.require("core.files")
        body = request.form.get("body", "").strip()
        if not body or len(body) > 4000:
            raise Refused(T("A remark has 1 to 4,000 characters."))

        def work() -> str:
            audit.comment(context, self.entity.name, row.id, body)
            return self.url_for_row(row) + "#activity"

        return submit_once(work)

    @route("/<int:row_id>/files", right="view", methods=("POST",), upload=True)
    def add_files(self, row_id: int) -> Any:
        """Put files on the document."""
        context, row = ctx(), self.row(row_id)
        context.require("core.files")
        uploads = [u for u in request.files.getlist("files") if u.filename]
        if not uploads:
            raise Refused(T("Choose a file first."))

        def work() -> str:
            for upload in uploads:
                files.attach(
                    context, self.entity.name, row.id, upload.filename or "file", upload.stream.read()
                )
            return self.url_for_row(row) + "#files"

        return submit_once(work)

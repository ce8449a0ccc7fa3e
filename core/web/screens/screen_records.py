"""The activity stream of a document: the part that every document page shares."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import redirect

from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.page_parts import Activity
from core.entities import crud
from core.entities.additions import labels_of
from core.entities.seen import seen_history
from core.kernel.context import Ctx
from core.web.frame.nav import entity_url
from core.web.screens.page import Page, ctx, route


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
        return crud.get_row(ctx(), self.entity, row_id)

    @route("/called/<path:key>", right="view")
    def called(self, key: str) -> Any:
        """The document with this number or code, for links from pages that know nothing else of it."""
        return redirect(self.url_for_row(crud.get_row(ctx(), self.entity, key[:200])))

    def records(self, context: Ctx, row: Any) -> dict[str, Any]:
        """The activity of a document, for its page, with the words for what was done."""
        name = self.entity.name
        entries = [("entry", e.at, e) for e in seen_history(context, self.entity, row.id)]
        said = list(context.hooks.isolated("activity", entity=name, row=row))
        context.failed.update(plugin for plugin, part in said if isinstance(part, Exception))
        remarks = [("comment", a.at, a) for _plugin, a in said if isinstance(a, Activity)]
        return {
            "activity": sorted([*remarks, *entries], key=lambda item: item[1], reverse=True),
            "labels": labels_of(context, self.entity),
            "action_labels": {a.name: a.label for a in context.registry.actions[name].values()},
        }

"""Stock documents: counts, transfers, reservations and the others, each kind with its own fields."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import request

from core.api import Ctx, EntityType, NotFound, T
from core.web.api import EntityView
from plugins.inventory import overview
from plugins.inventory.services import papers
from plugins.inventory.words import KINDS


class DocumentView(EntityView):
    """Stock documents: the list of one kind, a form with the fields of the kind, the document."""

    list_template = "inventory/documents.html"
    document_template = "inventory/document.html"
    form_template = "inventory/form.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words, and the cards behind the lines."""
        shown = ("day", "store", *KINDS[row.kind].fields, "notes", "posted_by")
        fields = [f for f in self.entity.fields if f.name in shown and f.name != "cause"]
        return {"kind": KINDS[row.kind], "card_url": overview.card_url, "shown": fields}

    def form_entity(self, row: Any) -> EntityType:
        """The entity with the fields of the kind only."""
        asked = request.form.get("kind") or request.args.get("kind") or "count"
        kind = KINDS.get(row.kind if row is not None else asked)
        if kind is None:
            raise NotFound(T("There is nothing called {name}.", name=asked))
        own = {"day", "store", "notes", *kind.fields}
        changed: dict[str, dict[str, Any]] = {"cause": {"choices": partial(papers.causes, kind=kind.code)}}
        if kind.code == "transfer":
            changed["store"] = {"label": T("From store")}
        fields = tuple(replace(f, **changed.get(f.name, {})) for f in self.entity.fields if f.name in own)
        table = self.entity.children[0]
        gone = {"material", "destination"} if not kind.materials else set()
        if kind.code == "count":
            columns = tuple(replace(f, label=T("Counted")) if f.name == "qty" else f for f in table.fields)
        else:
            columns = tuple(f for f in table.fields if f.name not in gone)
        return replace(
            self.entity, label=kind.label, fields=fields, children=(replace(table, fields=columns),),
            validate=partial(papers.check, of_kind=kind.code), before_save=partial(papers.before_save, of_kind=kind.code),
        )  # fmt: skip

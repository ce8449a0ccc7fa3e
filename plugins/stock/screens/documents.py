"""Stock documents: counts, transfers, reservations and the others, each kind with its own fields."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import request

from core.api import Ctx, Declare, EntityType, NotFound, T
from core.web.api import EntityView, ctx
from plugins.stock import shown as overview
from plugins.stock.services import documents, items, keepers, posting
from plugins.stock.words.documents import KINDS, RETURN


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(posting.ENTITY, DocumentView)


class DocumentView(EntityView):
    """Stock documents: the list of one kind, a form with the fields of the kind, the document."""

    list_template = "stock/documents.html"
    document_template = "stock/document.html"
    form_template = "stock/form.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words, and the cards behind the lines."""
        shown = ("day", "store", *KINDS[row.kind].fields, "notes", "posted_by")
        fields = [f for f in self.entity.fields if f.name in shown and f.name != "cause"]
        pages = overview.item_pages(context, items.of_lines(context, row.lines), "on_hand")
        return {"kind": KINDS[row.kind], "pages": pages, "shown": fields}

    def form_entity(self, row: Any) -> EntityType:
        """The entity with the fields of the kind only."""
        asked = request.form.get("kind") or request.args.get("kind") or "count"
        kind = KINDS.get(row.kind if row is not None else asked)
        if kind is None:
            raise NotFound(T("There is nothing called {name}.", name=asked))
        own = {"day", "store", "notes", *kind.fields}
        changed: dict[str, dict[str, Any]] = {"cause": {"choices": partial(documents.causes, kind=kind.code)}}
        if kind.code == "transfer":
            changed["store"] = {"label": T("From store")}
        asked_of = keepers.returning(ctx()) if kind.code == RETURN else list(keepers.kinds(ctx()))
        if len(asked_of) == 1:
            declared = ctx().registry.get(asked_of[0])
            changed["owner"] = {"label": declared.label, "lookup": lambda _ctx: declared.name}
        fields = tuple(replace(f, **changed.get(f.name, {})) for f in self.entity.fields if f.name in own)
        table = self.entity.children[0]
        gone = {"material", "destination"} if not kind.materials else set()
        if kind.code == "count":
            columns = tuple(replace(f, label=T("Counted")) if f.name == "qty" else f for f in table.fields)
        else:
            columns = tuple(f for f in table.fields if f.name not in gone)
        return replace(
            self.entity, label=kind.label, fields=fields, children=(replace(table, fields=columns),),
            validate=partial(documents.check, of_kind=kind.code), before_save=partial(documents.before_save, of_kind=kind.code),
        )  # fmt: skip

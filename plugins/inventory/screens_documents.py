"""Stock documents: counts, transfers, reservations and the others, each kind with its own fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from core.api import Ctx, EntityType, NotFound, T
from core.web.api import EntityForm, EntityView, ctx
from plugins.inventory import overview
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
        context = ctx()
        asked = request.form.get("kind") or request.args.get("kind") or "count"
        kind = KINDS.get(row.kind if row is not None else asked)
        if kind is None:
            raise NotFound(T("There is nothing called {name}.", name=asked))
        context.cache["inventory.kind"] = kind.code
        own = {"day", "store", "notes", *kind.fields}
        fields = tuple(
            replace(f, label=T("From store")) if f.name == "store" and kind.code == "transfer" else f
            for f in self.entity.fields
            if f.name in own
        )
        table = self.entity.children[0]
        gone = {"material", "destination"} if not kind.materials else set()
        if kind.code == "count":
            columns = tuple(replace(f, label=T("Counted")) if f.name == "qty" else f for f in table.fields)
        else:
            columns = tuple(f for f in table.fields if f.name not in gone)
        return replace(
            self.entity, label=kind.label, fields=fields, children=(replace(table, fields=columns),)
        )

    def form_page(self, row: Any) -> Any:
        if row is None and request.method == "GET":
            entity = self.form_entity(None)
            context = ctx()
            names = {f.name for f in entity.fields} - {"day"}
            given = {name: value for name, value in request.args.items() if name in names}
            blank = {f.name: f.initial(context) for f in entity.fields if f.name not in given}
            values = {name: getattr(value, "code", value) or "" for name, value in blank.items()}
            values = {k: v.isoformat() if isinstance(v, date) else str(v) for k, v in values.items()}
            form = EntityForm(context, entity, None, MultiDict({**values, **given}))
            return render_template(
                self.form_template, view=self, entity=entity, form=form, row=None, version=None
            )
        return super().form_page(row)

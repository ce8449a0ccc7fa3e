"""``/labels/``: which labels of a document, on which sheet; the answer is the PDF."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request

from core.api import NotFound, Refused, T
from core.remote import entity_of
from core.values import parse_id
from core.web.api import FormPage, by_input, ctx, route, send
from core.web.base_api import Errors, entity_url, site_url
from plugins.labels.services import collecting
from plugins.labels.words import FIELDS, SHEET

PDF = "application/pdf"
SHOWN = 400
"""Labels that are listed to be picked; of documents with more all are printed, or none."""


class LabelPage(FormPage):
    """Labels of one document, or of several of one kind."""

    plugin = "labels"

    @route("/", right="", methods=("GET", "POST"))
    def index(self) -> Any:
        """The labels of one document."""
        ids = [parse_id(given) or 0 for given in request.args.getlist("id")[:SHOWN]]
        if not ids:
            raise NotFound(T("There is nothing here."))
        return self._choose(request.args.get("entity", ""), ids)

    @route("/of/<entity>", right="", methods=("GET", "POST"))
    def ticked(self, entity: str) -> Any:
        """The labels of what is ticked in a list."""
        ids = [parse_id(given) or 0 for given in request.args.getlist("row")[:SHOWN]]
        if not ids:
            flash(str(T("Tick at least one row.")), "bad")
            return redirect(entity_url(entity_of(ctx(), entity).name))
        return self._choose(entity, ids)

    def _choose(self, kind: str, ids: list[int]) -> Any:
        """Sheet, place, copies, and the labels with a tick at each. Printing changes nothing, so a post may be sent again."""
        context = ctx()
        entity, rows = collecting.documents(context, kind, ids)
        found = collecting.collect(context, entity, rows)

        def page(errors: Errors, status: int = 200) -> Any:
            again = request.method == "POST"
            start = {f.name: f.default for f in FIELDS} | {
                "sheet": context.setting("labels.sheet") or SHEET.default
            }
            return self.show(
                "labels/print.html", form=self.filled(context, FIELDS, start, again), fields=FIELDS, errors=errors,
                labels=found, listed=len(found) <= SHOWN, picked=set(request.form.getlist("pick")) if again else None,
                entity=entity, rows=rows, back=entity_url(entity.name, rows[0].id if len(rows) == 1 else None),
            ), status  # fmt: skip

        if request.method == "GET":
            return page({})
        try:
            typed = self.posted(context, FIELDS)
            picked = set(request.form.getlist("pick"))
            chosen = [label for at, label in enumerate(found) if len(found) > SHOWN or str(at) in picked]
            made = collecting.print_labels(context, chosen, address=site_url(), **typed)
        except Refused as refused:
            return page(by_input(refused.problems), 422)
        name = getattr(rows[0], entity.key) if len(rows) == 1 else entity.name.rpartition(".")[2]
        return send(made.pdf, PDF, f"{name}-labels.pdf", inline=True)

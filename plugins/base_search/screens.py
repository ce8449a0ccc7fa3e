"""What was searched for, as a page and as JSON for the box in the head of every page."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request

from core.remote import is_unique
from core.web.api import Page, ctx, route
from core.web.base_api import chip
from plugins.base_search.services import search

BOX = 5
"""Hits of a kind in the box."""


class SearchPage(Page):
    """``/search?q=``."""

    @route("/", right="", limited="searches")
    @route("", right="", limited="searches")
    def index(self) -> Any:
        """All documents by number, customer PO, style, partner. JSON for the search box, else a page; what was scanned from a
        label (``scanned``) opens at once where it is one thing."""
        text = request.args.get("q", "").strip()[:100]
        if not request.args.get("json"):
            groups = search.search_everything(ctx(), text)
            hits = [(group.entity, found.hit) for group in groups for found in group.hits]
            called = [each for each in hits if each[1].label.casefold() == text.casefold()] or hits
            # the document itself before what only speaks of it by its number
            called = [each for each in called if is_unique(each[0])] or called
            if request.args.get("scanned") and len(called) == 1:
                return redirect(called[0][1].href)
            return render_template("base_search/page.html", text=text, groups=groups, scanned=search.SCANNED)
        return jsonify(
            [
                {
                    "kind": str(group.entity.plural),
                    "hits": [
                        {"label": f.hit.label, "title": f.hit.title, "href": f.hit.href, "partner": f.partner,
                         "state": chip(group.entity, f.state) if f.state else ""}
                        for f in group.hits
                    ],
                }
                for group in search.search_everything(ctx(), text, BOX)
            ]
        )  # fmt: skip

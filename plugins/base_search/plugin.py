"""Wiring of the search over all documents: its page, and its box in the head of every page."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl
from core.base_api import FramePart

manifest = Manifest(
    name="base_search",
    title=T("Search"),
    version="0.1.0",
    summary=T("All documents by number, customer PO, words and partner, from the head of every page."),
    category="platform",
    base=True,
)


@hookimpl
def register_screens(registry: Declare) -> None:
    """The page with what was found, and the box."""
    from plugins.base_search.screens import SearchPage

    registry.view(SearchPage(name="Search", endpoint="search", url="/search"))
    registry.frame_part(FramePart("search", "head", "base_search/box.html", script="search.js"))

"""The demo's documents in a company of the tests' own: see tests/hub_pages.py."""

from __future__ import annotations

from tests.hub_pages import enter, office, without

__all__ = ["enter", "office", "without"]

"""Administration: company and settings, users, roles, features, background jobs."""

from __future__ import annotations

from core.web.page import Page


def views() -> list[Page]:
    """The administration pages."""
    return []

"""Names of the health of an installation."""

from __future__ import annotations

RIGHT = "base_health.view"
"""Whoever has it sees what failed, is told on the Hub page, and marks it as seen."""
PAGE = "/admin/health"

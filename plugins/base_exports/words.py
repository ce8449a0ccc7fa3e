"""Names of list exports."""

from __future__ import annotations

JOB = "base_exports.list"
"""The job that makes a long list."""
CLEARING = "base_exports.clear"
ROOT = "/exports"

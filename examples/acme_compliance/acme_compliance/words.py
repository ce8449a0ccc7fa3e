"""Names and choices that several rooms share."""

from __future__ import annotations

from core.api import EntityName, T

PLUGIN = "acme_compliance"
AUDIT = EntityName("acme_compliance.audit")
ORDER = EntityName("outsourcing.order")
"""Whose pages this plugin adds to."""
OVERRIDE = "acme_compliance.override"
"""The right to issue an order to a factory without a valid audit."""
REASONS = "acme_compliance.reasons"
"""The list that a reason is chosen from."""
HOLD, VALID_DAYS = "acme_compliance.hold", "acme_compliance.valid_days"
"""Settings: whether anything is held, and how long an audit is valid."""
JOB = "acme_compliance.daily"
PAPER = "acme_compliance.report"
MIN_WORDS = 10
ROLES = ("qc", "mgr")
"""Who starts with the rights of this plugin."""

GRADES = (
    ("A", T("A: good")),
    ("B", T("B: acceptable")),
    ("C", T("C: to be improved")),
    ("D", T("D: refused")),
)
SEVERITIES = (("minor", T("Minor")), ("major", T("Major")), ("critical", T("Critical")))

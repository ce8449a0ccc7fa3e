"""What plugins whose documents have timelines import from here."""

from __future__ import annotations

from plugins.tna.entities.actions import declare
from plugins.tna.hookspecs import Course, TimelineKind
from plugins.tna.models import Timeline
from plugins.tna.services import build, schedule, status, templates
from plugins.tna.services.changes import Entry, set_actuals
from plugins.tna.shown import hub_page as hub

__all__ = [
    "Course",
    "Entry",
    "Timeline",
    "TimelineKind",
    "build",
    "declare",
    "hub",
    "schedule",
    "set_actuals",
    "status",
    "templates",
]

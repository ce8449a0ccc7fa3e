"""Names and limits of webhooks."""

from __future__ import annotations

from datetime import timedelta

from core.api import T

RIGHT = "webhooks.manage"
"""To make subscriptions and see what was sent."""
SUBSCRIBED = "webhooks.subscribed"
"""The setting that says which events somebody wants: uid of the subscription → events. Read with all other settings, so that a
company without subscriptions pays nothing."""
SUBSCRIPTION = "webhooks.subscription"
"""What the activity calls a subscription."""
JOB, TIDY_JOB = "webhooks.deliver", "webhooks.tidy"
TEST = "webhooks.test"
"""The event of a test."""
SEALED_FOR = "webhooks"
OVERLAP = timedelta(hours=24)
"""How long the old secret signs beside the new one."""
GIVE_UP = timedelta(days=5)
"""After so long without one success a subscription is switched off."""
KEEP_SENT, KEEP_FAILED = timedelta(days=30), timedelta(days=90)
PAGE = 50

OFF_FAILING = "failing"
OFF_GONE = "gone"
OFF_WORDS = {
    OFF_FAILING: T("Switched off: it did not answer for five days."),
    OFF_GONE: T("Switched off: the address said that it is gone (410)."),
}
"""Why a subscription was switched off by itself."""
ACTS = {
    "create": T("created it"),
    "edit": T("changed it"),
    "delete": T("deleted it"),
    "rotate": T("made a new secret"),
    "switch off": T("switched it off"),
    "test": T("sent a test"),
    "replay": T("sent what failed once more"),
}
"""Words of the activity."""

"""Wiring of webhooks: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Change, Ctx, Declare, JobKind, Manifest, SaveChange, T, hookimpl
from kit.outgoing import count_open, resume
from plugins.webhooks import models as models  # its tables are migrated
from plugins.webhooks.services import delivering, gathering, tidying
from plugins.webhooks.shown import alerts
from plugins.webhooks.words import JOB, RIGHT, TIDY_JOB

manifest = Manifest(
    name="webhooks",
    title=T("Webhooks"),
    version="0.1.0",
    summary=T("Tells other systems what happened: signed messages, tried again, with a log."),
    category="platform",
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the right and the background work."""
    registry.permission(RIGHT, T("Keep webhooks and see what was sent"))
    registry.job(JobKind(JOB, delivering.run, T("Send a message to another system")))
    registry.job(JobKind(TIDY_JOB, tidying.run, T("Clear old messages to other systems"), daily=True))


@hookimpl
def register_screens(registry: Declare) -> None:
    """The pages of subscriptions and of what was sent."""
    from plugins.webhooks.screens import WebhooksPage

    registry.view(WebhooksPage(name="Webhooks", endpoint="webhooks", url="/admin/webhooks"))


@hookimpl
def register_commands(group: Any) -> None:
    """``hub webhook``."""
    from plugins.webhooks.commands import webhook

    group.add_command(webhook)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """What waited while it was off is sent."""
    if manifest.name in plugins:
        resume(ctx, JOB, models.Delivery)


@hookimpl
def after_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    """Rows that were created, changed, deleted."""
    gathering.note_save(ctx, entity, row, change)


@hookimpl
def after_transition(
    ctx: Ctx, entity: str, row: Any, from_state: str | None, changes: Sequence[Change]
) -> None:
    """Documents that came into a state."""
    gathering.note_transition(ctx, entity, row, from_state, changes)


@hookimpl
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """Events that plugins declare."""
    gathering.note_days(ctx, entity, ids)


@hookimpl
def outgoing_counts(ctx: Ctx) -> Sequence[tuple[str, str, int]]:
    """Messages to other systems."""
    return count_open(ctx, "webhook", models.Delivery)


__all__ = ["alerts", "manifest"]

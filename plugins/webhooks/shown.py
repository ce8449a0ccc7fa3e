"""What webhooks shows on the Hub page: subscriptions that nobody answers, messages that failed."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Alert, Ctx, T, hookimpl
from plugins.webhooks.services import subscriptions
from plugins.webhooks.words import RIGHT

HOME = "/admin/webhooks/"


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """To whoever keeps subscriptions."""
    if not ctx.can(RIGHT):
        return []
    off, n = subscriptions.failing(ctx)
    found = [
        Alert(
            T("Webhook “{name}” was switched off: nobody answers.", name=s.name), f"{HOME}{s.id}", "bad", 20
        )
        for s in off
    ]
    if n:
        found.append(Alert(T("Messages for other systems that failed: {n}", n=n), HOME, "warn", 40))
    return found

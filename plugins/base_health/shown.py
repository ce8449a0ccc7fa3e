"""What administrators are told on the Hub page: something fails."""

from __future__ import annotations

from core.api import Alert, Ctx, T, hookimpl
from core.base_api import count_failures
from plugins.base_health.words import PAGE, RIGHT


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """One line for all that fails and nobody has marked as seen; one query."""
    if not ctx.can(RIGHT):
        return []
    failing = count_failures(ctx)
    if not failing:
        return []
    titles = {plugin.name: str(plugin.manifest.title) for plugin in ctx.hub.plugins}
    names = ", ".join(titles.get(name, name) for name in sorted(failing))
    return [Alert(T("Something does not work in: {names}", names=names), f"{PAGE}/", tone="bad", order=5)]

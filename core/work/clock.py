"""The clock: once a day and tenant the worker asks for every job that is declared daily."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from core.data.db import keep_statistics
from core.kernel.context import Ctx
from core.vault import chain
from core.work import jobs

if TYPE_CHECKING:
    from core.kernel.hub import Hub

log = logging.getLogger("hub")
MARK = "core.daily"
"""The setting that holds the last day for which the daily jobs were asked."""
LOOK = 60.0
"""Seconds between two looks at the calendar."""
SEAL = 300.0
"""Seconds between two times that what was written is sealed."""
COUNT = 3600.0
"""Seconds between two looks at the size of the tables."""


def ask(ctx: Ctx) -> int:
    """Ask for the daily jobs of the plugins that are on, unless that was done today; returns how many were asked for.

    Two workers that look in the same moment may both ask: a job is safe to run twice.
    """
    today = ctx.today().isoformat()
    if ctx.setting(MARK) == today:
        return 0
    ctx.set_setting(MARK, today)
    kinds = [kind for kind in ctx.registry.jobs.all_standing(ctx.enabled) if kind.daily]
    for kind in kinds:
        jobs.enqueue_job(ctx, kind.name, {})
    return len(kinds)


def ask_all(hub: Hub) -> int:
    """:func:`ask` for each active tenant; one whose work cannot be asked for does not keep the others waiting."""
    asked = 0
    for tenant in hub.tenants():
        try:
            with hub.context(tenant, write=False) as ctx:  # most looks find that the day has not changed
                due = ctx.setting(MARK) != ctx.today().isoformat()
            if due:
                with hub.context(tenant) as ctx:
                    asked += ask(ctx)
        except Exception:
            log.exception("the daily jobs of tenant %s could not be asked for", tenant.code)
    return asked


def seal_all(hub: Hub) -> None:
    """Seal what each active tenant wrote; one where that fails does not keep the others waiting."""
    for tenant in hub.tenants():
        try:
            chain.seal(hub, tenant)
        except Exception:
            log.exception("the audit trail of tenant %s could not be sealed", tenant.code)


class Clock:
    """Looks at the calendar at most once a minute."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self._next, self._sealed, self._counted = hub, 0.0, 0.0, 0.0

    def tick(self) -> None:
        """Ask for what a new day brings, if it is time to look."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK
            ask_all(self.hub)
        if time.monotonic() >= self._sealed:
            self._sealed = time.monotonic() + SEAL
            seal_all(self.hub)
        if time.monotonic() >= self._counted:
            self._counted = time.monotonic() + COUNT
            keep_statistics(self.hub.engine)

"""A unit of work that is done again where the database, not the person, was in its way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx, TenantInfo, UserInfo
    from core.kernel.hub import Hub

Result = TypeVar("Result")
AGAIN = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: the transaction is rolled back and may be done again."""
BUSY = T("Others are posting to the same stock or documents. Nothing was saved; please try again.")


def is_passing(error: BaseException) -> bool:
    """Is it a collision with somebody else that will be gone when tried again?"""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in AGAIN or "database is locked" in str(error.orig)


def step_aside(attempt: int) -> None:
    """Wait a little, longer each time and never for the same time as somebody else."""
    time.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)  # noqa: S311 - nobody gains from guessing it


def retrying(
    hub: Hub,
    tenant: str | int | TenantInfo,
    work: Callable[[Ctx], Result],
    user: str | UserInfo | None = None,
    *,
    attempts: int = 8,
    locale: str | None = None,
    only: Callable[[str], bool] | None = None,
) -> Result:
    """``work(ctx)`` in a unit of work of its own, begun anew (at most ``attempts`` times) after a collision; then Refused.

    What ``work`` is given it must leave as it was. Requests of the web are begun anew by :mod:`core.web.frame.collisions`.
    The ledger alone never needs it: it takes its locks in one order. A service that posts more than once, or locks rows
    of its own, may run into somebody who does so the other way round.
    """
    for attempt in range(1, attempts + 1):
        try:
            with hub.context(tenant, user, locale=locale, only=only) as ctx:
                return work(ctx)
        except DBAPIError as error:
            if not is_passing(error):
                raise
            if attempt == attempts:
                raise Refused(BUSY) from error
            step_aside(attempt)
    raise AssertionError("unreachable")

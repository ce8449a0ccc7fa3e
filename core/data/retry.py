"""A unit of work that is done again where the database, not the person, was in its way."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Refused
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx, TenantInfo, UserInfo
    from core.kernel.hub import Hub

Result = TypeVar("Result")
AGAIN = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: the transaction is rolled back and may be done again."""
BUSY = T("Others are posting to the same stock or documents. Nothing was saved; please try again.")
LOST = frozenset({"57P01", "57P02", "57P03", "53300"})
"""The server ends or starts, or has no connection left; beside the class 08, connection exceptions."""
FULL = frozenset({"53100"})
AWAY = T(
    "The database cannot be reached at the moment. Try again in a few seconds: a form that was saved already is not "
    "saved twice."
)
NO_ROOM = T(
    "The server's disk is full, so nothing was saved. Reading goes on; whoever runs the hub has to make room."
)


def is_passing(error: BaseException) -> bool:
    """Is it a collision with somebody else that will be gone when tried again?"""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in AGAIN or "database is locked" in str(error.orig)


def is_lost(error: BaseException) -> bool:
    """Is the database away: a connection that broke or could not be had, a server that restarts? What was being committed
    may have been saved or not, so it is done again only where that is safe."""
    return any(_lost(each) for each in _chain(error))


def is_full(error: BaseException) -> bool:
    """Is there no room left, for the database or for files? Nothing was saved; reading is possible."""
    return any(_full(each) for each in _chain(error))


def is_outside(error: BaseException) -> bool:
    """Is it neither the person's nor a plugin's doing, but that of what is around: others, the database, the disk?"""
    return is_passing(error) or is_lost(error) or is_full(error)


def outage(error: BaseException) -> tuple[int, Text] | None:
    """(HTTP status, words) where it is what is around that failed: 507 a full disk, 503 the others; None for anything else."""
    if is_full(error):
        return 507, NO_ROOM
    if is_lost(error):
        return 503, AWAY
    return (503, BUSY) if is_passing(error) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    found: BaseException | None = error
    for _depth in range(8):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _lost(error: BaseException) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None and isinstance(error, OperationalError) and hasattr(error.orig, "sqlstate"):
        return True  # PostgreSQL did not answer, or not to the end
    sqlite = getattr(error.orig, "sqlite_errorname", "")
    return (
        error.connection_invalidated
        or state in LOST
        or str(state).startswith("08")
        or sqlite.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR"))
    )


def _full(error: BaseException) -> bool:
    if isinstance(error, DBAPIError):
        sqlite = getattr(error.orig, "sqlite_errorname", "")
        return getattr(error.orig, "sqlstate", None) in FULL or sqlite == "SQLITE_FULL"
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return "No space left on device" in str(error)  # a store of files that says it in words


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

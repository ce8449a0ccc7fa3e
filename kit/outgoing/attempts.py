"""Asking for a message, trying it, noting how it went, sending it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, JobProgress, T, Text
from core.base_api import Later, enqueue_jobs
from kit.outgoing.schedule import next_pause

OPEN = ("waiting", "failed")


@dataclass(frozen=True)
class Outcome:
    """How an attempt went.

    status  ``sent``, ``failed`` (tried again unless ``final``), ``withheld``, or ``waiting``: it was not tried, for ``wait``
    words   what went wrong
    wait    at least so long until the next attempt
    values  further columns of the row that are set
    """

    status: str
    words: Text | str = ""
    final: bool = False
    wait: timedelta = timedelta(0)
    values: Mapping[str, Any] = field(default_factory=dict)


def find_message(ctx: Ctx, model: Any, uid: str) -> Any:
    """The row with this uid, None where there is none or this person may not see it."""
    return ctx.session.scalars(select(model).where(model.uid == uid)).one_or_none()


def count_open(ctx: Ctx, way: str, model: Any) -> list[tuple[str, str, int]]:
    """How many messages of a table wait or failed, as the hook ``outgoing_counts`` tells it. One query."""
    asked = select(model.status, func.count()).where(model.status.in_(OPEN)).group_by(model.status)
    found: dict[str, int] = dict(ctx.session.execute(asked).tuples().all())
    return [(way, state, found.get(state, 0)) for state in OPEN]


def send_later(ctx: Ctx, job: str, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write messages and the work of sending them, in this transaction: two statements, however many there are."""
    who = {"user_id": ctx.user.id if ctx.user else None, "by_name": ctx.actor, "at": ctx.now()}
    ctx.session.insert_many(model, [{"status": "waiting", **who, **row} for row in rows])
    enqueue_jobs(ctx, job, [{"uid": row["uid"]} for row in rows])


def send_again(ctx: Ctx, job: str, rows: Sequence[Any]) -> int:
    """Send messages once more, with a fresh count of attempts; those that still wait are left alone. How many."""
    over = [row for row in rows if row.status in ("failed", "sent")]
    for row in over:
        row.status, row.attempts, row.next_at, row.error = "waiting", 0, None, ""
    ctx.session.flush()
    if over:
        enqueue_jobs(ctx, job, [{"uid": row.uid} for row in over])
    return len(over)


def resume(ctx: Ctx, job: str, model: Any) -> None:
    """Ask once more for the work of what waits: its plugin was switched off meanwhile, and its jobs have failed."""
    waiting = ctx.session.scalars(select(model.uid).where(model.status == "waiting")).all()
    if waiting:
        enqueue_jobs(ctx, job, [{"uid": uid} for uid in waiting])


def try_once(
    ctx: Ctx,
    progress: JobProgress,
    model: Any,
    uid: str,
    attempt: Callable[[], Outcome],
    noted: Callable[[Ctx, Any, Outcome], None] = lambda ctx, row, outcome: None,
) -> dict[str, Any]:
    """One attempt of a job and its record. ``attempt`` sends, outside of any transaction that writes; ``noted`` is called in
    the one that keeps how it went. Raises Later where it will be tried again."""
    state = ctx.session.scalar(select(model.status).where(model.uid == uid))
    if state != "waiting":  # it was sent, or taken away
        return {"status": state or "gone"}
    outcome = attempt()
    later: Later | None = None
    with progress.write() as writing:
        row = find_message(writing, model, uid)
        if row is None:
            return {"status": "gone"}
        for name, value in outcome.values.items():
            setattr(row, name, value)
        now = datetime.now(UTC)
        pause: timedelta | None = outcome.wait
        if outcome.status != "waiting":
            row.attempts, row.tried_at, row.error = row.attempts + 1, now, str(outcome.words)
            pause = next_pause(row.attempts)
        again = outcome.status == "waiting" or (outcome.status == "failed" and not outcome.final)
        if again and pause is not None:
            later = Later(outcome.words or T("Waits for the next attempt."), max(pause, outcome.wait))
            row.status, row.next_at = "waiting", now + later.wait
        else:
            row.status, row.next_at = outcome.status, None
        noted(writing, row, outcome)
    if later is not None:
        raise later
    return {"status": outcome.status}

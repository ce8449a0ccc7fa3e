"""When an audit passes, how long it holds, and which factories have one that is valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from acme_compliance.models import Audit
from acme_compliance.words import VALID_DAYS
from core.api import Ctx, Problem, Refused, T, enter_state
from core.db import among


def conclude(ctx: Ctx, row: Audit, data: Mapping[str, Any]) -> None:
    """The action "conclude": a grade is needed; a D or a critical finding fails, anything else is valid for the days of the
    setting."""
    if not row.grade:
        raise Refused(Problem(T("Give a grade first."), "grade"))
    if row.grade == "D" or any(f.severity == "critical" for f in row.findings):
        enter_state(ctx, row, "failed")
        return
    row.valid_until = row.audited_on + timedelta(days=ctx.setting(VALID_DAYS, 365))
    enter_state(ctx, row, "passed")


def valid_until(ctx: Ctx, factory_ids: Sequence[int]) -> dict[int, date]:
    """By factory, the last day on which an audit that it passed holds: one query however many are asked for."""
    wanted = (
        select(Audit.factory_id, func.max(Audit.valid_until).label("until"))
        .where(among(Audit.factory_id, factory_ids), Audit.state == "passed")
        .group_by(Audit.factory_id)
    )
    return {row.factory_id: row.until for row in ctx.session.execute(wanted)}


def ending(ctx: Ctx, within: int) -> list[int]:
    """Factories whose audit ends within so many days, or has ended."""
    last = func.max(Audit.valid_until)
    wanted = select(Audit.factory_id).where(Audit.state == "passed").group_by(Audit.factory_id)
    return list(ctx.session.scalars(wanted.having(last < ctx.today() + timedelta(days=within))))

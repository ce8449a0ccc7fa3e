"""Document numbers: per tenant, series and year, gap-free, never used twice.

The counter row is taken in a short locked step, last in the transaction: a rollback gives the number back, and two
people who save together wait for each other for the shortest time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.data.models import Counter, Series
from core.data.tenancy import TenantSession
from core.declare.kinds import SeriesSpec
from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx

PATTERN = re.compile(r"^[^{}]*(\{YYYY\}|\{YY\})?[^{}]*\{(0+)\}[^{}]*$")


def check_pattern(pattern: str) -> None:
    """Raise Refused unless ``pattern`` has one run of zeros in braces and at most one year: ``FO-{YYYY}-{0000}``."""
    if not PATTERN.match(pattern) or len(pattern) > 40:
        raise Refused(
            T("A pattern looks like FO-{YYYY}-{0000}: at most one year, and the digits."), "pattern"
        )


def format_number(pattern: str, number: int, on: date) -> str:
    """The number as it is printed; more digits than zeros are kept."""
    text = pattern.replace("{YYYY}", f"{on.year:04}").replace("{YY}", f"{on.year % 100:02}")
    return re.sub(r"\{(0+)\}", lambda m: f"{number:0{len(m.group(1))}}", text)


def next_number(ctx: Ctx, series: str, on: date | None = None) -> str:
    """Take the next number of ``series`` for the year of ``on`` (default today). Call it last before the flush."""
    return next_numbers(ctx, series, 1, on)[0]


def next_numbers(ctx: Ctx, series: str, count: int, on: date | None = None) -> list[str]:
    """Take the next ``count`` numbers of a series, in order; two statements however many. Call it last before the flush."""
    pattern = ctx.session.scalar(select(Series.pattern).where(Series.code == series))
    if pattern is None:
        raise Refused(T("There is no number series {code}.", code=series))
    day = on or ctx.today()
    year = day.year if "{YY" in pattern else 0
    insert = pg_insert if ctx.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(Counter).values(
        tenant_id=ctx.session.tenant_id, series=series, year=year, next=1 + count
    )
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "series", "year"], set_={"next": Counter.next + count}
    )
    following = ctx.session.execute(statement.returning(Counter.next)).scalar_one()
    return [format_number(pattern, number, day) for number in range(following - count, following)]


def advance_series(ctx: Ctx, series: str, year: int, used: int) -> None:
    """Make sure that the next number of a series is above ``used`` (loading documents that bring their numbers)."""
    row = ctx.session.scalars(
        select(Counter).where(Counter.series == series, Counter.year == year)
    ).one_or_none()
    if row is None:
        ctx.session.add(Counter(series=series, year=year, next=used + 1))
    elif row.next <= used:
        row.next = used + 1
    ctx.session.flush()


def seed_series(session: TenantSession, specs: Iterable[SeriesSpec]) -> None:
    """Give the tenant those of these number series that it has not. Two statements, however many."""
    wanted = list(specs)
    if not wanted:
        return
    have = set(session.scalars(select(Series.code)))
    session.insert_many(
        Series, ({"code": s.code, "pattern": s.pattern} for s in wanted if s.code not in have)
    )


def continue_series(ctx: Ctx, series: str, pattern: str) -> None:
    """Let a series whose pattern was changed go on after the highest number that looks like the new one: a pattern that says
    the year as text would start again at one, where numbers are already. Raises Refused where another series of the same
    plugin, whose documents may lie in the same table, has this pattern."""
    spec = ctx.registry.number_series.get(series)
    if spec is None:
        return
    kin = [
        s.code for s in ctx.registry.number_series.values() if s.plugin == spec.plugin and s.code != series
    ]
    other = ctx.session.scalar(select(Series.code).where(Series.pattern == pattern, Series.code.in_(kin)))
    if other is not None:
        raise Refused(T("Series {code} makes the same numbers.", code=other), "pattern")
    today = ctx.today()
    digits = re.search(r"\{0+\}", pattern)
    if digits is None:
        raise ValueError(f"{pattern!r} was not checked")
    before, after = (format_number(part, 0, today) for part in pattern.split(digits[0]))
    looks = re.compile(rf"{re.escape(before)}(\d{{1,15}}){re.escape(after)}")
    used = 0
    for entity in ctx.registry.entities.values():
        if entity.plugin == spec.plugin and (entity.series or entity.key == "number"):
            column = getattr(entity.model, entity.key)
            numbers = ctx.session.scalars(select(column).where(column.startswith(before, autoescape=True)))
            used = max(used, *(int(m[1]) for n in numbers if n and (m := looks.fullmatch(n))), 0)
    if used:
        advance_series(ctx, series, today.year if "{YY" in pattern else 0, used)

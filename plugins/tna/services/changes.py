"""What people do to a timeline: enter actual days, move targets, skip, warn, answer proposals. All through core's actions:
right, version and state have been checked, and what is noted here is in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from core.api import Ctx, Problem, Refused, T, Text, note_changes
from core.db import flush_rows
from plugins.tna.models import MOST_DAYS, Milestone, Timeline
from plugins.tna.services import days, follow, schedule, status

ACTUAL, ACTUAL_ANY = "tna.timeline.actual", "tna.timeline.actual_any"
"""Entering actual days: of milestones of one's own roles, of everybody's."""


class Entry(NamedTuple):
    """An actual day as it was typed, with a note; no day takes back what was typed before."""

    day: date | None
    note: str = ""


def milestone(row: Timeline, code: str) -> Milestone:
    """The milestone with this code; Refused otherwise."""
    wanted = code.strip().upper()
    for found in row.milestones:
        if found.code == wanted:
            return found
    raise Refused(T("{number} has no milestone {code}.", number=row.number, code=code), "milestone")


def may_enter(ctx: Ctx, found: Milestone) -> bool:
    """May this person enter the actual day of this milestone?"""
    if ctx.can(ACTUAL_ANY):
        return True
    return ctx.can(ACTUAL) and found.owner_role in ctx.own_roles()


def set_actuals(
    ctx: Ctx, row: Timeline, entries: Mapping[str, Entry], places: Mapping[str, str] | None = None
) -> None:
    """Enter actual days by code, all or none; ``places`` says where a code was typed, for messages.

    Refused for a day in the future, for a milestone that is skipped or belongs to another role.
    """
    problems, today = [], ctx.today()
    for code, entry in entries.items():
        found = milestone(row, code)
        field = (places or {}).get(found.code, "")
        problem: Text | None = None
        if not may_enter(ctx, found):
            problem = T("This milestone belongs to another role.")
        elif found.skipped:
            problem = T("This milestone is skipped. Take that back first.")
        elif entry.day is not None and entry.day > today:
            problem = T(
                "{day} has not come yet: an actual day is not in the future.", day=entry.day.isoformat()
            )
        elif entry.day is None and found.typed is None and found.happened is not None:
            problem = T("This day came by itself. Enter another day to correct it.")
        if problem is not None:
            problems.append(Problem(problem, field))
    if problems:
        raise Refused(problems)
    for code, entry in entries.items():
        found = milestone(row, code)
        before = found.actual
        found.typed = entry.day
        found.actual = found.typed or found.happened
        found.note = entry.note.strip()[:400] if entry.day is not None else ""
        note_changes(ctx, row, (f"{found.code} actual", before, found.actual))
        if entry.note.strip():
            note_changes(ctx, row, (f"{found.code} note", None, found.note))
    _done(ctx, row)


def set_target(ctx: Ctx, row: Timeline, code: str, day: date) -> None:
    """Move the target of one open milestone. Its baseline stays."""
    found = milestone(row, code)
    if found.actual is not None or found.skipped:
        raise Refused(T("Only an open milestone gets a new target."), "target")
    if day > row.anchor:
        words = T("{day} is after the ship date {ship}.", day=day.isoformat(), ship=row.anchor.isoformat())
        raise Refused(words, "target")
    if day < row.anchor - MOST_DAYS * schedule.DAY:
        raise Refused(
            T("At most {n} days before the ship date {ship}.", n=MOST_DAYS, ship=row.anchor.isoformat()),
            "target",
        )
    note_changes(ctx, row, (f"{found.code} target", found.target, day))
    found.target = day
    _done(ctx, row)


def skip(ctx: Ctx, row: Timeline, code: str, reason: str) -> None:
    """This milestone does not apply; what follows it looks through it."""
    found = milestone(row, code)
    if found.actual is not None:
        raise Refused(T("{code} is done already.", code=found.code), "milestone")
    if all(m.skipped or m.id == found.id for m in row.milestones):
        raise Refused(T("The last milestone that is left cannot be skipped."), "milestone")
    found.skipped, found.skip_reason = True, reason.strip()
    note_changes(ctx, row, (f"{found.code} skipped", False, True))
    _done(ctx, row)


def unskip(ctx: Ctx, row: Timeline, code: str) -> None:
    """It applies after all."""
    found = milestone(row, code)
    if not found.skipped:
        raise Refused(T("{code} is not skipped.", code=found.code), "milestone")
    found.skipped, found.skip_reason = False, ""
    note_changes(ctx, row, (f"{found.code} skipped", True, False))
    _done(ctx, row)


def warn(ctx: Ctx, row: Timeline, code: str, risk: bool, note: str) -> None:
    """A person sees a risk that the dates do not show, or sees it gone."""
    found = milestone(row, code)
    if not may_enter(ctx, found):
        ctx.require(ACTUAL_ANY)
    if risk and not note.strip():
        raise Refused(T("Say what the risk is."), "risk_note")
    note_changes(ctx, row, (f"{found.code} risk", found.risk_note or found.risk, note.strip() or risk))
    found.risk, found.risk_note = risk, note.strip()[:400] if risk else ""
    _done(ctx, row)


def rebaseline(ctx: Ctx, row: Timeline) -> Text:
    """Take over the proposed targets of open milestones; done ones and baselines stay as they are."""
    anchor, found = _proposed(ctx, row)
    for each in row.milestones:
        if each.id in found:
            note_changes(ctx, row, (f"{each.code} target", each.target, found[each.id]))
            each.target = each.scheduled = found[each.id]
    note_changes(ctx, row, ("anchor", row.anchor, anchor))
    row.anchor, row.pending = anchor, 0
    row.rebaselines += 1
    _fit_anew(ctx, row)
    _done(ctx, row)
    return T("{n} targets moved. The ship date is {day}.", n=len(found), day=anchor.isoformat())


def keep_targets(ctx: Ctx, row: Timeline) -> None:
    """Answer a proposal with no: targets stay, and the same is not proposed again."""
    anchor, found = _proposed(ctx, row)
    for each in row.milestones:
        if each.id in found:
            each.scheduled = found[each.id]
    note_changes(ctx, row, ("anchor", row.anchor, anchor))
    row.anchor, row.pending = anchor, 0
    _done(ctx, row)


def keep_dates(ctx: Ctx, row: Timeline) -> None:
    """The schedule does not fit and stays as it is: some milestones are late at once."""
    row.fit = "keep"
    note_changes(ctx, row, ("fit", "", "keep"))


def scale(ctx: Ctx, row: Timeline) -> Text:
    """The schedule does not fit: shorten the offsets of open milestones by available ÷ template days."""
    open_ones = [m for m in row.milestones if m.actual is None and not m.skipped]
    longest = max((m.offset_days for m in row.milestones), default=0)
    available = (row.anchor - ctx.today()).days
    if available <= 0:
        raise Refused(T("The ship date has passed: there is nothing to share out."))
    if available >= longest:
        raise Refused(T("There is time enough: nothing to shorten."))
    known = days.Calendars(ctx, [row.factory_id])
    for each in open_ones:
        each.offset_days = schedule.scaled([longest, each.offset_days], available)[1]
        target = known.target(each, row.anchor, row.factory_id)
        note_changes(ctx, row, (f"{each.code} target", each.target, target))
        each.target = each.scheduled = target
    row.fit, row.pending = "scale", 0
    _done(ctx, row)
    return T("{template} days were shortened to {available}.", template=longest, available=available)


def _proposed(ctx: Ctx, row: Timeline) -> tuple[date, dict[int, date]]:
    anchor, found = follow.pending_of(ctx, row)
    if anchor is None:
        raise Refused(T("{number} has no line with a ship date yet.", number=row.number))
    if not found and anchor == row.anchor:
        raise Refused(T("The targets fit the ship date and the calendars: nothing to move."))
    return anchor, found


def _fit_anew(ctx: Ctx, row: Timeline) -> None:
    """After the dates moved: do they fit now?"""
    row.compressed = schedule.compressed(status.steps_of(row.milestones), ctx.today())
    row.fit = ""


def _done(ctx: Ctx, row: Timeline) -> None:
    flush_rows(ctx.session)
    status.refresh(ctx, [row.id])

"""The life of an engineering change order: submitted, approved by somebody else, applied when its time comes, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, JobProgress, Refused, T, Text, enter_state, follow, run_action
from core.db import among
from plugins.engineering.models import ChangeLine, EngineeringChange
from plugins.engineering.services.mass_change.choosing import has_lines
from plugins.engineering.services.new_versions.applying import take_effect

ENTITY = EntityName("engineering.change")
SERIES = "engineering_change"
Data = Mapping[str, Any]


# --- states --------------------------------------------------------------------------------------------------------------


def submit(ctx: Ctx, change: EngineeringChange, data: Data) -> None:
    """Ask for approval. Refused without lines."""
    if not has_lines(ctx, change):
        raise Refused(T("Choose the lines first."))
    if change.effectivity == "date" and change.effective_on is not None and change.effective_on < ctx.today():
        raise Refused(T("The date {day} lies in the past.", day=change.effective_on.isoformat()))
    change.submitted_by = ctx.actor
    change.submitted_by_id = ctx.user.id if ctx.user is not None else None


def other_person(ctx: Ctx, change: EngineeringChange) -> None:
    """Four eyes: who decides has neither made nor submitted it. The system may."""
    if ctx.user is not None and ctx.user.id in (change.created_by_id, change.submitted_by_id):
        raise Refused(T("You made {number}, so somebody else must decide.", number=change.number))


def approve(ctx: Ctx, change: EngineeringChange, data: Data) -> Text | None:
    """Approve it; what takes effect at once, or from a day that has come, is applied with it."""
    other_person(ctx, change)
    change.decided_by, change.decided_at = ctx.actor, ctx.now()
    today = ctx.today()
    if change.effectivity == "now" or (
        change.effectivity == "date" and change.effective_on is not None and change.effective_on <= today
    ):
        text = apply(ctx, change, data)
        enter_state(ctx, change, "applied")
        return text
    return None


def reject(ctx: Ctx, change: EngineeringChange, data: Data) -> None:
    """Turn it down, with a reason."""
    other_person(ctx, change)
    change.decided_by, change.decided_at = ctx.actor, ctx.now()


def apply(ctx: Ctx, change: EngineeringChange, data: Data) -> Text:
    """Put its versions in force."""
    n = take_effect(ctx, change)
    change.applied_at = ctx.now()
    return T("{n} BOMs have a new version. Factory orders that are issued keep theirs.", n=n)


def undo(ctx: Ctx, change: EngineeringChange, data: Data) -> Text:
    """Take it back as a whole."""
    n = take_effect(ctx, change, undo=True)
    change.undone_at = ctx.now()
    return T("{n} BOMs are as they were before.", n=n)


# --- when its time comes -------------------------------------------------------------------------------------------------


def run_daily(ctx: Ctx, payload: Data, progress: JobProgress) -> dict[str, Any]:
    """Apply what was approved for today or before. One that is refused (its lines are others by now) stays approved, with a
    remark in its trail, and keeps no other from being applied."""
    due = list(
        ctx.session.scalars(
            select(EngineeringChange.id)
            .where(EngineeringChange.state == "approved", EngineeringChange.effectivity == "date")
            .where(EngineeringChange.effective_on <= ctx.today())
            .order_by(EngineeringChange.effective_on, EngineeringChange.id)
        )
    )
    applied, refused = 0, []
    for n, change_id in enumerate(due):
        progress(n, len(due))
        try:
            with progress.write() as own:
                change = own.session.get(EngineeringChange, (own.session.tenant_id, change_id))
                if change is not None and change.state == "approved":
                    run_action(own, own.registry.get(ENTITY), change, "apply", {})
                    applied += 1
        except Refused as problem:
            refused.append(f"{change_id}: {problem}")
    return {"applied": applied, "refused": refused}


def is_any_waiting(ctx: Ctx) -> bool:
    """Does a change wait for the next factory order? One statement."""
    row = EngineeringChange
    wanted = select(row.id).where(row.state == "approved", row.effectivity == "next_order").limit(1)
    return ctx.session.scalar(wanted) is not None


def apply_for_styles(ctx: Ctx, made: Iterable[tuple[int, datetime]]) -> None:
    """Documents that were made at these times take these styles: changes that were approved before and wait for the next one
    are applied. Refused where one cannot be, so that nothing is made by an outdated BOM."""
    newest: dict[int, datetime] = {}
    for style_id, at in made:
        newest[style_id] = max(at, newest.get(style_id, at))
    line, change = ChangeLine, EngineeringChange
    rows = ctx.session.execute(
        select(change, line.style_id)
        .join(line, (line.change_id == change.id) & (line.tenant_id == change.tenant_id))
        .where(change.state == "approved", change.effectivity == "next_order", among(line.style_id, newest))
        .order_by(change.id)
    ).all()
    done = set()
    for each, touched_id in rows:
        decided, since = each.decided_at, newest.get(touched_id or 0)
        if each.id not in done and decided is not None and since is not None and since >= decided:
            done.add(each.id)
            apply(ctx, each, {})
            follow(ctx, each, "applied", because="apply")

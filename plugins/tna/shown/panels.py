"""Parts of other pages: the timeline on its document's page, the next ships on the Hub page."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Ctx, EntityRef, Panel, T, Text, hookimpl
from core.db import among
from plugins.tna import words
from plugins.tna.models import Timeline
from plugins.tna.services import build, days, status
from plugins.tna.shown import columns, hub_page, picture

NEXT = 6
"""Open milestones in the small picture."""


def of_document(ctx: Ctx, owner: EntityRef) -> list[Panel]:
    """How the timeline of a document stands, and its next milestones as a picture."""
    row = build.find_timeline(ctx, owner) if ctx.can(hub_page.RIGHT) else None
    if row is None:
        return []
    outcome = status.outcome(ctx, row.milestones)
    waiting = sorted(
        (m for m in row.milestones if m.actual is None and not m.skipped), key=lambda m: m.target
    )
    shown = {m.code for m in waiting[:NEXT]}
    known = days.Calendars(ctx, [row.factory_id])
    drawn = (
        picture.of_timeline(
            row,
            row.milestones,
            outcome,
            ctx.today(),
            lambda day: known.is_off(row.factory_id, day),
            sorted(shown),
        )
        if shown and row.state == "open"
        else None
    )
    values = {
        "row": row,
        "outcome": outcome,
        "standing": words.standing(outcome.status),
        "picture": drawn,
        "slip": words.slip_text(outcome.slip),
    }
    return [Panel(T("Production timeline"), "tna/panel_document.html", values, order=20)]


def standing_of(ctx: Ctx, entity: str, ids: Sequence[int]) -> dict[int, tuple[Text, str]]:
    """Status of the timelines of these documents as word and tone; nothing for who may not see them. One statement."""
    if not ctx.can(hub_page.RIGHT):
        return {}
    row = Timeline
    found = ctx.session.execute(
        select(row.owner_id, row.status).where(
            row.entity == entity, among(row.owner_id, ids), row.state == "open"
        )
    )
    return {owner: words.standing(status) for owner, status in found}


@hookimpl(specname="dashboard_panels")
def of_hub(ctx: Ctx) -> list[Panel]:
    """The next to ship, over the tabs."""
    if not ctx.can(hub_page.RIGHT):
        return []
    rows = hub_page.next_ships(ctx)
    milestones, outcomes = columns.with_steps(ctx, rows)
    company = days.Calendars(ctx, []).company
    drawn = picture.overview(rows, milestones, outcomes, ctx.today(), company.is_off)
    if drawn is None:
        return []
    return [Panel(T("Next to ship"), "tna/panel_hub.html", {"picture": drawn}, place="main", order=10)]

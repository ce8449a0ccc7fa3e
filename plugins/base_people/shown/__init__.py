"""First steps of a new company: the people who work in it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core.api import Ctx, FirstStep, T, hookimpl
from core.base_api import Membership


@hookimpl
def first_steps(ctx: Ctx) -> Sequence[FirstStep]:
    """Done when somebody beside the first administrator works here."""
    here = select(func.count()).select_from(Membership)
    people = ctx.session.scalar(here.where(Membership.tenant_id == ctx.tenant.id, Membership.active)) or 0
    words = T("Each gets a link to choose a password with, and the roles that fit their work.")
    return [FirstStep(T("Invite the people"), "/admin/users/", people > 1, 40, words)]

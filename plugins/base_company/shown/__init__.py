"""First steps of a new company that belong to the company itself: its facts, its logo, its features."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select

from core.api import Ctx, FirstStep, T, hookimpl
from core.base_api import AuditEntry


@hookimpl
def first_steps(ctx: Ctx) -> Sequence[FirstStep]:
    """Done when the address and the logo are there, and when somebody has switched a feature."""
    kept = ctx.setting("company") or {}
    switched = select(exists().where(
        AuditEntry.entity == "core.enablement", AuditEntry.user_id.is_not(None), AuditEntry.tenant_id == ctx.tenant.id
    ))  # fmt: skip
    return [
        FirstStep(
            T("Say who you are"), "/admin/company/", bool(kept.get("address") or kept.get("addresses")), 10,
            T("Name, address, base currency: they stand on every document."),
        ),
        FirstStep(
            T("Add the logo"), "/admin/company/#logo", bool(kept.get("logo")), 20, T("It stands above your documents.")
        ),
        FirstStep(
            T("Choose the features"), "/admin/plugins/", bool(ctx.session.scalar(switched)), 30,
            T("Switch off what you do not need; it can be switched on later."),
        ),
    ]  # fmt: skip

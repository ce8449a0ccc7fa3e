"""What acme_compliance shows on others' pages: a panel, a column, an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from acme_compliance.models import Audit
from acme_compliance.services.audits import ending, valid_until
from acme_compliance.services.daily import SOON
from acme_compliance.words import AUDIT, ORDER
from core.api import Alert, Column, Ctx, Declare, Panel, T, hookimpl

SHOWN = 3


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """The last audits of the factory, on the page of a factory order."""
    if entity != ORDER or not ctx.can(f"{AUDIT}.view"):
        return []
    wanted = (
        select(Audit)
        .where(Audit.factory_id == row.factory_id)
        .order_by(Audit.audited_on.desc(), Audit.id.desc())
    )

    def values() -> Mapping[str, Any]:
        return {"audits": ctx.session.scalars(wanted.limit(SHOWN)).all(), "kind": ctx.registry.get(AUDIT)}

    return [Panel(T("Audits of the factory"), "acme_compliance/panel.html", values, order=70)]


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """Audits that end soon, on the Hub page of whoever may see them."""
    count = len(ending(ctx, SOON)) if ctx.can(f"{AUDIT}.view") else 0
    words = T("Audits of {n} factories end within {days} days.", n=count, days=SOON)
    return [Alert(words, "/acme_compliance/audit/?state=passed")] if count else []


def _badges(ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Any]:
    """The column: (words, tone) by id, loaded once for the whole page."""
    known = valid_until(ctx, [row.factory_id for row in rows])
    return {row.id: _badge(ctx, known.get(row.factory_id)) for row in rows}


def _badge(ctx: Ctx, until: Any) -> tuple[Any, str]:
    if until is None:
        return T("no audit"), "bad"
    return (
        (T("until {day}", day=until), "good")
        if until >= ctx.today()
        else (T("ended {day}", day=until), "warn")
    )


def register(registry: Declare) -> None:
    """A column in the list of factory orders."""
    column = Column(
        "acme_compliance_audit", T("Audit"), "badge", load=_badges, sort=False, right=f"{AUDIT}.view"
    )
    registry.extend_columns(ORDER, column)

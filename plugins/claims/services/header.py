"""What may be entered on a claim, and what comes in by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased, selectinload

from core.api import Ctx, Problem, T, next_number
from core.db import among
from kit.papers import stamp_created
from plugins.claims.models import Claim
from plugins.claims.services import bounds, links
from plugins.purchasing.api import quantities

SERIES = {"material": "claim_material", "garment": "claim_garment"}
PATTERNS = {"claim_material": "CM-{YYYY}-{0000}", "claim_garment": "CG-{YYYY}-{0000}"}
LINKED = ("purchase_order", "line_no", "lot", "factory_order", "order_style", "color", "shipment")


def check(
    ctx: Ctx,
    row: Claim | None,
    data: Mapping[str, Any],
    children: Mapping[str, Any],
    *,
    quick: bool = False,
) -> list[Problem]:
    """The links fit together, and days, quantity and parent make sense. A ``quick`` claim may leave out its line or style."""
    given = {name: data[name] if name in data else getattr(row, name, None) for name in LINKED}
    kind = data.get("kind") or (row.kind if row is not None else "material")
    problems = []
    if row is not None and kind != row.kind:
        problems.append(
            Problem(
                T("The number {number} belongs to the other list. Open a new claim.", number=row.number),
                "kind",
            )
        )
    if kind == "material":
        given["color"] = None
    found, wrong = links.find_links(ctx, kind, given, quick=quick)
    problems += wrong
    qty = data.get("qty")
    if qty is not None and found.uom:
        wrong = quantities.came_problem(qty, found.uom, "qty")
        if not wrong and (row is None or qty != row.qty):
            wrong = bounds.beyond(ctx, kind, given, found, qty)
        problems += wrong
    elif qty is not None and not wrong:
        problems.append(Problem(T("Say first what it is a quantity of."), "qty"))
    opened = data.get("opened_on") or (row.opened_on if row is not None else ctx.today())
    due = data.get("due_date")
    if due is not None and due < opened:
        problems.append(Problem(T("Due before it was opened."), "due_date"))
    if data.get("parent") is not None:
        problems += _parent(ctx, row, data["parent"])
    return problems


def _parent(ctx: Ctx, row: Claim | None, parent: Claim) -> list[Problem]:
    """A claim is split once: a part is not split again, and nothing is a part of itself."""
    if row is not None and parent.id == row.parent_id:
        return []
    reason = None
    if row is not None and parent.id == row.id:
        reason = T("A claim is not a part of itself.")
    elif parent.parent_id is not None:
        reason = T("{number} is itself a part of another claim.", number=parent.number)
    elif parent.state == "cancelled":
        reason = T("{number} is cancelled.", number=parent.number)
    elif row is not None and parts_of(ctx, row):
        reason = T("{number} has parts of its own.", number=row.number)
    return [Problem(reason, "parent")] if reason is not None else []


def parts_of(ctx: Ctx, row: Claim) -> list[Claim]:
    """The claims that a claim was split into."""
    return list(ctx.session.scalars(select(Claim).where(Claim.parent_id == row.id).order_by(Claim.id)))


def is_split() -> ColumnElement[bool]:
    """As a condition: this claim has parts that are not cancelled. What it says is then said by them."""
    part = aliased(Claim)
    return exists().where(
        part.parent_id == Claim.id, part.tenant_id == Claim.tenant_id, part.state != "cancelled"
    )


def with_links(ctx: Ctx, rows: Sequence[Claim]) -> None:
    """Read what these claims concern at once: one query for each kind of thing, however many claims."""
    names = (
        "purchase_order",
        "purchase_line",
        "material",
        "factory_order",
        "customer_order",
        "style",
        "color",
        "partner",
    )
    options = [selectinload(getattr(Claim, name)) for name in names]
    ctx.session.scalars(select(Claim).where(among(Claim.id, [r.id for r in rows])).options(*options)).all()


def before_save(ctx: Ctx, row: Claim, is_new: bool) -> None:
    """Links, unit and currency from the order; number, due day and who opened it."""
    row.kind = row.kind or "material"
    given = row.links_typed(LINKED)
    if row.kind == "material":
        given["color"] = None
    found, _checked = links.find_links(ctx, row.kind, given, quick=True)
    links.apply(row, found)
    row.severity = row.severity or "major"
    row.opened_on = row.opened_on or ctx.today()
    if row.amount is None:
        row.currency = None
    else:
        row.currency = row.currency or found.currency
    for name in ("description", "lot", "resolution", "waived_by", "waived_why"):
        setattr(row, name, getattr(row, name) or "")
    if is_new:
        stamp_created(ctx, row)
        row.opened_by = row.opened_by or ctx.actor
        days = int(ctx.setting("claims.due_days", 14))
        row.due_date = row.due_date or row.opened_on + timedelta(days=days)
        row.number = row.number or next_number(ctx, SERIES[row.kind])

"""What the Hub page, other pages and the search show of claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from core.api import Alert, Ctx, EntityName, Panel, SearchHit, T, Task, Tile, hookimpl, list_panel
from plugins.catalog.api import Partner, Style
from plugins.claims.models import Claim, FollowUp
from plugins.claims.words import FACTORY_ORDER, PARTNER, PURCHASE_ORDER, SHIPMENT
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine
from plugins.purchasing.api import PurchaseOrder
from plugins.shipping.api import ShipmentLine

NAME = EntityName("claims.claim")
LIST = "/claims/claim/"
SOON = timedelta(days=3)
SHOWN = 8
PANEL_COLUMNS = ("number", "photo", "state", "severity", "concerns", "defect", "quantity", "age")
FILTER_OF: dict[str, str] = {
    PURCHASE_ORDER: "purchase_order",
    FACTORY_ORDER: "factory_order",
    SHIPMENT: "shipment",
    PARTNER: "partner",
}
"""Pages that show claims, and the filter of the list that finds theirs."""


@hookimpl(specname="dashboard_tiles")
def tiles(ctx: Ctx) -> list[Tile]:
    """The way to a new one; open claims, and those past the day they were to be answered. One query."""
    if not ctx.can(f"{NAME}.view"):
        return []
    late = case((Claim.due_date < ctx.today(), 1), else_=0)
    count, overdue = ctx.session.execute(
        select(func.count(), func.coalesce(func.sum(late), 0)).where(Claim.state == "open")
    ).one()
    tone = "bad" if overdue else "warn" if count else "good"
    new = (
        [Tile(T("Claim with a photo"), "+", f"{LIST}quick", "info", 1, "claims")]
        if ctx.can(f"{NAME}.create")
        else []
    )
    return [*new, Tile(T("Open claims"), int(count), f"{LIST}?state=open&sort=opened_on", tone, 60, "claims")]  # type: ignore[arg-type]


@hookimpl(specname="dashboard_panels")
def panels(ctx: Ctx) -> list[Panel]:
    """Open claims, the oldest first, and the way to a new one."""
    found = list_panel(
        ctx, NAME, T("Open claims, the oldest first"), place="tab:claims", filters={"state": ("open",)}, sort="opened_on",
        columns=("number", "photo", "severity", "partner", "concerns", "defect", "quantity", "age", "due_date"),
    )  # fmt: skip
    may = ctx.can(f"{NAME}.create")
    return [_with_ways(found, f"{LIST}new" if may else "", f"{LIST}quick" if may else "")] if found else []


def _with_ways(found: Panel, new: str, quick: str) -> Panel:
    """The list with the addresses of the two forms for a new claim; none where a claim may not be opened."""
    rows = found.values

    def values() -> Mapping[str, Any]:
        return {**(rows() if callable(rows) else rows), "new": new, "quick": quick}

    return Panel(found.title, "claims/panel.html", values, found.place, found.order)


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """Open claims past their day, with the worst by name. One query."""
    if not ctx.can(f"{NAME}.edit"):
        return []
    found = ctx.session.execute(
        select(Claim.number, Claim.due_date)
        .where(Claim.state == "open", Claim.due_date < ctx.today())
        .order_by(Claim.due_date, Claim.id)
    ).all()
    if not found:
        return []
    number, due = found[0]
    days = (ctx.today() - due).days if due is not None else 0
    until = (ctx.today() - timedelta(days=1)).isoformat()
    return [
        Alert(T("Overdue claims: {n}. {number} is {days} days late.", n=len(found), number=number, days=days),
              f"{LIST}?state=open&due_date_to={until}&sort=due_date", "warn", 40)
    ]  # fmt: skip


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """Claims to answer (who may resolve), to close (who may close), to follow up. Two queries, a few rows each."""
    result: list[Task] = []
    today = ctx.today()
    if ctx.can(f"{NAME}.resolve"):
        for row in _some(ctx, Claim.state == "open"):
            late, near = row.due_date and row.due_date < today, row.due_date and row.due_date <= today + SOON
            result.append(
                Task(T("Answer the claim"), f"{row.number} {row.code}", f"{LIST}{row.id}", row.due_date,
                     "bad" if late else "warn" if near else "neutral", "claims")
            )  # fmt: skip
    wanted = []
    if ctx.can(f"{NAME}.close"):
        wanted.append(_ready())
    if ctx.can(f"{NAME}.waive"):
        wanted.append(~_ready())
    if wanted:
        for row in _some(ctx, and_(Claim.state == "resolved", or_(*wanted))):
            words = T("Close the claim") if row.ready else T("Link what followed from the claim")
            result.append(
                Task(words, f"{row.number} {row.code}", f"{LIST}{row.id}", None, "neutral", "claims")
            )
    return result


def _ready() -> ColumnElement[bool]:
    """What followed from the claim is linked, or somebody said that nothing will."""
    linked = exists().where(FollowUp.claim_id == Claim.id, FollowUp.tenant_id == Claim.tenant_id)
    return or_(linked, Claim.waived_why != "")


def _some(ctx: Ctx, test: Any) -> Sequence[Any]:
    """(id, number, partner's code, due date, ready) of the first few."""
    return ctx.session.execute(
        select(Claim.id, Claim.number, Partner.code, Claim.due_date, _ready().label("ready"))
        .join(Partner, (Partner.id == Claim.partner_id) & (Partner.tenant_id == Claim.tenant_id))
        .where(test)
        .order_by(Claim.due_date, Claim.id)
        .limit(SHOWN)
    ).all()


@hookimpl(specname="entity_panels")
def on_page(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """Claims on the page of what they concern, and the way to a new one."""
    name = FILTER_OF.get(entity)
    if name is None or (entity == PARTNER and not (row.is_supplier or row.is_factory)):
        return []
    if entity != PARTNER and row.state in ("draft", "cancelled", "confirmed"):
        return []
    key = row.code if entity == PARTNER else row.number
    found = list_panel(
        ctx, NAME, T("Claims"), place="main", filters={name: (key,)}, columns=PANEL_COLUMNS, order=80
    )
    if found is None:
        return []
    if not ctx.can(f"{NAME}.create"):
        return [_with_ways(found, "", "")]
    preset = _preset(ctx, entity, row)
    number = preset.get("purchase_order") or preset.get("factory_order") or ""
    short = urlencode({"kind": preset["kind"], "number": number})
    return [_with_ways(found, f"{LIST}new?{urlencode(preset)}", f"{LIST}quick?{short}")]


def _preset(ctx: Ctx, entity: str, row: Any) -> Mapping[str, str]:
    """What a new claim opened from this page starts with."""
    if entity == PURCHASE_ORDER:
        return {"kind": "material", "purchase_order": row.number}
    if entity == FACTORY_ORDER:
        return {"kind": "garment", "factory_order": row.number}
    if entity == PARTNER:
        return {"kind": "material" if row.is_supplier else "garment"}
    made = _makers(ctx, row)
    return {
        "kind": "garment",
        "shipment": row.number,
        **({"factory_order": made[0]} if len(made) == 1 else {}),
    }


def _makers(ctx: Ctx, shipment: Any) -> Sequence[str]:
    """Factory orders that may have made what was shipped."""
    line, making, order = ShipmentLine, FactoryOrderLine, FactoryOrder
    return ctx.session.scalars(
        select(order.number)
        .join(making, (making.order_id == order.id) & (making.tenant_id == order.tenant_id))
        .join(line, (line.style_id == making.style_id) & (line.tenant_id == making.tenant_id))
        .where(
            line.shipment_id == shipment.id,
            making.customer_order_id == shipment.customer_order_id,
            order.state.not_in(("draft", "cancelled")),
        )
        .distinct()
        .limit(2)
    ).all()


@hookimpl(specname="search")
def hits(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """Claims by purchase order, factory order, customer PO, style, supplier or factory; newest first. One query."""
    text = query.strip()
    if len(text) < 2 or not ctx.can(f"{NAME}.view"):
        return []
    c = Claim
    joined = select(c.id, c.number, Partner.name, c.description).join(
        Partner, (Partner.id == c.partner_id) & (Partner.tenant_id == c.tenant_id)
    )
    for model, column in (
        (PurchaseOrder, c.purchase_order_id),
        (FactoryOrder, c.factory_order_id),
        (Style, c.style_id),
        (CustomerOrder, c.customer_order_id),
    ):
        joined = joined.outerjoin(model, (model.id == column) & (model.tenant_id == c.tenant_id))
    columns = (
        PurchaseOrder.number, FactoryOrder.number, Style.code, CustomerOrder.number, CustomerOrder.customer_po, Partner.code,
        Partner.name,
    )  # fmt: skip
    found = ctx.session.execute(
        joined.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
        .order_by(c.id.desc())
        .limit(limit)
    )
    return [
        SearchHit(NAME, number, f"{partner} {description[:60]}".strip(), f"{LIST}{claim_id}")
        for claim_id, number, partner, description in found
    ]

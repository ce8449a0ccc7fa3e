"""A plugin of somebody else: people of a partner see what concerns that partner, and nothing of the others.

Who works for which partner is the setting ``factory_desk.people`` (e-mail → what they are to us and their code:
``factory F01``, ``customer C01``, or several: ``supplier S01, factory F01``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from core.api import Ctx, Manifest, T, hookimpl

manifest = Manifest(
    name="factory_desk",
    title=T("Partner desk"),
    version="1.0",
    summary=T("People of a factory, a supplier or a customer see its own documents only."),
    category="outsourcing",
    requires=("outsourcing",),
    default_on=False,
)
PARTNER = "catalog.partner"
ORDERS = {"factory": "outsourcing.order", "supplier": "purchasing.order", "customer": "orders.order"}


@hookimpl
def restrict(ctx: Ctx, entity: str) -> ColumnElement[bool] | None:
    """By what a document refers to: a partner, or one of its orders. Of what refers to neither their role decides."""
    people = ctx.setting("factory_desk.people") or {}
    told = people.get(ctx.user.email, "") if ctx.user is not None else ""
    codes = dict(part.split() for part in told.split(", ") if part)
    if not codes:
        return None
    model = ctx.registry.get(entity).model
    partner = ctx.registry.get(PARTNER).model
    if entity == PARTNER:
        return partner.code.in_(codes.values())  # type: ignore[attr-defined,no-any-return]
    for what, code in codes.items():
        mine = _ids(ctx, partner, partner.code == code)  # type: ignore[attr-defined]
        if hasattr(model, f"{what}_id"):
            return getattr(model, f"{what}_id").in_(mine)  # type: ignore[no-any-return]
        order = ctx.registry.get(ORDERS[what]).model
        for column in model.table().columns:
            if column.info.get("ref") == order.table().name:
                orders = _ids(ctx, order, getattr(order, f"{what}_id").in_(mine))
                return getattr(model, column.name).in_(orders)  # type: ignore[no-any-return]
    return None


def _ids(ctx: Ctx, model: Any, test: ColumnElement[bool]) -> Select[Any]:
    return select(model.id).where(model.tenant_id == ctx.session.tenant_id, test)

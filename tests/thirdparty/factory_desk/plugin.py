"""A plugin of somebody else: people of a factory see what concerns that factory, and nothing of the others.

Who works for which factory is the setting ``factory_desk.people`` (e-mail → code of the factory).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from core.api import Ctx, Manifest, T, hookimpl

manifest = Manifest(
    name="factory_desk",
    title=T("Factory desk"),
    version="1.0",
    summary=T("People of a factory see its own documents only."),
    category="outsourcing",
    requires=("outsourcing",),
    default_on=False,
)
ORDER, PARTNER = "outsourcing.order", "catalog.partner"


@hookimpl
def restrict(ctx: Ctx, entity: str) -> ColumnElement[bool] | None:
    """By what a document refers to: a factory, or one of its orders. Of what refers to neither their role decides."""
    people = ctx.setting("factory_desk.people") or {}
    code = people.get(ctx.user.email) if ctx.user is not None else None
    if code is None:
        return None
    model = ctx.registry.get(entity).model
    partner = ctx.registry.get(PARTNER).model
    mine = _ids(ctx, partner, partner.code == code)  # type: ignore[attr-defined]
    if entity == PARTNER:
        return model.id.in_(mine)
    if hasattr(model, "factory_id"):
        return model.factory_id.in_(mine)  # type: ignore[no-any-return]
    order = ctx.registry.get(ORDER).model
    for column in model.table().columns:
        if column.info.get("ref") == order.table().name:
            orders = _ids(ctx, order, order.factory_id.in_(mine))  # type: ignore[attr-defined]
            return getattr(model, column.name).in_(orders)  # type: ignore[no-any-return]
    return None


def _ids(ctx: Ctx, model: Any, test: ColumnElement[bool]) -> Select[Any]:
    return select(model.id).where(model.tenant_id == ctx.session.tenant_id, test)

"""What couriers refuse, and what they hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from core.api import (
    Block,
    Ctx,
    EntityName,
    Problem,
    SaveChange,
    T,
    hookimpl,
)
from tests.thirdparty.couriers.models import Parcel
from tests.thirdparty.samples.api import Request

MAKER, REQUEST = EntityName("samples.maker"), EntityName("samples.request")


@hookimpl
def before_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> Sequence[Problem] | None:
    if entity == REQUEST and change.new.get("fee") == 13:
        return [Problem(T("The courier does not carry thirteen."), "fee")]
    if entity == MAKER and change.verb == "delete" and change.old["code"] == "KEEP":
        return [Problem(T("The courier still goes there."))]
    return None


@hookimpl
def restrict(ctx: Ctx, entity: str) -> ColumnElement[bool] | None:
    """People in production see nothing that is hushed up."""
    if entity != REQUEST or ctx.user is None or not ctx.user.email.startswith("prod@"):
        return None
    return Request.notes != "hush"


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    if entity != REQUEST or action != "send":
        return None
    if row.notes == "never":
        return [Block(T("The courier never takes this."), "couriers")]
    if row.notes == "fragile":
        return [Block(T("The courier does not take fragile goods."), "couriers", override="samples.force")]
    if row.notes == "valuable":
        block = Block(T("The courier wants a reason for valuables."), "couriers", override="samples.force",
                      reasons="samples.note", min_text=10, detail={"worth": "9"})  # fmt: skip
        return [block]
    return None


@hookimpl
def plugin_upgraded(ctx: Ctx, since: str) -> bool:
    """Waybills are kept in capitals since 1.0; two at a time."""
    small = Parcel.waybill != func.upper(Parcel.waybill)
    found = ctx.session.scalars(select(Parcel).where(small).order_by(Parcel.id).limit(2)).all()
    for parcel in found:
        if parcel.waybill == "stuck":
            raise ValueError("a waybill that nobody can read")
        parcel.waybill = parcel.waybill.upper()
    ctx.session.flush()
    return bool(found)

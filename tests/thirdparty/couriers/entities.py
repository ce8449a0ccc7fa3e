"""What couriers add to requests: a column, an action, rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import (
    Action,
    Column,
    Ctx,
    Declare,
    T,
)
from tests.thirdparty.couriers.models import Parcel
from tests.thirdparty.samples.api import Request


def parcels(ctx: Ctx, rows: Sequence[Request]) -> Mapping[int, int]:
    """Parcels per request, for one page."""
    counted = ctx.session.execute(
        select(Parcel.request_id, func.count())
        .where(Parcel.request_id.in_([row.id for row in rows]))
        .group_by(Parcel.request_id)
    )
    return dict(counted.all())


def hand_over(ctx: Ctx, row: Request, data: Mapping[str, Any]) -> None:
    ctx.session.add(Parcel(request_id=row.id, waybill="EE1"))


def register(registry: Declare) -> None:
    for what in ("view", "create", "edit", "delete"):
        registry.permission(f"couriers.parcel.{what}", T("Parcels: {what}", what=what), ("wh",))
        registry.permission(f"couriers.raw.{what}", T("Requests as they are stored: {what}", what=what))
    registry.extend_columns(
        "samples.request", Column("parcels", T("Parcels"), "int", load=parcels, sort=False)
    )
    registry.action(
        Action("samples.request", "hand_over", T("Hand over"), hand_over, ("sent",), roles=("wh",))
    )

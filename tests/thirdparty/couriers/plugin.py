"""A second plugin of somebody else: it needs ``samples``, vetoes, listens, adds a column, and can be made to fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from core.api import (
    Action,
    Block,
    Column,
    Ctx,
    Declare,
    EntityName,
    Manifest,
    Panel,
    Problem,
    SaveChange,
    T,
    hookimpl,
)
from tests.thirdparty.couriers.models import Parcel
from tests.thirdparty.samples.models import Request

manifest = Manifest(
    name="couriers",
    title=T("Couriers"),
    version="1.0",
    summary=T("Parcels that carry samples."),
    category="development",
    requires=("samples",),
    default_on=False,
)

MAKER, REQUEST = EntityName("samples.maker"), EntityName("samples.request")

heard: list[tuple[str, Any]] = []
"""What this plugin was told, for the tests."""
saved: list[tuple[str, Any, SaveChange]] = []
"""The saves it was told of."""


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


@hookimpl
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


@hookimpl
def register_screens(registry: Declare) -> None:
    from tests.thirdparty.couriers.screens import views

    for view in views():
        registry.view(view)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    heard.append(("enabled", (*plugins, "of", *sorted(ctx.enabled - ctx.hub.always_on))))


@hookimpl
def before_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> Sequence[Problem] | None:
    if entity == REQUEST and change.new.get("fee") == 13:
        return [Problem(T("The courier does not carry thirteen."), "fee")]
    if entity == MAKER and change.verb == "delete" and change.old["code"] == "KEEP":
        return [Problem(T("The courier still goes there."))]
    return None


@hookimpl
def after_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    saved.append((entity, row, change))
    if change.new.get("notes") == "burn":
        raise RuntimeError("the courier's computer is on fire")


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
def after_override(ctx: Ctx, row: Any, action: str, block: Block, code: str, reason: str) -> None:
    heard.append((f"overridden {block.detail.get('worth', '')} {code} {reason}", row.number))


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str) -> None:
    if entity == REQUEST:
        heard.append((action, row.number))
        if row.notes == "explode":
            raise RuntimeError("the courier's computer is on fire")


@hookimpl
def sample_stamped(ctx: Ctx, row: Request, word: str) -> None:
    heard.append((f"stamped {word}", row.number))


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel] | None:
    if entity != REQUEST:
        return None
    if row.notes == "broken panel":
        raise ValueError("no panel today")
    return [Panel(T("Parcels"), "couriers/parcels.html", {"number": row.number})]

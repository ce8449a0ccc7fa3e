"""A plugin of somebody else that adds a check to the material gate: the production sample must be approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.api import Action, Ctx, Declare, EntityName, Field, Manifest, T, hookimpl
from plugins.material_gate.api import HoldCheck
from tests.thirdparty.pp_sample.models import Approval

MAKING = EntityName("outsourcing.order")

manifest = Manifest(
    name="pp_sample",
    title=T("Production samples"),
    version="1.0",
    summary=T("Production starts only with an approved production sample."),
    category="development",
    requires=("catalog", "orders", "outsourcing", "material_gate"),
    default_on=False,
)


def approve(ctx: Ctx, row: Any, data: Mapping[str, Any]) -> None:
    ctx.session.add(Approval(order_id=row.id, approved_on=ctx.today(), by=data["by"]))


@hookimpl
def register(registry: Declare) -> None:
    registry.permission("pp_sample.approve", T("Approve production samples"), ("merch", "mgr"))
    registry.action(
        Action(
            "outsourcing.order", "approve_pp_sample", T("Production sample approved"), approve, ("issued",),
            permission="pp_sample.approve", fields=(Field("by", T("Approved by"), required=True, max_length=120),),
        )
    )  # fmt: skip


@hookimpl
def hold_checks(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, Sequence[HoldCheck]] | None:
    """One query for all."""
    if entity != MAKING:
        return None
    found = {
        row.order_id: row
        for row in ctx.session.scalars(select(Approval).where(Approval.order_id.in_(owner_ids)))
    }
    return {
        order_id: [
            HoldCheck(
                T("Production sample approved"),
                order_id in found,
                T("by {who}", who=found[order_id].by) if order_id in found else T("Not approved yet."),
            )
        ]
        for order_id in owner_ids
    }

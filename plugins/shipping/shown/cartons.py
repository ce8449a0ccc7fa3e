"""Labels of cartons: one for each, numbered as on the packing list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, T, hookimpl, pick
from core.db import among
from kit.labels import Label
from plugins.shipping.models import Shipment
from plugins.shipping.services import packing
from plugins.shipping.words import SHIPMENT


@hookimpl(optionalhook=True)
def label_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Shipments."""
    return (SHIPMENT,)


@hookimpl(optionalhook=True)
def labels(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[Label]] | None:
    """Carton 12 of 80, with customer PO, style, colour and sizes. The cartons of one shipment are read at once."""
    if entity != SHIPMENT:
        return None
    rows = ctx.session.scalars(select(Shipment).where(among(Shipment.id, ids)))
    return {row.id: _cartons(packing.context(ctx, row)) for row in rows}


def _cartons(values: Mapping[str, Any]) -> list[Label]:
    shipment, order, all_ = values["row"], values["order"], values["cartons"]
    found: list[Label] = []
    for box in values["boxes"]:
        style = values["styles"][box.style]
        contents = "  ".join(
            f"{values['colors'][color]} {values['sizes'][size]}-{qty}" for color, size, qty in box.contents
        )
        for _ in range(box.count):
            lines = (
                str(T("Carton {n} of {all}", n=len(found) + 1, all=all_)), f"{style.code} {pick(style.names, style.name)}",
                contents, str(T("{n} pieces", n=box.each)), order.customer_po or order.number, values["customer_name"],
            )  # fmt: skip
            code = f"{shipment.number}-{len(found) + 1}"
            found.append(Label(code, lines, f"/shipping/shipment/{shipment.id}"))
    return found

"""The override of the demo tenant, as it was given on its day."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml
from sqlalchemy import select

from core.api import Ctx
from plugins.catalog.api import Destination, Material
from plugins.material_gate.api import GroupSnapshot, Override

FILE = Path(__file__).parent / "gate_overrides.yaml"


def load(ctx: Ctx, shift: int) -> None:
    """Production of the demo's first factory order was started when its cartons were missing.

    Loading started it today, when nothing had been received yet; what was kept then becomes what it was on its day, moved
    by ``shift`` days. Twice is harmless.
    """
    given = yaml.safe_load(FILE.read_text(encoding="utf-8"))["overrides"]
    for each in given:
        row = ctx.session.scalars(
            select(Override).where(Override.owner == each["factory_order"])
        ).one_or_none()
        if row is None:
            continue
        row.at = row.used_at = datetime.fromisoformat(each["at"]) + timedelta(days=shift)
        row.user_id, row.user_name = None, each["by"]
        row.reason, row.reason_code = each["reason"], each["reason_code"]
        row.groups = [_group(ctx, g) for g in each["shortfall_snapshot"]]
        row.short = len(row.groups)
    ctx.session.flush()


def _group(ctx: Ctx, given: dict[str, str]) -> GroupSnapshot:
    """A group of the picture; cartons are told apart by destination only."""
    material = ctx.session.scalars(select(Material).where(Material.code == given["material"])).one()
    place = ctx.session.scalars(select(Destination).where(Destination.code == given["key"])).one()
    return GroupSnapshot(
        key=(material.id, None, None, place.id), material=material.code, color="", size="", destination=place.code,
        uom=material.stock_uom, stage=material.gate_stage, required=Decimal(given["required"]),
        arrived=Decimal(given["arrived_at_override"]), short=Decimal(given["shortfall_at_override"]), holds=True,
    )  # fmt: skip

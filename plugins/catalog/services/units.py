"""Units of measure: steps and fixed factors of the trade (metre, yard, inch, dozen, gross; fabric kg ↔ m)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.api import Ctx, T, Text
from core.values import STEPS


@dataclass(frozen=True)
class Unit:
    """A unit: its step (smallest quantity), and its size in the base unit of its dimension."""

    code: str
    label: Text
    step: Decimal
    dimension: str
    size: Decimal


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("pcs", T("pcs"), STEPS["pcs"], "count", Decimal(1)),
        Unit("dozen", T("dozen"), STEPS["dozen"], "count", Decimal(12)),
        Unit("gross", T("gross"), STEPS["gross"], "count", Decimal(144)),
        Unit("set", T("set"), STEPS["set"], "set", Decimal(1)),
        Unit("cone", T("cone"), STEPS["cone"], "cone", Decimal(1)),
        Unit("roll", T("roll"), STEPS["roll"], "roll", Decimal(1)),
        Unit("kg", T("kg"), STEPS["kg"], "mass", Decimal(1)),
        Unit("g", T("g"), STEPS["g"], "mass", Decimal("0.001")),
        Unit("m", T("m"), STEPS["m"], "length", Decimal(1)),
        Unit("yd", T("yd"), STEPS["yd"], "length", Decimal("0.9144")),
        Unit("in", T("in"), STEPS["in"], "length", Decimal("0.0254")),
        Unit("cm", T("cm"), STEPS["cm"], "length", Decimal("0.01")),
    )
}


def choices(ctx: Ctx) -> list[tuple[str, Text | str]]:
    """For fields: all units."""
    return [(u.code, u.label) for u in UNITS.values()]


def factor(
    source: str, target: str, *, gsm: Decimal | None = None, width_m: Decimal | None = None
) -> Decimal:
    """How many ``target`` one ``source`` is.

    Fabric converts between mass and length by kg = m × width × gsm ÷ 1000 (``width_m`` in metres, tubular: open width).
    Raises ValueError where the units do not convert.
    """
    a, b = UNITS[source], UNITS[target]
    if a.dimension == b.dimension:
        return a.size / b.size
    if {a.dimension, b.dimension} == {"mass", "length"} and gsm and width_m:
        kg_per_m = width_m * gsm / 1000
        return a.size * kg_per_m / b.size if a.dimension == "length" else a.size / kg_per_m / b.size
    raise ValueError(f"{source} does not convert to {target}")

"""Quantities of purchase lines and receipts: steps of units, tolerances, conversion into stock units."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from core.api import Ctx, Problem, T, Text
from core.values import decimal_text
from plugins.catalog.api import units

ZERO, ONE = Decimal(0), Decimal(1)
MICRO = Decimal("0.000001")
DEFAULTS = {
    "over_receipt_pct_main": Decimal(5),
    "over_receipt_pct_trim": Decimal(3),
    "over_receipt_pct_goods": Decimal(0),
    "under_close_pct_main": Decimal(2),
    "under_close_pct_trim": Decimal(0),
    "under_close_pct_goods": Decimal(0),
}
"""Percentages a tenant starts with, by setting."""
WEIGHED = Decimal("0.001")
"""Scales show grams: what is weighed on receipt has a decimal more than what is ordered."""


def setting_pct(ctx: Ctx, name: str) -> Decimal:
    """A percentage of the plugin's settings."""
    return Decimal(str(ctx.setting(f"purchasing.{name}", DEFAULTS[name])))


def over_pct(ctx: Ctx, material_class: str, own: Decimal | None = None) -> Decimal:
    """Percent above the order that may be accepted: the line's own, else that of the material's class."""
    return own if own is not None else setting_pct(ctx, f"over_receipt_pct_{material_class}")


def under_pct(ctx: Ctx, material_class: str) -> Decimal:
    """Percent short at which a line counts as complete."""
    return setting_pct(ctx, f"under_close_pct_{material_class}")


def limits(qty: Decimal, over: Decimal, under: Decimal, uom: str) -> tuple[Decimal, Decimal]:
    """(most that may be accepted, what must be accepted for the line to be complete), in the same unit.

    qty × (1 + over %); things that are counted are rounded down, packs to whole pieces: 3 % of 10 gross are 43 pieces.
    qty × (1 − under %) exactly.
    """
    most = qty * (100 + over) / 100
    if pack := pack_size(uom):
        most = (down(most * pack, ONE) / pack).quantize(MICRO, rounding=ROUND_HALF_UP)
    else:
        most = down(most, step(uom) if counted(uom) else MICRO)
    least = (qty * (100 - under) / 100).quantize(MICRO, rounding=ROUND_CEILING)
    return max(qty, most), least


def down(value: Decimal, grain: Decimal) -> Decimal:
    """``value`` rounded down to a multiple of ``grain``."""
    return (value / grain).to_integral_value(rounding=ROUND_FLOOR) * grain


def nearest(value: Decimal, grain: Decimal) -> Decimal:
    """``value`` rounded half up to a multiple of ``grain``."""
    return (value / grain).to_integral_value(rounding=ROUND_HALF_UP) * grain


def counted(uom: str) -> bool:
    """Are these whole pieces, cones, gross …?"""
    return step(uom) == 1


def pack_size(uom: str) -> Decimal | None:
    """Pieces of a pack that is counted in pieces (12 of a dozen, 144 of a gross); None for any other unit."""
    unit = units.UNITS.get(uom)
    return unit.size if unit is not None and unit.dimension == "count" and unit.size > 1 else None


def step(uom: str, *, weighed: bool = False) -> Decimal:
    """Smallest quantity of a unit; on a receipt (``weighed``) kilograms go to the gram."""
    unit = units.UNITS.get(uom)
    found = unit.step if unit is not None else Decimal("0.01")
    return WEIGHED if weighed and uom == "kg" else found


def stock_qty(qty: Decimal, factor: Decimal, grain: Decimal) -> Decimal:
    """Nominal stock quantity of ``qty`` purchase units, rounded half up to the stock unit's step."""
    return nearest(qty * factor, grain)


def fault(value: Decimal | None, grain: Decimal, uom: str, *, zero: bool = False) -> Text | None:
    """What is wrong with a quantity in words, or None: missing, negative, zero (unless allowed), too many decimals."""
    if value is None:
        return T("A quantity is needed.")
    if value < 0:
        return T("A quantity is not negative.")
    if value == 0 and not zero:
        return T("The quantity is zero.")
    if value % grain:
        if grain == 1:
            return T("{uom} are whole numbers: {value} is not.", uom=uom, value=decimal_text(value))
        places = -int(grain.normalize().as_tuple().exponent)
        return T("At most {places} decimals in {uom}.", places=places, uom=uom)
    return None


def problem(
    value: Decimal | None, grain: Decimal, uom: str, field: str, *, zero: bool = False
) -> list[Problem]:
    """:func:`fault` as a Problem at its input; [] where all is well."""
    found = fault(value, grain, uom, zero=zero)
    return [Problem(found, field)] if found is not None else []


def came_problem(value: Decimal | None, uom: str, field: str, *, zero: bool = False) -> list[Problem]:
    """:func:`problem` for what came, went back or is complained about: kilograms to the gram, packs to the piece. Of 10 gross
    that were ordered 9.5 may come: 1,368 pieces. A third of a pack is no end of decimals, so six of them are enough."""
    pack = pack_size(uom)
    if pack is None or value is None:
        return problem(value, step(uom, weighed=True), uom, field, zero=zero)
    found = problem(value, MICRO, uom, field, zero=zero)
    pieces = value * pack
    if not found and abs(pieces - nearest(pieces, ONE)) > pack * MICRO / 2:
        said = T("{value} {uom} are {pieces} pieces, which is no whole number.", value=decimal_text(value), uom=uom,
                 pieces=decimal_text(pieces))  # fmt: skip
        return [Problem(said, field)]
    return found


def suggest(remaining: Decimal, factor: Decimal, moq: Decimal, multiple: Decimal, uom: str) -> Decimal:
    """What to buy in purchase units for ``remaining`` stock units: at least the MOQ, rounded up to the multiple. 0 for 0."""
    if remaining <= 0:
        return ZERO
    wanted = max(remaining / factor, moq)
    grain = multiple if multiple > 0 else step(uom)
    return (wanted / grain).to_integral_value(rounding=ROUND_CEILING) * grain

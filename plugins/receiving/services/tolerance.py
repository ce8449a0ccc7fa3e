"""How much more than ordered may be taken, and how far a measured quantity may be off, before somebody is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.api import Ctx, Problem, T
from core.money import round_half_up
from core.values import ZERO, decimal_text
from plugins.catalog.api import INCH
from plugins.purchasing.api import NOTHING, positions
from plugins.receiving.models import ReceiptLine, ReceiptRoll
from plugins.receiving.services.targets import Target

OVER = "receiving.receipt.over"
HUNDRED = Decimal(100)
DEVIATION_PCT = Decimal(3)
"""How far a measured quantity may be off before somebody is asked, in percent, until a tenant says otherwise."""


def over_problems(
    ctx: Ctx, found: Sequence[ReceiptLine], known: Mapping[int, Target], over_reason: str
) -> list[Problem]:
    """Lines that would exceed what may be accepted. Somebody with the right may allow it, saying why; it is kept."""
    came = positions.of_lines(ctx, known)
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in found:
        sums[line.line_id] += line.received - line.rejected
    problems = []
    for i, line in enumerate(found):
        target, here = known[line.line_id], came.get(line.line_id, NOTHING)
        if here.taken + sums[line.line_id] <= target.max_qty:
            continue
        reason = line.over_reason or over_reason.strip()
        where = f"lines.{i}.over_reason" if ctx.can(OVER) else f"lines.{i}.received"
        words = {
            "line": target.label,
            "now": decimal_text(sums[line.line_id]),
            "before": decimal_text(here.taken),
            "uom": target.uom,
            "ordered": decimal_text(target.qty),
            "most": decimal_text(target.max_qty),
        }
        if not ctx.can(OVER):
            problems.append(
                Problem(T("{line}: {now} {uom} with the {before} accepted before are more than the {most} allowed "
                          "({ordered} ordered). A manager may allow it.", **words), where, {"line": line.line_id})
            )  # fmt: skip
        elif not reason:
            problems.append(
                Problem(T("{line}: {now} {uom} with the {before} accepted before are more than the {most} allowed "
                          "({ordered} ordered). Say why it is taken.", **words), where, {"line": line.line_id})
            )  # fmt: skip
        else:
            line.over_reason, line.over_by = reason, ctx.actor
    return problems


def deviations(
    ctx: Ctx,
    found: Sequence[ReceiptLine],
    known: Mapping[int, Target],
    rolls: Mapping[int, Sequence[ReceiptRoll]],
) -> list[Problem]:
    """Measured quantities that are off the order's factor, or rolls off the nominal weight, by more than x %."""
    limit = Decimal(str(ctx.setting("receiving.deviation_pct", DEVIATION_PCT)))
    problems = []
    for i, line in enumerate(found):
        if line.deviation_ok:
            continue
        target = known[line.line_id]
        off = deviation(line, target)
        heavy = weight_off(target, rolls.get(line.id, ()))
        worst = max((v for v in (off, heavy) if v is not None), key=abs, default=ZERO)
        if abs(worst) > limit:
            problems.append(
                Problem(T("{line}: the measured quantity is {pct} % off. Check width and weight; if it is right, confirm it.",
                          line=target.label, pct=f"{round_half_up(worst, 2):+}"),
                        f"lines.{i}.deviation_ok", {"line": line.line_id})
            )  # fmt: skip
    return problems


def deviation(line: ReceiptLine, target: Target) -> Decimal | None:
    """How many percent the measured stock quantity is off the factor of the order; None where units are the same."""
    if target.uom == target.stock_uom or not line.received or not target.factor:
        return None
    nominal = line.received * target.factor
    return (line.stock_received - nominal) * HUNDRED / nominal


def weight_off(target: Target, rolls: Sequence[ReceiptRoll]) -> Decimal | None:
    """How many percent the rolls' kg per metre is off width × weight of the material; None where it is not known."""
    kg = sum((r.net_kg or ZERO for r in rolls), ZERO)
    metres = sum((r.length_m or ZERO for r in rolls), ZERO)
    if not kg or not metres or not target.gsm or not target.width_in:
        return None
    inch = Decimal(INCH.numerator) / Decimal(INCH.denominator)
    nominal = target.width_in * inch * target.gsm / 1000
    return (kg / metres - nominal) * HUNDRED / nominal

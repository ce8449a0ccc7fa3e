"""Guards and warnings of purchase orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.api import Ctx, Problem, T, Text
from core.values import decimal_text
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines, positions
from plugins.purchasing.services.positions import NOTHING, Position
from plugins.purchasing.words import GOODS


def for_issue(ctx: Ctx, order: PurchaseOrder, found: Sequence[PurchaseLine]) -> list[Problem]:
    """Why an order may not be issued; [] where it may."""
    problems = []
    if not order.supplier.active:
        problems.append(Problem(T("{partner} is no longer active.", partner=order.supplier.code)))
    if not found:
        problems.append(Problem(T("There is no line yet.")))
    for line in found:
        name = {"line": line.position, "material": lines.label(line)}
        if (line.style_id is None) == (order.material_class == GOODS) or (
            line.material is not None and line.material.material_class != order.material_class
        ):
            problems.append(Problem(T("Line {line}: {material} belongs on the other list.", **name)))
        if line.qty <= 0:
            problems.append(Problem(T("Line {line}: the quantity is zero.", **name)))
        if line.price is None:
            problems.append(Problem(T("Line {line} {material} has no price.", **name)))
        elif line.price == 0 and not line.zero_reason:
            problems.append(Problem(T("Line {line} {material} costs nothing: say why.", **name)))
    return problems


def for_cancel(ctx: Ctx, order: PurchaseOrder) -> list[Problem]:
    """Cancelled only while nothing was accepted or waits; after that the rest is short-closed."""
    ids = [line.id for line in order.lines]
    came = positions.of_lines(ctx, ids)
    if any(p.accepted or p.pending for p in came.values()):
        return [Problem(T("Material has come in: short-close what will not come any more."))]
    return []


def open_lines(found: Sequence[PurchaseLine], came: dict[int, Position]) -> list[PurchaseLine]:
    """Lines of which something is still expected, or waits for inspection."""
    return [
        line
        for line in found
        if positions.balance(line, came.get(line.id, NOTHING)) or came.get(line.id, NOTHING).pending
    ]


def warnings(ctx: Ctx, order: PurchaseOrder, found: Sequence[PurchaseLine]) -> dict[int, list[Text]]:
    """What is unusual about lines, by line id; nothing here stops anybody.

    Less than the MOQ or not a multiple, required before the supplier's lead time is over, never available, and what
    others find (hook ``line_warnings``).
    """
    result: dict[int, list[Text]] = {line.id: [] for line in found}
    for line in found:
        material, lead = line.material, line.material.lead_days if line.material is not None else 0
        if material is not None and material.moq and line.qty < material.moq:
            result[line.id].append(
                T(
                    "Less than the minimum of {moq} {uom}.",
                    moq=decimal_text(material.moq, grouped=True),
                    uom=line.uom,
                )
            )
        if material is not None and material.multiple and line.qty % material.multiple:
            result[line.id].append(
                T(
                    "Not a multiple of {multiple} {uom}.",
                    multiple=decimal_text(material.multiple, grouped=True),
                    uom=line.uom,
                )
            )
        due = line.required_date or order.required_date
        if due is not None and due < order.order_date + timedelta(days=lead):
            result[line.id].append(T("Required before the lead time of {days} days is over.", days=lead))
        if line.availability == "never":
            result[line.id].append(T("Never available: cancel the line or find a substitute."))
    for answer in ctx.hooks.line_warnings(order=order, lines=found):
        for line_id, texts in answer.items():
            result[line_id] += texts
    return {line_id: texts for line_id, texts in result.items() if texts}

"""Everything open of all suppliers: the lines of the receiving sheet, and finding one by what was scanned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core.api import Ctx
from core.db import among
from plugins.catalog.api import Color, Material, Partner
from plugins.purchasing.api import NOTHING, PurchaseLine, PurchaseOrder, dates, lines, positions
from plugins.purchasing.api import due as expected
from plugins.receiving.models import ReceiptLine, ReceiptRoll

MOST = 300


@dataclass(frozen=True)
class OpenLine:
    """A line of the sheet. ``balance`` is still to come, ``most`` may still be taken without approval."""

    line: PurchaseLine
    order: PurchaseOrder
    supplier: Partner
    label: str
    came: positions.Position
    balance: Decimal
    most: Decimal
    eta: date | None
    overdue: int


def open_lines(
    ctx: Ctx, *, supplier: str = "", search: str = "", material_class: str = "", everything: bool = False,
    only_overdue: bool = False, only_soon: bool = False, line_ids: Sequence[int] = (), limit: int = MOST,
) -> tuple[list[OpenLine], bool]:  # fmt: skip
    """Lines of issued orders that something is still expected of, oldest first, and whether there are more.

    ``only_overdue``: past their day; ``only_soon``: due within a week. ``everything`` shows complete lines too: they can
    be received up to their tolerance. ``search`` is a number, material, colour, supplier or the number of a roll that came
    before. ``line_ids``: these lines and no others, whatever became of them meanwhile, so that what was typed for them can
    be shown.
    """
    line, po = PurchaseLine, PurchaseOrder
    statement = (
        select(line, po, Partner)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .join(Partner, (Partner.id == po.supplier_id) & (Partner.tenant_id == po.tenant_id))
        .join(Material, (Material.id == line.material_id) & (Material.tenant_id == line.tenant_id))
        .outerjoin(Color, (Color.id == line.color_id) & (Color.tenant_id == line.tenant_id))
        .order_by(Partner.code, po.number, line.position)
        .options(
            contains_eager(line.material),
            contains_eager(line.color),
            joinedload(line.size),
            joinedload(line.destination),
        )
    )
    if supplier:
        statement = statement.where(Partner.code == supplier)
    if material_class:
        statement = statement.where(po.material_class == material_class)
    if line_ids:
        statement = statement.where(among(line.id, line_ids))
    else:
        statement = statement.where(po.state == "issued", line.short_closed.is_(False))
    if only_overdue or only_soon:
        statement = statement.where(among(line.id, expected.line_ids(ctx, late=only_overdue)))
    for word in search.split()[:5]:
        statement = statement.where(
            or_(
                po.number.icontains(word, autoescape=True),
                Material.code.icontains(word, autoescape=True),
                Material.name.icontains(word, autoescape=True),
                Color.code.icontains(word, autoescape=True),
                Partner.code.icontains(word, autoescape=True),
                Partner.name.icontains(word, autoescape=True),
                _has_roll(word),
            )
        )
    if not everything and not line_ids:
        statement = statement.where(expected.unfinished(ctx))
    rows = ctx.session.execute(statement.limit(limit + 1)).all()
    came = positions.of_lines(ctx, [found.id for found, _o, _s in rows[:limit]])
    result = []
    for found, order, partner in rows[:limit]:
        here = came.get(found.id, NOTHING)
        left = positions.balance(found, here)
        due = dates.eta(found, order)
        late = dates.overdue_days(ctx, due) if left else 0
        result.append(
            OpenLine(
                found,
                order,
                partner,
                lines.label(found),
                here,
                left,
                positions.receivable(found, here),
                due,
                late,
            )
        )
    return result, len(rows) > limit


def _has_roll(number: str) -> Any:
    """Whether a roll of this number came against the line."""
    came, roll = ReceiptLine, ReceiptRoll
    return (
        select(roll.id)
        .join(came, (came.id == roll.receipt_line_id) & (came.tenant_id == roll.tenant_id))
        .where(came.line_id == PurchaseLine.id, came.tenant_id == PurchaseLine.tenant_id)
        .where(func.lower(roll.roll) == number.lower())
        .correlate(PurchaseLine)
        .exists()
    )


def suppliers(ctx: Ctx) -> list[tuple[str, str]]:
    """Suppliers with issued orders: code and name."""
    return list(
        ctx.session.execute(
            select(Partner.code, Partner.name)
            .join(
                PurchaseOrder,
                (PurchaseOrder.supplier_id == Partner.id) & (PurchaseOrder.tenant_id == Partner.tenant_id),
            )
            .where(PurchaseOrder.state == "issued")
            .distinct()
            .order_by(Partner.code)
        )
    )

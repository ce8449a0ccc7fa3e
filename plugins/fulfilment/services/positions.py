"""What sheets and returns say of purchase lines of finished goods: where each stands, and the same as conditions for lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, false, func, select, type_coerce

from core.api import Ctx
from core.db import Qty
from plugins.fulfilment.models import GoodsReturn, ReturnLine, ReturnSize, Sheet, SheetLine, SheetSize
from plugins.fulfilment.services import sums
from plugins.purchasing.api import LineConditions, Position, PurchaseLine

UNITS = 10**Qty.scale
"""How the database keeps one piece of a quantity."""


def positions(ctx: Ctx, line_ids: Sequence[int]) -> dict[int, Position]:
    """Positions of the purchase lines that pieces came of; two queries at most.

    What the vendor bears counts against him: to be replaced it is open again, else credited. What others bear stays accepted.
    """
    came = sums.of_purchase_lines(ctx, line_ids)
    if not came:
        return {}
    back = sums.back_of_purchase_lines(ctx, came)
    found = {}
    for line_id, (received, damaged) in came.items():
        mine = {
            remedy: qty
            for (line, bearer, remedy), qty in back.items()
            if line == line_id and bearer == "vendor"
        }
        again = Decimal(mine.get("replacement", 0))
        credited = Decimal(sum(mine.values())) - again
        found[line_id] = Position(
            received=Decimal(received), rejected=Decimal(damaged), returned=again, credited=credited,
            stock_received=Decimal(received), stock_kept=Decimal(received - damaged) - again - credited,
        )  # fmt: skip
    return found


@cache
def conditions() -> LineConditions:
    """What came and what is open of lines of finished goods, as SQL on ``PurchaseLine``; nothing waits for inspection."""
    head, line, size, bought = Sheet, SheetLine, SheetSize, PurchaseLine
    came = (
        select(size.id)
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.sheet_id) & (head.tenant_id == line.tenant_id))
        .where(
            size.purchase_line_id == bought.id,
            size.tenant_id == bought.tenant_id,
            head.state.in_(sums.COUNTING),
        )
        .correlate(bought)
    )
    accepted = came.with_only_columns(func.sum(size.received - size.damaged), maintain_column_froms=True)
    here = func.coalesce(accepted.scalar_subquery(), 0) - func.coalesce(_owed().scalar_subquery(), 0)
    opened: ColumnElement[bool] = bought.style_id.is_not(None) & (
        here * UNITS < type_coerce(bought.close_qty, BigInteger)
    )
    return LineConditions(came=came.exists(), waiting=false(), open=opened)


def _owed() -> Any:
    head, line, size, bought = GoodsReturn, ReturnLine, ReturnSize, PurchaseLine
    return (
        select(func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.return_id) & (head.tenant_id == line.tenant_id))
        .where(
            size.purchase_line_id == bought.id,
            size.tenant_id == bought.tenant_id,
            head.state == "posted",
            head.bearer == "vendor",
            head.remedy == "replacement",
        )
        .correlate(bought)
    )

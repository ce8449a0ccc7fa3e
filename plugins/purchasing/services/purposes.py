"""What purchase lines are bought for: documents of others, known by reference and number. Whoever buys by need keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from core.api import Ctx, EntityRef, Text

if TYPE_CHECKING:
    from plugins.purchasing.hookspecs import Purpose
    from plugins.purchasing.models import PurchaseOrder

Shares = Mapping[EntityRef, Decimal]


def kinds(ctx: Ctx) -> list[str]:
    """Kinds of documents that may be bought for; none where nobody buys by need."""
    return [kind for answer in ctx.hooks.purpose_kinds() for kind in answer]


def lookup(ctx: Ctx) -> str:
    """The kind whose numbers are offered while typing."""
    return next(iter(kinds(ctx)), "")


def called(ctx: Ctx, numbers: Iterable[str]) -> dict[str, EntityRef]:
    """Documents by number, in capitals; unknown ones are left out."""
    wanted = sorted({number.strip().upper() for number in numbers if number.strip()})
    found: dict[str, EntityRef] = {}
    for answer in ctx.hooks.purposes_called(numbers=wanted) if wanted else ():
        found.update(answer)
    return found


def problems(ctx: Ctx, purposes: Iterable[EntityRef]) -> dict[EntityRef, Text]:
    """Why nothing is bought for these any more."""
    wanted = list(dict.fromkeys(purposes))
    found: dict[EntityRef, Text] = {}
    for answer in ctx.hooks.purpose_problems(purposes=wanted) if wanted else ():
        found.update(answer)
    return found


def of_lines(ctx: Ctx, line_ids: Sequence[int]) -> dict[int, list[Purpose]]:
    """What lines are bought for, by number; lines for stock have none."""
    found: dict[int, list[Purpose]] = {line_id: [] for line_id in line_ids}
    for answer in ctx.hooks.line_purposes(line_ids=line_ids) if line_ids else ():
        for line_id, purposes in answer.items():
            found[line_id] += purposes
    return found


def write(ctx: Ctx, order: PurchaseOrder, purposes: Mapping[int, Shares]) -> None:
    """The lines of an order were written, and are bought for this."""
    ctx.hooks.lines_written(order=order, line_ids=[line.id for line in order.lines], purposes=purposes)

"""Two sums over time as a picture of steps: geometry for an SVG."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.api import Ctx
from plugins.planning.services import promises

WIDTH, HEIGHT, FOOT, HEAD = 560, 140, 20, 14


def steps_picture(there: Mapping[date, Decimal], gone: Mapping[date, Decimal]) -> dict[str, Any] | None:
    """``there`` and ``gone`` are what is added on a day; the picture shows both sums. None where there is nothing."""
    first, last = min([*there, *gone]), max([*there, *gone]) + timedelta(days=7)
    most = max(sum(there.values()), sum(gone.values()))
    if not most:
        return None
    days = max(1, (last - first).days)

    def line(added: Mapping[date, Decimal]) -> str:
        total, path = Decimal(0), ""
        for day in sorted({first, *added}):
            x = round(WIDTH * (day - first).days / days)
            before = y_of(total)
            total += added.get(day, Decimal(0))
            path += f"M{x},{y_of(total)}" if not path else f"L{x},{before}L{x},{y_of(total)}"
        return f"{path}L{WIDTH},{y_of(total)}"

    def y_of(total: Decimal) -> int:
        return round(HEIGHT - FOOT - (HEIGHT - FOOT - HEAD) * total / most)

    return {
        "width": WIDTH, "height": HEIGHT, "base": HEIGHT - FOOT, "there": line(there), "gone": line(gone), "most": most,
        "first": first, "last": last,
    }  # fmt: skip


def flow_picture(context: Ctx, flows: list[promises.Flow]) -> dict[str, Any] | None:
    """All there will be by a day against all that is promised by it."""
    today = context.today()
    there: dict[Any, Decimal] = {today: sum((flow.on_hand for flow in flows), Decimal(0))}
    gone: dict[Any, Decimal] = {today: Decimal(0)}
    for flow in flows:
        for pairs, into in ((flow.receipts, there), (flow.promised, gone)):
            for day, qty in pairs:
                into[max(day, today)] = into.get(max(day, today), Decimal(0)) + qty
    return steps_picture(there, gone)

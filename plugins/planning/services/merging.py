"""計劃訂單合併: several suggestions of one item become one line, as far as they lie within a window of days.

Equal are material, colour, size, supplier, currency and price. What is made for a destination is never merged. The quantity is
what lacks in all, raised to the lot once; the day is the earliest. Whom it serves stays with the parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, Refused, T, Text, enter_state, follow, record_audit
from core.db import flush_rows
from core.values import ZERO
from plugins.catalog.api import Material
from plugins.planning.models import PlanningSuggestion
from plugins.planning.services.world import Terms, World
from plugins.planning.words import SUGGESTION

DAYS = 7
SUMS = ("part", "net", "gross", "available", "substituted")


def lot(lacks: Decimal, moq: Decimal, multiple: Decimal, step: Decimal) -> Decimal:
    """What is ordered where so much lacks (stock units)."""
    grain = multiple or step
    wanted = max(lacks, moq)
    return (wanted / grain).to_integral_value(ROUND_CEILING) * grain


def _key(row: Any) -> tuple[Any, ...] | None:
    if row["material_id"] is None or row["destination_id"] is not None:
        return None
    return (
        row["kind"], row["material_id"], row["color_id"], row["size"], row["supplier_id"], row["currency"], row["price"],
    )  # fmt: skip


def groups_of(rows: Sequence[Mapping[str, Any]], days: int) -> list[list[Any]]:
    """Which of these rows become one: each group begins with its earliest, and reaches ``days`` days further."""
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        if (key := _key(row)) is not None:
            found[key].append(row)
    groups = []
    for each in found.values():
        group: list[Any] = []
        for row in sorted(each, key=lambda row: row["due"]):
            if group and row["due"] > group[0]["due"] + timedelta(days=days):
                groups.append(group)
                group = []
            group.append(row)
        groups.append(group)
    return [group for group in groups if len(group) > 1]


def _merged(group: Sequence[Mapping[str, Any]], known: Terms | Material) -> dict[str, Any]:
    first = group[0]
    moq, multiple, step = _lot_of(known)
    total = {name: sum((row[name] for row in group), ZERO) for name in SUMS}
    ready = [row["ready_on"] for row in group if row["ready_on"] is not None]
    worst = min(group, key=lambda row: row["rank"])
    return {
        **{name: first[name] for name in (
            "run_id", "item_position", "kind", "material_id", "style_id", "color_id", "size", "destination_id", "pieces",
            "safety", "due", "supplier_id", "price", "currency",
        )},
        **total, "qty": lot(total["part"], moq, multiple, step), "release_on": min(row["release_on"] for row in group),
        "ready_on": max(ready, default=None), "expedite": max(row["expedite"] for row in group),
        "exception": worst["exception"], "rank": worst["rank"],
    }  # fmt: skip


def _lot_of(known: Terms | Material) -> tuple[Decimal, Decimal, Decimal]:
    if isinstance(known, Terms):
        return known.moq, known.multiple, known.step
    return known.moq * known.factor, known.multiple * known.factor, known.stock_step


def merge_rows(rows: list[dict[str, Any]], days: int, world: World) -> None:
    """Merge suggestions that are about to be kept; the merged ones come behind them."""
    prefix = rows[0]["number"].rpartition("-")[0] if rows else ""
    for row in rows:
        row["state"], row["merged_into"] = "open", ""
    for group in groups_of([row for row in rows if row["kind"] == "buy"], days):
        made = _merged(group, world.materials[group[0]["material_id"]])
        made |= {"position": len(rows) + 100_000, "state": "open", "merged_into": ""}
        made["number"] = f"{prefix}-M{len(rows) + 1:04}"
        for row in group:
            row["state"], row["merged_into"] = "merged", made["number"]
        rows.append(made)
    rows.sort(key=lambda row: (row["rank"], row["release_on"], row["due"]))


def merge(ctx: Ctx, chosen: Sequence[PlanningSuggestion], data: Mapping[str, Any]) -> Text:
    """Merge what can be of the suggestions that were ticked."""
    by_row = [({c.name: getattr(row, c.name) for c in row.__table__.columns}, row) for row in chosen]
    by_number = {values["number"]: row for values, row in by_row}
    materials = {row.material_id: row.material for row in chosen if row.material is not None}
    groups = groups_of(
        [values for values, _row in by_row], DAYS if data.get("days") is None else data["days"]
    )
    if not groups:
        raise Refused(
            T("None of these fit together: another item, supplier or price, or too many days between them.")
        )
    last = ctx.session.scalar(
        select(func.max(PlanningSuggestion.position)).where(PlanningSuggestion.run_id == chosen[0].run_id)
    )
    position = max(last or 0, 100_000)
    for group in groups:
        position += 1
        material = materials[group[0]["material_id"]]
        run_number = by_number[group[0]["number"]].run.number
        made = PlanningSuggestion(
            **_merged(group, material),
            position=position,
            number=f"{run_number}-M{position - 100_000:04}",
            state="open",
        )
        ctx.session.add(made)
        for values in group:
            row = by_number[values["number"]]
            row.merged_into = made.number
            enter_state(ctx, row, "merged")
        flush_rows(ctx.session)
        record_audit(ctx, SUGGESTION, made.id, "merge", number=made.number)
    return T("{n} suggestions became {m}.", n=sum(map(len, groups)), m=len(groups))


def split(ctx: Ctx, row: PlanningSuggestion, data: Mapping[str, Any]) -> Text:
    """Its parts stand alone again."""
    parts = ctx.session.scalars(
        select(PlanningSuggestion).where(
            PlanningSuggestion.merged_into == row.number, PlanningSuggestion.run_id == row.run_id
        )
    ).all()
    for part in parts:
        part.merged_into = ""
        follow(ctx, part, "open", because="split")
    return T("{n} suggestions stand alone again.", n=len(parts))

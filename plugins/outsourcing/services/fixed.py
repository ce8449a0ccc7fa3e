"""Pieces that keep an earlier price, and what becomes of them when the goods in that fixed it are taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core.api import Change, Ctx, note_changes
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import amounts, rows, snapshot


class Gone(NamedTuple):
    """Accepted pieces of a line that were taken back, and how many of those that stand were posted before them."""

    before: int
    pieces: int


def without(parts: Sequence[Sequence[Any]], gone: Gone) -> list[list[Any]] | None:
    """``[[pieces, price], …]`` in the order they came, less the pieces taken back; None where nothing of it is left."""
    left, start = [], 0
    for pieces, price in parts:
        end = start + int(pieces)
        lost = max(0, min(end, gone.before + gone.pieces) - max(start, gone.before))
        if int(pieces) > lost:
            left.append([int(pieces) - lost, price])
        start = end
    return left or None


def taken_back(ctx: Ctx, order: FactoryOrder, gone: Mapping[int, Gone]) -> None:
    """Goods in were taken back, by line: what they fixed at an earlier price costs what the line says now, and when they come
    again too. The order's total follows, and what it says; its contract stays."""
    touched, changes, before = [], list[Change](), order.total
    for line in rows.lines(ctx, order):
        if not line.parts or line.id not in gone:
            continue
        parts = without(line.parts, gone[line.id])
        if parts != line.parts:
            changes.append((f"line {line.position} earlier prices", words(line.parts), words(parts)))
            line.parts = parts
            touched.append(line)
    if not touched:
        return
    amounts.reprice(ctx, order, touched)
    amounts.refresh(ctx, order)
    snapshot.keep_snapshot(ctx, order)
    note_changes(ctx, order, *changes, *([("total", before, order.total)] if order.total != before else []))


def words(parts: Sequence[Sequence[Any]] | None) -> str:
    """``40 × 10, 60 × 12``."""
    return ", ".join(f"{pieces} × {price}" for pieces, price in parts or ())

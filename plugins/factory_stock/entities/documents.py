"""Issues and goods in as core knows them: fields, columns, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Column, Ctx, Declare, EntityType, Field, T, next_number
from core.db import among
from plugins.factory_stock import words
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize, Issue, IssueLine
from plugins.stock.api import DAY, NOTES, POSTED_STATES, STORE, pieces_by_paper, stamps, validate_paper

SERIES = {
    "factory_return": "RT-{YYYY}-{0000}",
    "factory_write_off": "WO-{YYYY}-{0000}",
    "factory_count": "FC-{YYYY}-{0000}",
    "rework": "RW-{YYYY}-{0000}",
}
"""Number series beside those of the entities."""
SERIES_OF = {
    "return": "factory_return",
    "write_off": "factory_write_off",
    "count": "factory_count",
    "rework": "rework",
    "seconds": "rework",
}
FACTORY_ORDER = Field("factory_order", T("Factory order"), "ref", required=True, ref="outsourcing.order")


def _issue_kinds(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return list(words.ISSUE_KINDS.items())


def _goods_kinds(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return list(words.GOODS_KINDS.items())


def _before_issue(ctx: Ctx, row: Any, is_new: bool) -> None:
    """Factory from the factory order; the number from the series of the kind."""
    row.factory_id, row.factory = row.factory_order.factory_id, row.factory_order.factory
    if is_new:
        row.kind = row.kind or ("issue" if isinstance(row, Issue) else "goods_in")
        stamps.created(ctx, row)
        if row.kind in SERIES_OF and not row.number:
            row.number = next_number(ctx, SERIES_OF[row.kind])


def _issue_lines(ctx: Ctx, rows: Sequence[Issue]) -> Mapping[int, Any]:
    found = ctx.session.execute(
        select(IssueLine.issue_id, func.count())
        .where(among(IssueLine.issue_id, [row.id for row in rows]))
        .group_by(IssueLine.issue_id)
    )
    return dict(found.all())


def _above(ctx: Ctx, rows: Sequence[Issue]) -> Mapping[int, Any]:
    found = ctx.session.scalars(
        select(IssueLine.issue_id)
        .where(among(IssueLine.issue_id, [row.id for row in rows]), IssueLine.extra > 0)
        .distinct()
    )
    return {row_id: (T("Supplementary"), "warn") for row_id in found}


ISSUE = EntityType(
    name="factory_stock.issue", model=Issue, label=T("Issue to factory"), plural=T("Issues to factories"),
    key="number", title="", series="issue", pattern="IS-{YYYY}-{0000}", states=POSTED_STATES,
    fields=(
        Field("kind", T("Kind"), "choice", required=True, choices=_issue_kinds, default="issue"),
        FACTORY_ORDER, STORE, DAY, NOTES,
        Field("factory", T("Factory"), "ref", ref="catalog.partner", readonly=True),
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "kind", "factory_order", "factory", "store", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("lines", T("Lines"), "int", load=_issue_lines, sort=False),
        Column("above", T("Above the need"), "badge", load=_above, sort=False),
    ),
    filters=("kind", "factory_order", "factory", "store", "day"), search=("number", "factory"), default_sort="-id",
    validate=validate_paper, before_save=_before_issue, edit_states=("draft",), edit_roles=("wh", "mgr"),
    menu=("stock", 10), icon="store",
)  # fmt: skip

GOODS_IN = EntityType(
    name="factory_stock.goods_in", model=GoodsIn, label=T("Goods in"), plural=T("Goods in"),
    key="number", title="", series="fg_in", pattern="GI-{YYYY}-{0000}", states=POSTED_STATES,
    fields=(
        Field("kind", T("Kind"), "choice", required=True, choices=_goods_kinds, default="goods_in"),
        FACTORY_ORDER, STORE, DAY,
        Field("delivery_note", T("Delivery note"), max_length=80), NOTES,
        Field("factory", T("Factory"), "ref", ref="catalog.partner", readonly=True),
        Field("over_reason", T("Reason for more than allowed"), readonly=True),
        Field("over_by", T("Allowed by"), readonly=True),
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "kind", "factory_order", "factory", "store", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Pieces"), "int", sort=False,
               load=pieces_by_paper(GoodsInLine, GoodsInSize, GoodsInSize.received, "goods_in_id")),
        Column("rejected", T("Rejected"), "int", sort=False,
               load=pieces_by_paper(GoodsInLine, GoodsInSize, GoodsInSize.rejected, "goods_in_id")),
    ),
    filters=("kind", "factory_order", "factory", "store", "day"), search=("number", "delivery_note", "factory"),
    twins=(("delivery_note", "factory_order"),),
    default_sort="-id", validate=validate_paper, before_save=_before_issue, edit_states=("draft",),
    edit_roles=("wh", "qc", "mgr"), menu=("stock", 20), icon="store",
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them."""
    for spec in words.LISTS:
        registry.list(spec)
    for series, pattern in SERIES.items():
        registry.series(series, pattern)
    for entity in (ISSUE, GOODS_IN):
        registry.entity(entity)

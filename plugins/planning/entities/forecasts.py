"""Forecasts as an entity: what is typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Column, Ctx, Declare, EntityType, Field, T
from plugins.planning.models import Forecast
from plugins.planning.services import forecasts
from plugins.planning.words import FORECAST, PLANNERS


def _left(ctx: Ctx, rows: Sequence[Forecast]) -> Mapping[int, int]:
    return {id: sum(left.values()) for id, left in forecasts.open_pieces(ctx, rows).items()}


def _figures(ctx: Ctx, row: Forecast) -> dict[str, Any]:
    return forecasts.figures(ctx, row)


ENTITY = EntityType(
    name=FORECAST, model=Forecast, label=T("Forecast"), plural=T("Forecasts"), key="number", title="",
    series="planning.forecast", pattern="FC-{YYYY}-{0000}",
    fields=(
        Field("number", T("Number"), readonly=True),
        Field("style", T("Style"), "ref", ref="catalog.style", required=True),
        Field("color", T("Colour"), "ref", ref="catalog.color", required=True),
        Field("month", T("Month"), "date", required=True, help=T("Any day of the month of delivery.")),
        Field("qty", T("Pieces"), "pieces", required=True, min=1),
        Field("mix", T("Size mix"), max_length=400, wide=True,
              help=T("How the pieces divide over the sizes, such as S-1, M-2, L-1. Empty: all sizes alike.")),
        Field("notes", T("Notes"), "long", max_length=4000, wide=True),
    ),
    columns=(
        "number", "style", "color", "month", "qty",
        Column("left", T("Still open"), "int", load=_left, sort=False),
    ),
    filters=("style", "color", "month"), search=("number",), totals=("qty",), default_sort="month",
    figures=_figures, validate=forecasts.check, before_save=forecasts.fill, edit_roles=PLANNERS, delete_roles=PLANNERS,
    deletable=True, menu=("planning", 40),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare it."""
    registry.entity(ENTITY)

"""Colours, size runs and styles as entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import ChildTable, Column, Ctx, EntityType, Field, Problem, T
from core.db import among
from plugins.catalog.models import Color, Size, SizeRun, Style, StyleColor
from plugins.catalog.services.bom import bom_figures
from plugins.catalog.services.codes import both, capitals, check_code, in_use
from plugins.catalog.services.sizes import sizes_of_runs, uses_sizes
from plugins.catalog.words import ACTIVE, CODE, NAMES, NOTES


def check_sizes(
    ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Problem]:
    """A run has sizes, each once (whatever the case); a size that is used anywhere cannot be taken out."""
    lines = children.get("sizes")
    if lines is None:
        return [] if row is not None else [Problem(T("A size run needs at least one size."), "sizes")]
    if not lines:
        return [Problem(T("A size run needs at least one size."), "sizes")]
    problems = []
    seen = Counter(str(line.get("code") or "").strip().upper() for line in lines)
    for i, line in enumerate(lines):
        code = str(line.get("code") or "").strip()
        if seen[code.upper()] > 1:
            problems.append(
                Problem(T("Size {size} stands here more than once.", size=code), f"sizes-{i}-code")
            )
        elif any(sign in code for sign in ",@#\t"):
            problems.append(Problem(T("A size has none of , @ #."), f"sizes-{i}-code"))
    if row is not None:
        kept = {line.get("id") for line in lines}
        gone = {size.id: size.code for size in row.sizes if size.id not in kept}
        used = in_use(ctx, "catalog_size", gone)
        problems += [
            Problem(T("Size {size} is in use and cannot be removed.", size=gone[i]), "sizes")
            for i in sorted(used)
        ]
    return problems


def check_style(
    ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Problem]:
    """A colourway once; the size run stays once consumption or documents hold sizes of it."""
    problems = []
    lines = children.get("colors", ())
    seen = Counter(line["color"].id for line in lines if line.get("color") is not None)
    for i, line in enumerate(lines):
        if line.get("color") is not None and seen[line["color"].id] > 1:
            problems.append(Problem(T("This colour stands here more than once."), f"colors-{i}-color"))
    run = data.get("size_run")
    if row is not None and run is not None and run.id != row.size_run_id and uses_sizes(ctx, row):
        problems.append(
            Problem(T("The size run cannot be changed: consumption or documents use its sizes."), "size_run")
        )
    return problems


def _run_sizes(ctx: Ctx, rows: Sequence[SizeRun]) -> dict[int, str]:
    found = sizes_of_runs(ctx, [r.id for r in rows])
    return {r.id: " · ".join(s.code for s in found.get(r.id, ())) for r in rows}


def _style_colors(ctx: Ctx, rows: Sequence[Style]) -> dict[int, str]:
    found = ctx.session.execute(
        select(StyleColor.style_id, Color.code)
        .join(Color, (Color.id == StyleColor.color_id) & (Color.tenant_id == StyleColor.tenant_id))
        .where(among(StyleColor.style_id, [r.id for r in rows]))
        .order_by(StyleColor.position)
    )
    codes: dict[int, list[str]] = {}
    for style_id, code in found:
        codes.setdefault(style_id, []).append(code)
    return {style_id: " · ".join(found_codes) for style_id, found_codes in codes.items()}


def _run_counts(ctx: Ctx, rows: Sequence[SizeRun]) -> dict[int, int]:
    found = ctx.session.execute(
        select(Style.size_run_id, func.count())
        .where(among(Style.size_run_id, [r.id for r in rows]))
        .group_by(Style.size_run_id)
    )
    return dict(found.all())


COLOR = EntityType(
    name="catalog.color", model=Color, label=T("Colour"), plural=T("Colours"),
    fields=(CODE, Field("name", T("Name"), required=True, max_length=120), NAMES, ACTIVE),
    columns=("code", "name", "active"), filters=("active",), search=("code", "name"),
    aliases=("name", "names"), twins=(("name",),), default_sort="code",
    validate=check_code(Color), before_save=capitals, edit_roles=("merch", "purch", "mgr"), deletable=True,
    delete_roles=("mgr",), menu=("catalog", 60),
)  # fmt: skip

SIZE_RUN = EntityType(
    name="catalog.size_run", model=SizeRun, label=T("Size run"), plural=T("Size runs"),
    fields=(CODE, Field("name", T("Name"), required=True, max_length=120), ACTIVE),
    children=(
        ChildTable(
            "sizes", T("Sizes"), Size, (Field("code", T("Size"), required=True, max_length=20),),
            help=T("From small to large. A size in use cannot be removed."),
        ),
    ),
    columns=(
        "code", "name", Column("sizes", T("Sizes"), load=_run_sizes, sort=False),
        Column("styles", T("Styles"), "int", load=_run_counts, sort=False), "active",
    ),
    filters=("active",), search=("code", "name"), default_sort="code",
    validate=both(check_code(SizeRun), check_sizes), before_save=capitals, edit_roles=("merch", "mgr"),
    deletable=True, delete_roles=("mgr",), menu=("catalog", 70),
)  # fmt: skip

STYLE = EntityType(
    name="catalog.style", model=Style, label=T("Style"), plural=T("Styles"),
    fields=(
        CODE,
        Field("name", T("Name"), required=True, max_length=200),
        NAMES,
        Field("season", T("Season"), max_length=20, help=T("e.g. SS27")),
        Field("customer", T("Customer"), "ref", ref="catalog.partner", where={"is_customer": True},
              help=T("Leave empty where any customer may order it.")),
        Field("size_run", T("Size run"), "ref", ref="catalog.size_run", required=True),
        Field("hs", T("HS code"), max_length=20),
        Field("unit", T("Unit"), "choice", required=True, default="pcs", choices=(("pcs", T("pcs")), ("set", T("set")))),
        Field("pcs_per_carton", T("Pieces per carton"), "int", min=1, max=10000),
        Field("packing", T("Packing"), "long", wide=True, max_length=2000),
        NOTES,
        ACTIVE,
    ),
    children=(
        ChildTable(
            "colors", T("Colourways"), StyleColor,
            (
                Field("color", T("Colour"), "ref", ref="catalog.color", required=True),
                Field("customer_code", T("Customer's name for it"), max_length=60),
            ),
        ),
    ),
    columns=(
        "code", "name", "season", "customer", "size_run",
        Column("colors", T("Colourways"), load=_style_colors, sort=False), "hs", "pcs_per_carton", "active",
    ),
    filters=("season", "customer", "size_run", "active"), search=("code", "name", "season"),
    aliases=("name", "names"), twins=(("name",),), default_sort="code",
    figures=bom_figures, validate=both(check_code(Style), check_style), before_save=capitals,
    edit_roles=("merch", "mgr"), deletable=True, delete_roles=("mgr",), menu=("catalog", 20), icon="style",
)  # fmt: skip

STYLES = (COLOR, SIZE_RUN, STYLE)

"""Structures of products: where a material is used in 5,000 BOMs, what 1,000 styles take, a product of three levels."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select

from bench.common import Result, fresh_hub, measure, settle
from core.kernel.context import Ctx
from plugins.catalog.api import BomLine, Material, SizeRun, Style
from plugins.catalog.testing import make_material, make_style
from plugins.engineering.api import Demand, Owner, structures
from plugins.engineering.models import EngineeringBom, EngineeringBomLine
from plugins.engineering.services.queries import where_used

BOMS, STYLES, WIDE = 5_000, 1_000, 10
LINE = {"uom": "m", "consumption": Decimal("0.5"), "wastage_pct": Decimal(5), "color_rule": "none"}


def _materials(ctx: Ctx, codes: list[str]) -> list[int]:
    rows = [
        {
            "code": code, "name": code, "material_class": "trim", "stock_uom": "m", "purchase_uom": "m",
            "stock_step": Decimal("0.01"), "factor": Decimal(1),
        }
        for code in codes
    ]  # fmt: skip
    ctx.session.insert_many(Material, rows)
    found = dict(
        ctx.session.execute(select(Material.code, Material.id).where(Material.code.in_(codes))).all()
    )
    return [found[code] for code in codes]


def fill(ctx: Ctx) -> tuple[Material, list[int], int]:
    """(the button that every style has, the first styles, a product of three levels)."""
    button = make_material(ctx, "BUTTON", stock_uom="m")
    run = ctx.session.scalar(select(SizeRun.id)) or make_style(ctx, "SEED").size_run_id
    ctx.session.insert_many(
        Style,
        [{"code": f"S{n:05}", "name": f"Style {n}", "size_run_id": run, "unit": "pcs"} for n in range(BOMS)],
    )
    styles = list(ctx.session.scalars(select(Style.id).where(Style.code.like("S0%")).order_by(Style.code)))
    others = _materials(ctx, [f"M{n}" for n in range(4)])
    ctx.session.insert_many(
        BomLine,
        [
            {**LINE, "style_id": style, "material_id": material, "position": n}
            for k, style in enumerate(styles)
            for n, material in enumerate([button.id, *(others if k < STYLES else ())])
        ],
    )
    top = make_style(ctx, "DEEP").id
    first = _materials(ctx, [f"A{n}" for n in range(WIDE)])
    second = [_materials(ctx, [f"B{a}-{n}" for n in range(WIDE)]) for a in range(WIDE)]
    leaves = _materials(ctx, [f"C{n}" for n in range(WIDE)])
    ctx.session.insert_many(BomLine, [{**LINE, "style_id": top, "material_id": m} for m in first])
    made = [(a, second[k]) for k, a in enumerate(first)] + [(b, leaves) for row in second for b in row]
    now = ctx.now()
    ctx.session.insert_many(
        EngineeringBom,
        [
            {"number": f"B{n}", "material_id": m, "version_no": 1, "state": "active", "created_at": now}
            for n, (m, _below) in enumerate(made)
        ],
    )
    ids = dict(ctx.session.execute(select(EngineeringBom.material_id, EngineeringBom.id)).all())
    ctx.session.insert_many(
        EngineeringBomLine, [{**LINE, "bom_id": ids[m], "material_id": c} for m, below in made for c in below]
    )
    return button, styles[:STYLES], top


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine."""
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            button, styles, top = fill(ctx)
            button_id = button.id
        settle(hub, engine)
        with hub.context(tenant, write=False) as ctx:
            material = ctx.session.get(Material, (ctx.session.tenant_id, button_id))
            assert material is not None
            uses = where_used(ctx, material)
            assert len(uses) == BOMS
            what = f"where used: a material in {BOMS:,} BOMs"
            yield Result(what, engine, *measure(lambda: where_used(ctx, material)), "100 ms")
            what = f"structures of {STYLES:,} styles of 5 materials, read"
            yield Result(what, engine, *measure(lambda: structures(ctx, styles)), "300 ms")
            deep = [Demand(Owner("style", top), 1000)]
            what = f"{WIDE} × {WIDE} × {WIDE} on three levels, read and exploded"
            yield Result(what, engine, *measure(lambda: structures(ctx, [top]).explode(deep)), "100 ms")

"""Kit analysis: a thousand styles of five materials, one style of three levels of ten, and open orders one after the other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from bench.common import Result, fresh_hub, measure, settle
from core import ledger
from core.api import Ctx
from plugins.catalog.api import BomLine, Color, Garment, Material, Size, SizeRun, Style, StyleColor
from plugins.engineering.models import EngineeringBom, EngineeringBomLine
from plugins.planning.services.kits import analysis
from plugins.planning.services.kits.building import Options
from plugins.stock.api import stores

STYLES, EACH, MATERIALS, WIDE = 1_000, 5, 800, 10
D = Decimal


def materials(ctx: Ctx, prefix: str, number: int) -> list[int]:
    """So many materials in metres, 100 to 5,000 of each in the store."""
    ctx.session.insert_many(
        Material,
        [
            {"code": f"{prefix}{n:04}", "name": f"{prefix} {n}", "material_class": "main", "composition": "",
             "stock_uom": "m", "stock_step": D("0.01"), "purchase_uom": "m", "factor": D(1), "moq": D(0), "multiple": D(0),
             "lead_days": 10, "safety_stock": D(0), "by_color": False, "by_size": False, "gate_stage": "cutting", "notes": "",
             "active": True, "version": 1}
            for n in range(number)
        ],
    )  # fmt: skip
    ids = list(
        ctx.session.scalars(select(Material.id).where(Material.code.startswith(prefix)).order_by(Material.id))
    )
    chance = random.Random(1)
    moves = [
        ledger.Move("opening", ledger.Item("material", id), ledger.Place("adjustment"), stores.place(stores.default(ctx).id),
                    D(chance.randrange(100, 5_000)))
        for id in ids
    ]  # fmt: skip
    ledger.post(ctx, moves, entity="bench.doc", entity_id=0, on=ctx.today())
    return ids


def line(position: int, material: int) -> dict[str, object]:
    """What a piece takes of a material."""
    return {
        "position": position, "material_id": material, "place": "", "uom": "m", "consumption": D("1.25"), "per_pieces": 1,
        "wastage_pct": D(5), "fixed_loss": D(0), "color_rule": "none", "size_rule": "none", "dest_rule": "none", "stage": "",
        "optional": False,
    }  # fmt: skip


def styles(ctx: Ctx, number: int) -> list[Garment]:
    """Styles of one colour and one size."""
    color, run = (
        Color(code="NVY", name="Navy"),
        SizeRun(code="ONE", name="One", sizes=[Size(code="M", position=0)]),
    )
    ctx.session.add_all([color, run])
    ctx.session.flush()
    ctx.session.insert_many(
        Style,
        [
            {"code": f"ST-{n:04}", "name": f"Style {n}", "season": "", "hs": "", "size_run_id": run.id, "unit": "pcs",
             "packing": "", "notes": "", "bom_version": 1, "active": True, "version": 1}
            for n in range(number)
        ],
    )  # fmt: skip
    ids = list(ctx.session.scalars(select(Style.id).order_by(Style.id)))
    ctx.session.insert_many(
        StyleColor, [{"style_id": id, "position": 0, "color_id": color.id, "customer_code": ""} for id in ids]
    )
    return [Garment(id, color.id, run.sizes[0].id) for id in ids]


def boms(ctx: Ctx, made: list[int], below: list[list[int]]) -> None:
    """Each of ``made`` is made of those ``below`` it."""
    ctx.session.insert_many(
        EngineeringBom,
        [
            {"number": f"BM-{material:06}", "material_id": material, "version_no": 1, "state": "active",
             "valid_from": date(2026, 1, 1), "note": "", "version": 1, "created_at": ctx.now()}
            for material in made
        ],
    )  # fmt: skip
    ids = {m: id for id, m in ctx.session.execute(select(EngineeringBom.id, EngineeringBom.material_id))}
    ctx.session.insert_many(
        EngineeringBomLine,
        [
            {"bom_id": ids[material], **line(n, part)}
            for material, parts in zip(made, below, strict=True)
            for n, part in enumerate(parts)
        ],
    )


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            pieces = styles(ctx, STYLES + 1)
            bought = materials(ctx, "A", MATERIALS)
            chance = random.Random(2)
            rows = [
                {"style_id": piece.style, **line(n, material)}
                for piece in pieces[:STYLES]
                for n, material in enumerate(chance.sample(bought, EACH))
            ]
            tops, middles = materials(ctx, "B", WIDE), materials(ctx, "C", WIDE**2)
            ends = materials(ctx, "D", WIDE**3)
            rows += [{"style_id": pieces[-1].style, **line(n, top)} for n, top in enumerate(tops)]
            ctx.session.insert_many(BomLine, rows)
            boms(ctx, tops, [middles[n * WIDE : (n + 1) * WIDE] for n in range(WIDE)])
            boms(ctx, middles, [ends[n * WIDE : (n + 1) * WIDE] for n in range(WIDE**2)])
        settle(hub, engine)
        thousand = [analysis.Ask({piece: 1}) for piece in pieces[:STYLES]]
        deep = [analysis.Ask({pieces[-1]: 1})]
        for what, asks, goal in (
            (f"kits of {STYLES:,} styles of {EACH} materials", thousand, "100 ms CPU"),
            (f"kits of a style of 3 levels, {WIDE} × {WIDE} × {WIDE}", deep, "20 ms CPU"),
        ):

            def work(asks: list[analysis.Ask] = asks) -> None:
                with hub.context(tenant, write=False) as ctx:
                    analysis.several(ctx, asks, Options(), shared=False)

            yield Result(what, engine, *measure(work, calls=7, warm=2), goal)

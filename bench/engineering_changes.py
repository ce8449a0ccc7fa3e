"""One change over 1,000 BOMs of five lines, one of them with a consumption per size: choosing its lines, applying it, taking it
back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bench.common import Result, Timing, fresh_hub, settle
from core.api import Ctx, run_action, save_row
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.models import BomLine, BomSize, Material, Size, SizeRun, Style
from plugins.engineering.models import EngineeringChange

BOMS, LINES, SIZES, RUNS = 1_000, 5, 5, 3
GOAL = "3 s for all three"


def fill(ctx: Ctx) -> None:
    """Styles of one season with their consumption; the first line is the button."""
    run = SizeRun(code="RUN", name="Run", sizes=[Size(position=i, code=f"S{i}") for i in range(SIZES)])
    ctx.session.add(run)
    ctx.session.flush()
    sizes = [size.id for size in run.sizes]
    ctx.session.insert_many(
        Material,
        [
            {"code": f"M-{n}", "name": f"Material {n}", "material_class": "trim", "stock_uom": "pcs", "stock_step": Decimal(1),
             "purchase_uom": "pcs", "factor": Decimal(1)}
            for n in range(LINES + 1)
        ],
    )  # fmt: skip
    materials = dict(ctx.session.execute(select(Material.code, Material.id)).all())
    ctx.session.insert_many(
        Style,
        [
            {
                "code": f"ST-{n:04}",
                "name": f"Style {n}",
                "season": "SS27",
                "size_run_id": run.id,
                "bom_version": 1,
            }
            for n in range(BOMS)
        ],
    )
    styles = list(ctx.session.scalars(select(Style.id)))
    ctx.session.insert_many(
        BomLine,
        [
            {"style_id": style, "position": n, "material_id": materials[f"M-{n}"], "uom": "pcs", "consumption": Decimal(2),
             "wastage_pct": Decimal(3), "color_rule": "none"}
            for style in styles for n in range(LINES)
        ],
    )  # fmt: skip
    lines = list(ctx.session.scalars(select(BomLine.id).where(BomLine.material_id == materials["M-1"])))
    ctx.session.insert_many(
        BomSize,
        [
            {"bom_line_id": line, "size_id": size, "consumption": Decimal(3)}
            for line in lines
            for size in sizes
        ],
    )


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine."""
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            fill(ctx)
        settle(hub, engine)
        steps = ("collect", "apply", "undo")
        cpu: dict[str, list[float]] = {step: [] for step in steps}
        wall: dict[str, list[float]] = {step: [] for step in steps}
        for _ in range(RUNS):
            change = _change(hub, tenant)
            for step, work in (("collect", _collect), ("apply", _apply), ("undo", _undo)):
                c, w = time.process_time(), time.perf_counter()
                with hub.context(tenant) as ctx:
                    work(ctx, change)
                cpu[step].append((time.process_time() - c) * 1000)
                wall[step].append((time.perf_counter() - w) * 1000)
        words = {"collect": "lines found and chosen", "apply": "approved and applied", "undo": "taken back"}
        for step in steps:
            yield Result(
                f"a change of {BOMS:,} BOMs: {words[step]}", engine, *Timing.of(cpu[step], wall[step]), GOAL
            )


def _change(hub: Hub, tenant: TenantInfo) -> int:
    with hub.context(tenant) as ctx:
        codes = dict(ctx.session.execute(select(Material.code, Material.id)).all())
        by = {code: ctx.session.get(Material, (ctx.session.tenant_id, id)) for code, id in codes.items()}
        row = save_row(
            ctx, ctx.registry.get("engineering.change"), None,
            {"reason": "measured", "kind": "replace", "material": by["M-0"], "by": by[f"M-{LINES}"], "ratio": Decimal(1),
             "season": "SS27", "effectivity": "now"}, {},
        )  # fmt: skip
        return int(row.id)


def _do(*actions: tuple[str, dict[str, Any]]) -> Callable[[Ctx, int], None]:
    def work(ctx: Ctx, change: int) -> None:
        entity = ctx.registry.get("engineering.change")
        row = ctx.session.scalars(select(EngineeringChange).where(EngineeringChange.id == change)).one()
        for name, data in actions:
            run_action(ctx, entity, row, name, data)

    return work


_collect = _do(("collect", {"without": []}))
_apply = _do(("submit", {}), ("approve", {}))
_undo = _do(("undo", {"reason": "measured"}))

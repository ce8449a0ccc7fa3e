"""Substitutes of the demo company, and an engineering change that waits for approval."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx, EntityName, run_action, save_row
from plugins.catalog.api import Color, Material, Partner, Style

SUBSTITUTE, CHANGE = EntityName("engineering.substitute"), EntityName("engineering.change")
MATERIAL = EntityName("catalog.material")
FILE = Path(__file__).parent / "engineering.yaml"


def load(ctx: Ctx, shift: int) -> None:
    """Master data that the change needs, the substitutes, the change; every date moved by ``shift`` days."""
    given = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for each in given["materials"]:
        _material(ctx, each)
    for each in given["substitutes"]:
        _substitute(ctx, each, shift)
    for each in given["changes"]:
        _change(ctx, each)


def _one(ctx: Ctx, model: Any, code: str) -> Any:
    return ctx.session.scalars(select(model).where(model.code == code)).one()


def _material(ctx: Ctx, each: dict[str, Any]) -> None:
    like: Material = _one(ctx, Material, each["like"])
    entity = ctx.registry.get(MATERIAL)
    names = ("material_class", "stock_uom", "stock_step", "purchase_uom", "factor", "supplier", "moq", "multiple", "lead_days",
             "by_color", "by_size", "gate_stage")  # fmt: skip
    data: dict[str, Any] = {name: getattr(like, name) for name in names}
    save_row(ctx, entity, None, data | {name: each[name] for name in ("code", "name", "names")}, {})


def _substitute(ctx: Ctx, each: dict[str, Any], shift: int) -> None:
    named = [name for name in ("main_color", "by_color") if name in each]
    colors: dict[str, Any] = {name: _one(ctx, Color, each[name]) for name in named}
    children = {
        "customers": [{"customer": _one(ctx, Partner, code)} for code in each.get("customers", ())],
        "styles": [{"style": _one(ctx, Style, code)} for code in each.get("styles", ())],
    }
    since = date.fromisoformat(str(each["valid_from"])) + timedelta(days=shift)
    data: dict[str, Any] = {
        "main": _one(ctx, Material, each["main"]), "by": _one(ctx, Material, each["by"]), "ratio": Decimal(each["ratio"]),
        "priority": each["priority"], "strategy": each["strategy"], "valid_from": since, "note": each.get("note", ""), **colors,
    }  # fmt: skip
    save_row(ctx, ctx.registry.get(SUBSTITUTE), None, data, children)


def _change(ctx: Ctx, each: dict[str, Any]) -> None:
    entity = ctx.registry.get(CHANGE)
    data = {
        "reason": each["reason"], "kind": each["kind"], "material": _one(ctx, Material, each["material"]),
        "by": _one(ctx, Material, each["by"]), "ratio": Decimal(each["ratio"]), "effectivity": each["effectivity"],
    }  # fmt: skip
    row = save_row(ctx, entity, None, data, {})
    run_action(ctx, entity, row, "collect", {"without": []})
    run_action(ctx, entity, row, "submit", {})

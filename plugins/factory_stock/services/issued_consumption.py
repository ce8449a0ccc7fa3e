"""Consumption as a factory order was issued with it: kept with its need, so that master data never rewrites what was issued."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from plugins.catalog.api import Rule
from plugins.factory_stock.services.explosion import Basis
from plugins.stock.api import Demand

DECIMALS = ("step", "consumption", "wastage_pct", "fixed_loss")


def as_json(basis: Basis | None, versions: Mapping[int, int]) -> dict[str, Any]:
    """What is kept: versions of the consumption by style, and all that the need followed from; exact texts."""
    kept: dict[str, Any] = {"styles": {str(style): version for style, version in versions.items()}}
    if basis is not None:
        kept |= {
            "rules": [_rule_json(rule) for rule in basis.rules],
            "carton": list(basis.carton) if basis.carton is not None else None,
            "packing": {str(style): n for style, n in basis.packing.items()},
            "overcut_pct": str(basis.overcut_pct),
            "yield_mode": basis.yield_mode,
        }
    return kept


def versions(kept: Mapping[str, Any]) -> dict[int, int]:
    """Versions of the consumption it was computed with, by style. Older ones kept nothing but these."""
    return {int(style): version for style, version in kept.get("styles", kept).items()}


def of_order(ctx: Ctx, entity: str, order_id: int) -> Basis | None:
    """What a factory order was issued with; None for a draft, and where only the versions were kept."""
    kept = ctx.memo.once(
        ("factory_stock.basis", order_id),
        lambda: ctx.session.scalar(
            select(Demand.basis).where(
                Demand.entity == entity, Demand.owner_id == order_id, Demand.taken_at.is_not(None)
            )
        ),
    )
    if not kept or "rules" not in kept:
        return None
    return Basis(
        [_rule(rule) for rule in kept["rules"]],
        (kept["carton"][0], kept["carton"][1]) if kept["carton"] else None,
        {int(style): n for style, n in kept["packing"].items()},
        Decimal(kept["overcut_pct"]),
        kept["yield_mode"],
    )


def _rule_json(rule: Rule) -> dict[str, Any]:
    found = rule._asdict()
    found["to_stock"] = str(rule.to_stock)
    for name in DECIMALS:
        found[name] = None if found[name] is None else str(found[name])
    found["breaks"] = [[str(least), str(pct)] for least, pct in rule.breaks]
    found["by_size"] = {str(size): str(each) for size, each in rule.by_size.items()}
    found["color_map"] = {str(made): color for made, color in rule.color_map.items()}
    return found


def _rule(kept: Mapping[str, Any]) -> Rule:
    found = {name: kept[name] for name in Rule._fields if name in kept}
    found["to_stock"] = Fraction(found["to_stock"])
    for name in DECIMALS:
        found[name] = None if found[name] is None else Decimal(found[name])
    found["breaks"] = tuple((Decimal(least), Decimal(pct)) for least, pct in found.get("breaks", ()))
    found["by_size"] = {int(size): Decimal(each) for size, each in found["by_size"].items()}
    found["color_map"] = {int(made): color for made, color in found["color_map"].items()}
    return Rule(**found)

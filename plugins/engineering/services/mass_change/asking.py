"""What a change order asks: the BOMs it looks at, and the rule for their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Problem, T
from plugins.catalog.api import BomLine, Style
from plugins.engineering.models import EngineeringBom, EngineeringBomLine, EngineeringChange
from plugins.engineering.services.line_values import LineValues
from plugins.engineering.services.mass_change.rules import Rule
from plugins.engineering.services.structures import Owner


def check_rule(change: Any) -> list[Problem]:
    """What is missing for the kind of change; each at its field. ``change`` has the fields as attributes."""
    needed: dict[str, tuple[str, ...]] = {
        "replace": ("material", "by", "ratio"),
        "consumption": ("material",),
        "wastage": ("material", "pct"),
        "add": ("by", "amount"),
        "delete": ("material",),
    }
    problems = [
        Problem(T("This is needed."), name) for name in needed[change.kind] if getattr(change, name) is None
    ]
    if change.kind == "replace":
        if change.ratio is not None and change.ratio <= 0:
            problems.append(Problem(T("This must be more than zero."), "ratio"))
        if change.material is not None and change.by is not None and change.material.id == change.by.id:
            problems.append(Problem(T("A material is not replaced by itself."), "by"))
    elif change.kind == "consumption":
        if (change.pct is None) == (change.amount is None):
            problems.append(Problem(T("Give a percentage or a quantity, not both."), "pct"))
        elif change.pct is not None and change.pct <= -100:
            problems.append(Problem(T("Consumption must stay above zero."), "pct"))
    elif change.kind in ("wastage", "add") and change.pct is not None and not 0 <= change.pct < 100:
        problems.append(Problem(T("Wastage is from 0 to less than 100 %."), "pct"))
    if change.kind == "add":
        if change.amount is not None and change.amount <= 0:
            problems.append(Problem(T("Consumption must be more than zero for at least one size."), "amount"))
        if not (change.season or change.customer or change.style or change.contains):
            problems.append(
                Problem(
                    T("Say in which BOMs: a season, a customer, a style, or what they contain."), "season"
                )
            )
    if change.effectivity == "date" and change.effective_on is None:
        problems.append(Problem(T("This is needed."), "effective_on"))
    return problems


def owners_of(ctx: Ctx, change: EngineeringChange) -> list[Owner]:
    """The BOMs that a change looks at: those that its filters leave and that have the material it is about. Styles that are no
    longer made are left out; made materials only where nothing asks for styles. Two statements at most."""
    having = [i for i in (change.contains_id, None if change.kind == "add" else change.material_id) if i]
    query = select(Style.id).where(Style.active.is_(True))
    if change.season:
        query = query.where(Style.season == change.season)
    if change.customer_id is not None:
        query = query.where(Style.customer_id == change.customer_id)
    if change.style_id is not None:
        query = query.where(Style.id == change.style_id)
    for material in having:
        query = query.where(
            Style.id.in_(
                select(BomLine.style_id).where(
                    BomLine.material_id == material, BomLine.tenant_id == ctx.session.tenant_id
                )
            )
        )
    found = [Owner("style", i) for i in ctx.session.scalars(query.order_by(Style.code))]
    if having and not (change.season or change.customer_id or change.style_id):
        bom, line = EngineeringBom, EngineeringBomLine
        made = select(bom.material_id).where(bom.state == "active", bom.material_id.is_not(None))
        for material in having:
            made = made.where(
                bom.id.in_(
                    select(line.bom_id).where(
                        line.material_id == material, line.tenant_id == ctx.session.tenant_id
                    )
                )
            )
        found += [Owner("material", i) for i in ctx.session.scalars(made.order_by(bom.material_id)) if i]
    return found


def rule_of(change: EngineeringChange) -> Rule:
    """What a change says, as a rule."""
    return Rule(
        kind=change.kind,  # type: ignore[arg-type]
        material=change.material_id,
        by=change.by_id,
        ratio=change.ratio or Decimal(1),
        pct=change.pct,
        value=change.amount,
        line=_new_line(change) if change.kind == "add" else None,
    )


def _new_line(change: EngineeringChange) -> LineValues:
    material = change.by
    assert material is not None
    color = change.color_id if material.by_color else None
    return LineValues(
        material=material.id,
        place=change.place,
        uom=change.uom or material.stock_uom,
        consumption=change.amount,
        wastage_pct=change.pct or Decimal(0),
        color_rule="fixed" if color else "match" if material.by_color else "none",
        fixed_color=color,
        size_rule="track" if material.by_size else "none",
    )

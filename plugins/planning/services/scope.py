"""What a run is about: everything, or the demands of some orders or styles, or what it finds of some materials."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, EntityRef, Problem, T
from core.values import fold
from plugins.catalog.api import Garment, Material, PlanDemand, Style
from plugins.planning.services.world import World

SEPARATOR = re.compile(r"[\s,;、，；]+")


def codes(text: str) -> list[str]:
    """The numbers or codes that were typed, in capitals, each once."""
    return list(dict.fromkeys(part for part in SEPARATOR.split(fold(text).upper()) if part))


def chosen(
    ctx: Ctx, scope: str, text: str, demands: Iterable[PlanDemand] = ()
) -> tuple[set[Any], list[Problem]]:
    """What the codes stand for (references of documents, ids of styles or materials), and which are unknown."""
    wanted = codes(text)
    if scope == "all":
        return set(), []
    if not wanted:
        return set(), [Problem(T("Say which."), "chosen")]
    found: dict[str, set[Any]] = {}
    if scope == "orders":
        for each in demands:
            if each.kind == "order":
                found.setdefault(each.number.upper(), set()).add(each.source)
    else:
        model = Style if scope == "styles" else Material
        rows = ctx.session.execute(select(model.code, model.id).where(func.upper(model.code).in_(wanted)))
        found = {code.upper(): {id} for code, id in rows}
    problems = [
        Problem(T("“{code}” is not known, or wants nothing any more.", code=code), "chosen")
        for code in wanted
        if code not in found
    ]
    return {each for code in wanted for each in found.get(code, ())}, problems


def narrowed(world: World, scope: str, wanted: Collection[Any]) -> World:
    """The world with the demands of these orders or styles alone, and of what makes them; safety stock is kept up as ever."""
    if scope not in ("orders", "styles"):
        return world

    def fits(each: PlanDemand) -> bool:
        return each.source in wanted if scope == "orders" else of_style(each.item)

    def of_style(item: Any) -> bool:
        return isinstance(item, Garment) and item.style in wanted

    if scope == "orders":
        makers: set[EntityRef] = {each.source for each in world.supplies if each.meant in wanted}
    else:
        makers = {each.source for each in world.supplies if of_style(each.item)}
    kept = [
        each
        for each in world.demands
        if each.kind == "safety" or fits(each) or (each.made_from_need and each.source in makers)
    ]
    return replace(world, demands=kept)

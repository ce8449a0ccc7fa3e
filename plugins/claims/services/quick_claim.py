"""A claim from a phone: what kind, which order, pictures, one line of words. The rest is added later, at a desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from core.api import Ctx, EntityName, Problem, Refused, T, Text, save_row
from core.remote import find_rows
from plugins.claims.models import Claim
from plugins.claims.services import header, photos
from plugins.claims.words import FACTORY_ORDER, PURCHASE_ORDER

ENTITY = EntityName("claims.claim")
ORDERS = {"material": PURCHASE_ORDER, "garment": FACTORY_ORDER}


def open_claim(ctx: Ctx, given: Mapping[str, str], uploads: Sequence[photos.Upload]) -> Claim:
    """Open a claim from ``number`` (of the purchase or factory order, which says the ``kind`` where that is not given) and
    ``text``, with its pictures.

    Raises Refused at ``number``, ``photos`` or ``text``; then nothing is saved. One of pictures and words is enough.
    """
    number, text = given.get("number", "").strip().upper(), given.get("text", "").strip()
    kind = given.get("kind") or kind_of(ctx, number)
    kind = kind if kind in header.SERIES else "material"
    problems = []
    order, problem = _order(ctx, str(kind), number)
    if problem is not None:
        problems.append(Problem(problem, "number"))
    if not uploads and not text:
        problems.append(Problem(T("Take a picture, or say in words what is wrong."), photos.FIELD))
    if len(text) > 400:
        problems.append(Problem(T("At most {n} characters.", n=400), "text"))
    if problems:
        raise Refused(problems)
    name = "purchase_order" if kind == "material" else "factory_order"
    entity = replace(ctx.registry.get(ENTITY), validate=partial(header.check, quick=True))
    try:
        data = {"kind": kind, name: order, "description": text, "opened_on": ctx.today(), "severity": "major"}
        claim: Claim = save_row(ctx, entity, None, data)
    except Refused as refused:
        raise Refused(
            [Problem(p.message, "number" if p.field == name else p.field) for p in refused.problems]
        ) from None
    if uploads:
        photos.add_photos(ctx, claim, uploads)
    return claim


def kind_of(ctx: Ctx, number: str) -> str:
    """The kind of claim that a number is for: what is bought is material, what is made is a garment."""
    return "garment" if number and order_of(ctx, "garment", number) is not None else "material"


def order_of(ctx: Ctx, kind: str, number: str) -> Any:
    """The purchase order (of a material claim) or factory order with this number, or None."""
    entity = ctx.registry.get(ORDERS[kind])
    return find_rows(ctx, entity, [number]).get(number)


def _order(ctx: Ctx, kind: str, number: str) -> tuple[Any, Text | None]:
    """The order with this number, or what is wrong; the other kind's number is told apart from an unknown one."""
    if not number:
        return None, T("Which order is it about?")
    found = order_of(ctx, kind, number)
    if found is not None:
        return found, None
    if kind == "material" and order_of(ctx, "garment", number) is not None:
        return None, T("{number} is a factory order: open a garment claim.", number=number)
    if kind == "garment" and order_of(ctx, "material", number) is not None:
        return None, T("{number} is a purchase order: open a material claim.", number=number)
    return None, T("There is no order “{number}”.", number=number)

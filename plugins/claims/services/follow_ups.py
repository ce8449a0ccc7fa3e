"""Documents made elsewhere because of a claim: found by number, linked, unlinked. They are never made or changed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, Text, note_changes
from core.db import among
from core.remote import find_rows
from plugins.claims.models import Claim, FollowUp
from plugins.claims.words import ADJUSTMENT, GOODS_IN, ISSUE, RECEIPT, RETURN

ENTITIES: dict[str, str] = {
    RETURN: "supplier_id",
    RECEIPT: "supplier_id",
    GOODS_IN: "factory_order_id",
    ISSUE: "factory_order_id",
    ADJUSTMENT: "order_id",
}
"""What may follow from a claim, and the attribute that must agree with the claim's partner or factory order."""


def link(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """Point at a document by its number. Raises Refused at ``number`` for one that is unknown, foreign or there already."""
    number = str(data.get("number") or "").strip().upper()
    found = _find(ctx, number)
    if found is None:
        raise Refused(
            T("There is no receipt, return, goods-in, issue or debit note “{number}”.", number=number),
            "number",
        )
    entity, document = found
    problem = _foreign(row, entity, document)
    if any((f.entity, f.entity_id) == (entity, document.id) for f in row.follow_ups):
        problem = T("{number} is linked already.", number=number)
    if problem is not None:
        raise Refused(Problem(problem, "number"))
    row.follow_ups.append(
        FollowUp(
            entity=entity,
            entity_id=document.id,
            label=document.number,
            added_by=ctx.actor,
            added_at=ctx.now(),
        )
    )
    note_changes(ctx, row, ("follow_ups", None, document.number))


def _find(ctx: Ctx, number: str) -> tuple[str, Any] | None:
    for name in ENTITIES:
        if not ctx.can(f"{name}.view"):
            continue
        document = find_rows(ctx, ctx.registry.get(name), [number]).get(number)
        if document is not None:
            return name, document
    return None


def _foreign(row: Claim, entity: str, document: Any) -> Text | None:
    attribute = ENTITIES[entity]
    mine = row.partner_id if attribute == "supplier_id" else row.factory_order_id
    if mine is not None and getattr(document, attribute) == mine:
        return None
    if attribute == "supplier_id":
        return T("{number} is not of {partner}.", number=document.number, partner=row.partner.code)
    wanted = row.factory_order.number if row.factory_order is not None else row.number
    return T("{number} does not belong to {order}.", number=document.number, order=wanted)


def unlink(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """Take a link off again; the document is untouched."""
    found = next((f for f in row.follow_ups if f.id == data.get("follow_up")), None)
    if found is None:
        raise Refused(T("This link is gone already."))
    row.follow_ups.remove(found)
    note_changes(ctx, row, ("follow_ups", found.label, None))


def shown(ctx: Ctx, row: Claim) -> list[dict[str, Any]]:
    """The linked documents for a page: kind, number, address (for who may see it), state. One query a kind."""
    result = []
    states: dict[tuple[str, int], str] = {}
    for name in {f.entity for f in row.follow_ups}:
        model: Any = ctx.registry.get(name).model
        ids = [f.entity_id for f in row.follow_ups if f.entity == name]
        for document_id, state in ctx.session.execute(
            select(model.id, model.state).where(among(model.id, ids))
        ):
            states[name, document_id] = state
    for each in row.follow_ups:
        entity = ctx.registry.get(each.entity)
        seen = ctx.can(f"{each.entity}.view")
        result.append(
            {
                "id": each.id, "entity": entity, "label": each.label, "state": states.get((each.entity, each.entity_id), ""),
                "href": f"/{each.entity.replace('.', '/')}/{each.entity_id}" if seen else "", "by": each.added_by,
                "at": each.added_at,
            }
        )  # fmt: skip
    return result

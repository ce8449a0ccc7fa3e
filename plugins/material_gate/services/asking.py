"""Asking for an override: the question waits, with what is short, for somebody who may give one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.api import Ctx, Refused, T, enter_state, note_changes
from core.db import among
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import gate, gated_documents, overrides, snapshot
from plugins.stock.api import demands


def open_questions(ctx: Ctx, demand_ids: Iterable[int] | None = None) -> dict[int, Override]:
    """Questions nobody has answered, by demand. One query."""
    wanted = select(Override).where(Override.state == "asked").order_by(Override.id)
    if demand_ids is not None:
        wanted = wanted.where(among(Override.demand_id, demand_ids))
    return {row.demand_id: row for row in ctx.session.scalars(wanted)}


def may_ask(ctx: Ctx, entity: str, owner_id: int) -> bool:
    """This person may not override here, something holds, and nobody has asked yet."""
    if ctx.can(words.RIGHT) and overrides.denied(ctx, entity, owner_id) is None:
        return False
    demand = gated_documents.demand_of(ctx, entity, owner_id)
    if demand is None or not gate.of_document(ctx, entity, owner_id).held:
        return False
    return not open_questions(ctx, [demand])


def ask(ctx: Ctx, entity: str, owner_id: int, code: str, reason: str) -> Override:
    """Ask for an override. Raises Refused: nothing holds, it is asked for already, no reason of the list, too few words."""
    found = gate.of_document(ctx, entity, owner_id)
    demand = gated_documents.demand_of(ctx, entity, owner_id)
    if demand is None or not found.held:
        raise Refused(T("Nothing holds it."))
    if demand in open_questions(ctx, [demand]):
        raise Refused(T("It is asked for already."))
    problems = overrides.reason_problems(ctx, code, reason)
    if problems:
        raise Refused(problems)
    return overrides.keep_override(ctx, found, code, reason.strip(), asked=True)


def grant(ctx: Ctx, row: Override) -> None:
    """Inside the action: what was asked for is given, with the picture of what is missing now, by who grants it.

    Raises Refused where nothing holds any more, something was given meanwhile, or this person may not be the one.
    """
    owner = demands.owners(ctx, [row.demand_id])[row.demand_id]
    own = overrides.denied(ctx, owner.ref.entity, owner.ref.id)
    if own is not None:
        raise Refused(own)
    found = gate.of_document(ctx, owner.ref.entity, owner.ref.id)
    if not found.held:
        raise Refused(T("Nothing holds {number}.", number=owner.number))
    note_changes(ctx, row, ("given by", row.user_name, ctx.actor))
    row.groups, row.checks = snapshot.gate_snapshot(found)
    row.short, row.at = len(found.short), ctx.now()
    row.user_id, row.user_name = (ctx.user.id if ctx.user else None), ctx.actor
    enter_state(ctx, row, "open")


def decline(ctx: Ctx, row: Override, reason: str) -> None:
    """Inside the action: no, and why."""
    row.void_reason = reason.strip()
    enter_state(ctx, row, "void")

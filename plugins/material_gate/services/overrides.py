"""Overrides: given at the start or ahead of it, used up by the start, void where the need has outgrown them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, Text, follow, list_choices, next_number, record_save
from core.db import flush_rows
from core.values import decimal_text
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import gate, gated_documents, snapshot, standing
from plugins.material_gate.services.gate import Gate
from plugins.stock.api import demands

SERIES = "gate_override"


def denied(ctx: Ctx, entity: str, owner_id: int) -> Text | None:
    """Why this person is not the one to override, else None."""
    if ctx.user is None:
        return None
    answers = ctx.hooks.override_denied(entity=entity, owner_id=owner_id)
    return next((said for said in answers if said is not None), None)


def give(ctx: Ctx, entity: str, owner_id: int, code: str, reason: str) -> Override:
    """Let somebody start the work of this document later, in spite of what is missing now.

    Raises Refused: nothing holds, an override is there already, no reason of the list, too few words, somebody else's to do.
    """
    found = gate.of_document(ctx, entity, owner_id)
    number = _number(ctx, entity, owner_id)
    if found.state != "hold":
        raise Refused(T("Nothing holds {number}.", number=number))
    if found.overridden:
        raise Refused(T("{number} is overridden already.", number=number))
    own = denied(ctx, entity, owner_id)
    problems = [*([Problem(own)] if own is not None else []), *reason_problems(ctx, code, reason)]
    if problems:
        raise Refused(problems)
    return keep_override(ctx, found, code, reason.strip())


def reason_problems(ctx: Ctx, code: str, reason: str) -> list[Problem]:
    """What is wrong with the reason for an override that is given or asked for: too few words, none of the list."""
    problems = []
    least = words.min_words(ctx)
    if len(reason.strip()) < least:
        problems.append(Problem(T("Say why in at least {n} characters.", n=least), "explanation"))
    if code not in dict(list_choices(words.REASONS)(ctx)):
        problems.append(Problem(T("Choose a reason."), "reason_code"))
    return problems


def _number(ctx: Ctx, entity: str, owner_id: int) -> str:
    demand = gated_documents.demand_of(ctx, entity, owner_id)
    return demands.owners(ctx, [demand])[demand].number if demand is not None else ""


def keep_override(
    ctx: Ctx, found: Gate, code: str, reason: str, *, used: bool = False, asked: bool = False
) -> Override:
    """Write an override down, or that one is asked for, with the picture of what was missing."""
    shown, checks = snapshot.gate_snapshot(found)
    owner = demands.owners(ctx, [found.demand_id])[found.demand_id]
    state = "asked" if asked else "used" if used else "open"
    row = Override(
        number="", state=state, demand_id=found.demand_id, owner=owner.number, reason_code=code,
        reason=reason, short=len(found.short), groups=shown, checks=checks, at=ctx.now(),
        user_id=ctx.user.id if ctx.user else None, user_name=ctx.actor, used_at=ctx.now() if used else None, void_reason="",
    )  # fmt: skip
    row.number = next_number(ctx, SERIES)
    ctx.session.add(row)
    flush_rows(ctx.session)
    record_save(ctx, row, "create", is_new=True, reason=reason)
    return row


def use(ctx: Ctx, demand_id: int) -> None:
    """Work has started: whatever was given for this start is used up."""
    for row in standing.of_demands(ctx, [demand_id]).get(demand_id, []):
        if row.state != "open":
            continue
        row.used_at = ctx.now()
        follow(ctx, row, "used", because="used")
    questions = select(Override).where(Override.demand_id == demand_id, Override.state == "asked")
    for row in ctx.session.scalars(questions):
        row.void_reason = str(T("Production has started."))
        follow(ctx, row, "void", because="void", reason=row.void_reason)


def settle(ctx: Ctx, demand_ids: Collection[int]) -> None:
    """Needs may be others now: overrides of starts still to come that they have outgrown are void."""
    given = {
        demand: rows
        for demand, found in standing.of_demands(ctx, sorted(demand_ids)).items()
        if (rows := [row for row in found if row.state == "open"])
    }
    wait = (
        [demand for demand, phase in gated_documents.phases(ctx, given).items() if phase == "waits"]
        if given
        else []
    )
    for demand, found in gate.of_demands(ctx, wait).items() if wait else ():
        required = {g.key: g.required for g in found if g.gated}
        for row in given[demand]:
            if standing.outgrown(ctx, row, required):
                row.void_reason = str(
                    T("The need grew by more than {pct} %.", pct=decimal_text(words.growth(ctx)))
                )
                follow(ctx, row, "void", because="void", reason=row.void_reason)

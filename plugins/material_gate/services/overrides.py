"""Overrides: given at the start or ahead of it, used up by the start, void where the need has outgrown them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Problem, Refused, T, Text, follow, list_choices, next_number, record_save
from core.db import flush_rows
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import gate, snapshot, standing
from plugins.material_gate.services.gate import Gate

SERIES = "gate_override"


def four_eyes(ctx: Ctx, order: Any) -> Text | None:
    """Under the tenant's four-eyes rule: why this person is not the one to override, else None."""
    if not ctx.setting("outsourcing.four_eyes", False) or ctx.user is None:
        return None
    if order.created_by_id != ctx.user.id:
        return None
    return T(
        "The four-eyes rule is on: you made {number}, so somebody else must do this.", number=order.number
    )


def give(ctx: Ctx, order: Any, code: str, reason: str) -> Override:
    """Let somebody start production of this factory order later, in spite of what is missing now.

    Raises Refused: nothing holds, an override is there already, no reason of the list, too few words, the four-eyes rule.
    """
    found = gate.gate_check(ctx, [order.id])[order.id]
    if found.state != "hold":
        raise Refused(T("Nothing holds {number}.", number=order.number))
    if found.overridden:
        raise Refused(T("{number} is overridden already.", number=order.number))
    problems = []
    own = four_eyes(ctx, order)
    if own is not None:
        problems.append(Problem(own))
    least = words.min_words(ctx)
    if len(reason.strip()) < least:
        problems.append(Problem(T("Say why in at least {n} characters.", n=least), "explanation"))
    if code not in dict(list_choices(words.REASONS)(ctx)):
        problems.append(Problem(T("Choose a reason."), "reason_code"))
    if problems:
        raise Refused(problems)
    return keep(ctx, order.id, found, code, reason.strip())


def keep(ctx: Ctx, order_id: int, found: Gate, code: str, reason: str, *, used: bool = False) -> Override:
    """Write an override down with the picture of what was missing."""
    shown, checks = snapshot.of(found)
    row = Override(
        number="", state="used" if used else "open", factory_order_id=order_id, reason_code=code, reason=reason,
        short=len(found.short), groups=shown, checks=checks, at=ctx.now(), user_id=ctx.user.id if ctx.user else None,
        user_name=ctx.actor, used_at=ctx.now() if used else None, void_reason="",
    )  # fmt: skip
    row.number = next_number(ctx, SERIES)
    ctx.session.add(row)
    flush_rows(ctx.session)
    record_save(ctx, row, "create", is_new=True, reason=reason)
    return row


def use(ctx: Ctx, order_id: int) -> None:
    """Production has started: whatever was given for this start is used up."""
    for row in _open(ctx, order_id):
        row.used_at = ctx.now()
        follow(ctx, row, "used", because="used")


def settle(ctx: Ctx, order_id: int) -> None:
    """The need may be another now: overrides that it has outgrown are void."""
    rows = _open(ctx, order_id)
    if not rows:
        return
    found = gate.of_orders(ctx, [order_id])[order_id]
    required = {g.key: g.required for g in found if g.gated}
    for row in rows:
        if standing.outgrown(ctx, row, required):
            row.void_reason = str(
                T("The need grew by more than {pct} %.", pct=f"{words.growth(ctx).normalize():f}")
            )
            follow(ctx, row, "void", because="void", reason=row.void_reason)


def _open(ctx: Ctx, order_id: int) -> Sequence[Override]:
    return [row for row in standing.of_orders(ctx, [order_id]).get(order_id, []) if row.state == "open"]

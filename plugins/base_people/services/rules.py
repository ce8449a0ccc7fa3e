"""Rules of signing in that a company sets: how long nobody may be there, and who needs a second factor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.api import Ctx, Refused, T, record_audit

RIGHT = "base_people.security"
ENTITY = "base_people.rules"
KEY = "signing_in"
"""Of the tenant's settings; the frame reads it once a minute in each session (core/web/frame/sessions.py)."""
SHORTEST, LONGEST = 5, 720
"""Minutes without a click."""


@dataclass(frozen=True)
class Rules:
    """``idle``: minutes without a click that end a session; ``factor``: codes of the roles that need a second factor."""

    idle: int
    factor: tuple[str, ...]


def rules(ctx: Ctx) -> Rules:
    """The company's rules, or those of the installation."""
    kept = ctx.settings.get(KEY, {})
    return Rules(kept.get("idle", ctx.hub.config.idle_minutes), tuple(kept.get("factor", ())))


def set_rules(ctx: Ctx, idle: int, factor: Collection[str]) -> None:
    """Set them; they hold in every session within a minute."""
    ctx.require(RIGHT)
    if not SHORTEST <= idle <= LONGEST:
        raise Refused(T("From {low} to {high} minutes.", low=SHORTEST, high=LONGEST), "idle")
    before, wanted = rules(ctx), Rules(idle, tuple(sorted(factor)))
    if wanted == before:
        return
    ctx.settings.set(KEY, {"idle": wanted.idle, "factor": list(wanted.factor)})
    record_audit(ctx, ENTITY, 1, "edit", security=True, changes=[
        ("idle", before.idle, wanted.idle), ("factor", list(before.factor), list(wanted.factor)),
    ])  # fmt: skip

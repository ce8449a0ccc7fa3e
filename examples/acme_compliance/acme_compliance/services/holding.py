"""The veto: no order is issued to a factory without a valid audit, unless somebody who may says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acme_compliance.models import Override
from acme_compliance.services.audits import valid_until
from acme_compliance.words import HOLD, MIN_WORDS, ORDER, OVERRIDE, PLUGIN, REASONS
from core.api import Block, Ctx, T, hookimpl
from core.db import flush_rows


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> list[Block] | None:
    """Veto: whoever has the right may go on, with a reason of the list and a few words."""
    if entity != ORDER or action != "issue" or not ctx.setting(HOLD, True):
        return None
    until = valid_until(ctx, [row.factory_id]).get(row.factory_id)
    if until is not None and until >= ctx.today():
        return None
    words = (
        T("{factory} was never audited with success.", factory=row.factory.code)
        if until is None
        else T("The audit of {factory} was valid until {day}.", factory=row.factory.code, day=until)
    )
    return [Block(words, PLUGIN, override=OVERRIDE, reasons=REASONS, min_text=MIN_WORDS)]


@hookimpl
def after_override(
    ctx: Ctx, entity: str, row: Any, action: str, block: Block, code: str, reason: str
) -> None:
    """Somebody went on: keep who and why. Every plugin hears of every veto, so look whose it was."""
    if block.source == PLUGIN:
        ctx.session.add(Override(order_id=row.id, at=ctx.now(), by=ctx.actor, code=code, reason=reason))
        flush_rows(ctx.session)

"""The veto on starting work, and what becomes of overrides when a document changes its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, T, hookimpl
from plugins.material_gate import words
from plugins.material_gate.hookspecs import GateKind
from plugins.material_gate.services import asking, gated_documents, overrides, promises
from plugins.material_gate.services.gate import Gate, of_document
from plugins.material_gate.services.summary import Seen

SOURCE = "material_gate"
GATE = "gate"
"""Where the block keeps what was found, for the dialog and for the override."""


def blocks(ctx: Ctx, entity: str, owner_id: int) -> list[Block]:
    """The start is held while material is missing and nobody has overridden that."""
    found = of_document(ctx, entity, owner_id)
    if not found.held:
        return []
    own, said = overrides.denied(ctx, entity, owner_id), sentence(found)
    return [
        Block(
            T("{what}: production may not start.", what=said) if own is None else own, SOURCE,
            override="" if own is not None else words.RIGHT, reasons=words.REASONS, min_text=words.min_words(ctx),
            detail={GATE: found, "promised": promises.of_gates(ctx, [found]), "sentence": said, "stages": words.STAGE_WORDS,
                    "ask": ctx.can(words.ASK) and asking.may_ask(ctx, entity, owner_id)},
            template="material_gate/block.html",
        )
    ]  # fmt: skip


def sentence(found: Gate | Seen) -> Any:
    """What holds, in a few words."""
    groups, checks = len(found.short), len(found.failing)
    if groups and checks:
        return T("{n} groups of material short, {m} checks not passed", n=groups, m=checks)
    if checks:
        return T("{n} checks not passed", n=checks)
    return T("{n} groups of material short", n=groups)


@hookimpl(specname="after_override")
def overridden(ctx: Ctx, block: Block, code: str, reason: str) -> None:
    """Work started in spite of the gate: keep who, why and what was missing."""
    if block.source == SOURCE:
        overrides.keep_override(ctx, block.detail[GATE], code, reason, used=True)


def follow_held_document(ctx: Ctx, kind: GateKind, row: Any, action: str) -> None:
    """After an action on a document: a start uses up what was given for it."""
    demand = gated_documents.demand_of(ctx, kind.entity, row.id) if action == kind.start else None
    if demand is not None:
        overrides.use(ctx, demand)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """Work does not start while material is missing."""
    kind = gated_documents.kinds(ctx).get(entity)
    return blocks(ctx, entity, row.id) if kind is not None and action == kind.start else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """A start uses up the override that was given for it."""
    kind = gated_documents.kinds(ctx).get(entity)
    if kind is not None:
        follow_held_document(ctx, kind, row, action)

"""What the gate adds to lists of documents that have one: a badge, the button that overrides; and the worst of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from core.api import Action, Column, Ctx, Declare, EntityRef, Field, Figure, T, Text, list_choices
from plugins.material_gate import words
from plugins.material_gate.hookspecs import GateKind
from plugins.material_gate.services import asking, gated_documents, overrides, summary
from plugins.material_gate.services.gate import Gate, of_document
from plugins.material_gate.services.summary import Seen
from plugins.stock.api import demands

OVERVIEW = "/material_gate/kit/"
Badge = tuple[Text, Literal["good", "info", "warn", "bad"]]


def badge(found: Gate | Seen) -> Badge | None:
    """The gate in a word with its tone; None where it has nothing to say."""
    if found.state == "none":
        return None
    n = found.holding
    if found.state == "open":
        return T("OPEN"), "good"
    if found.started:
        return T("{n} short, in production", n=n), "warn"
    if found.overridden:
        return T("OVERRIDDEN ({n} short)", n=n), "info"
    return T("HOLD ({n} short)", n=n), "bad"


def declare(registry: Declare, kind: GateKind) -> None:
    """Documents of this kind are held: their list shows how the gate stands, and it is overridden ahead of the start. Called by
    the plugin that tells of them (hook ``gate_kinds``) in its ``register``."""

    def give(ctx: Ctx, row: Any, data: Mapping[str, Any]) -> Text:
        given = overrides.give(
            ctx, kind.entity, row.id, data.get("reason_code") or "", data.get("explanation") or ""
        )
        return T("{number} holds for one start.", number=given.number)

    def ask(ctx: Ctx, row: Any, data: Mapping[str, Any]) -> Text:
        asking.ask(ctx, kind.entity, row.id, data.get("reason_code") or "", data.get("explanation") or "")
        return T("The question waits for those who may let it start.")

    why = (
        Field("reason_code", T("Reason"), "choice", required=True, choices=list_choices(words.REASONS)),
        Field("explanation", T("Explanation"), "long", required=True, max_length=2000),
    )
    registry.action(
        Action(
            kind.entity, "ask_override", T("Ask to start all the same"), ask, kind.waits, permission=words.ASK,
            visible=lambda ctx, row: asking.may_ask(ctx, kind.entity, row.id), order=36, fields=why,
        )
    )  # fmt: skip
    registry.extend_columns(
        kind.entity,
        Column("gate", T("Material"), "badge", load=_badges(kind.entity), sort=False, right=words.VIEW),
    )
    registry.action(
        Action(
            kind.entity, "override_gate", T("Override the material gate"), give, kind.waits, permission=words.RIGHT,
            visible=lambda ctx, row: of_document(ctx, kind.entity, row.id).held, order=35,
            confirm=T("It holds for one start of this document, and only while the need does not grow."),
            fields=why,
        )
    )  # fmt: skip


def _badges(entity: str) -> Callable[[Ctx, Sequence[Any]], Mapping[int, Badge]]:
    def load(ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Badge]:
        ids = demands.ids_of(ctx, entity, [row.id for row in rows])
        found = summary.of_demands(ctx, ids.values())
        return {owner: shown for owner, demand in ids.items() if (shown := badge(found[demand])) is not None}

    return load


def worst(ctx: Ctx, of: Mapping[int, Iterable[EntityRef]]) -> dict[int, Figure]:
    """Of each key the worst gate of its documents, for a process table. A fixed number of queries for each kind."""
    by_entity: dict[str, set[int]] = {}
    for ref in {ref for refs in of.values() for ref in refs}:
        by_entity.setdefault(ref.entity, set()).add(ref.id)
    ids = {
        EntityRef(entity, owner): demand
        for entity, owners in by_entity.items()
        for owner, demand in demands.ids_of(ctx, entity, owners).items()
    }
    found = summary.of_demands(ctx, ids.values())
    figures = {}
    for key, refs in of.items():
        mine = [(found[ids[ref]], ref) for ref in refs if ref in ids]
        if mine:
            seen, ref = max(mine, key=lambda pair: severity(pair[0]))
            shown = badge(seen)
            if shown is not None:
                figures[key] = Figure(shown[0], "badge", gated_documents.address(ref), shown[1])
    return figures


def severity(found: Seen) -> tuple[int, int]:
    """How bad it is: held, overridden, short although started, open; then by what is missing."""
    if found.state != "hold":
        return (0 if found.state == "none" else 1, 0)
    rank = 4 if found.held else 3 if not found.started else 2
    return rank, found.holding

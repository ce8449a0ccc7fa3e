"""What the fonts for documents lack is refused where it is typed, in every document that is printed, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from core.api import Ctx, Refused, SaveChange
from core.declare.changes import LineChange
from plugins.base_printing.services import typed

pytestmark = pytest.mark.once
TABLES = {"zh_Hant_TW": "門 🙏", "en": "door"}


def test_every_document_that_is_printed_is_looked_at(hub: Any, ctx: Ctx) -> None:
    """Whatever text a person may type into a document of any kind, as a field, in a line or in an action."""
    printed = {kind.entity for kind in hub.registry.documents.all_standing(ctx.enabled)}
    assert len(printed) >= 8
    for name in printed:
        entity = ctx.registry.get(name)
        for spec in (f for f in entity.fields if f.kind in typed.KINDS and not f.readonly):
            value = TABLES if spec.kind == "names" else "thanks 🙏"
            change = SaveChange("edit", False, {}, {spec.name: value})
            [problem] = typed.save_problems(ctx, name, change)
            assert problem.field == spec.name
            assert f"{spec.label}: “" in str(problem.message)
        for table in entity.children:
            for spec in (f for f in table.fields if f.kind == "text"):
                new = [{spec.name: "ok"}, {spec.name: "🙏"}]
                change = SaveChange("edit", False, {}, {}, {table.name: LineChange((), new)})
                [problem] = typed.save_problems(ctx, name, change)
                assert problem.field == f"{table.name}-1-{spec.name}"
                assert f"{table.label} 2, {spec.label}" in str(problem.message)
        for action in ctx.registry.actions[name].all_standing(ctx.enabled):
            for spec in (f for f in action.all_fields() if f.kind in typed.KINDS):
                found = typed.action_blocks(ctx, name, action.name, {spec.name: "🙏"}, "x")
                assert len(found) == (spec.name not in typed.NEVER_PRINTED), (name, action.name, spec.name)
            for within in action.tables:
                for spec in (f for f in within.fields if f.kind == "text"):
                    rows = [{spec.name: "ok"}, {spec.name: "東莞"}, {spec.name: "🙏"}]
                    [block] = typed.action_blocks(ctx, name, action.name, {within.name: rows}, "x")
                    assert f"{within.label} 3, {spec.label}: “🙏”" in str(block.reason)


def test_what_is_not_printed_and_what_did_not_change_is_left_alone(ctx: Ctx) -> None:
    assert not typed.is_printed(ctx, "catalog.partner")
    assert typed.save_problems(ctx, "catalog.partner", SaveChange("edit", False, {}, {"notes": "🙏"})) == []
    assert typed.save_problems(ctx, "outsourcing.order", SaveChange("edit", False, {}, {"tax_pct": 5})) == []


def test_where_the_fonts_cannot_be_asked_nothing_is_refused(
    ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: Any) -> str:
        raise Refused("no")

    monkeypatch.setattr("kit.printing.documents.missing_characters", refuse)
    assert typed.save_problems(ctx, "outsourcing.order", SaveChange("edit", False, {}, {"notes": "🙏"})) == []

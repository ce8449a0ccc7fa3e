"""Who may not override can ask; the question waits for the manager, with what is short, and is answered once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.api import Ctx, Refused
from core.errors import Denied
from plugins.material_gate.shown import hub_page
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.material_gate.conftest import of, overrides
from tests.plugins.outsourcing.conftest import do

ASKED = {"reason_code": "later_stage", "explanation": "cartons come before packing"}
As = Callable[..., Any]


def told(ctx: Ctx) -> list[str]:
    ctx.memo.clear()
    return [f"{task.subject}: {task.label}" for task in hub_page.tasks(ctx) if "asks" in str(task.label)]


def test_asked_and_granted(mill: Ctx, cartons: FactoryOrder, ctx_as: As) -> None:
    mill.session.commit()
    with ctx_as("prod") as head:
        mine = of(head, cartons.id)
        with pytest.raises(Refused) as caught:
            do(head, mine, "ask_override", reason_code="", explanation="")
        assert {p.field for p in caught.value.problems} == {"reason_code", "explanation"}
        do(head, mine, "ask_override", **ASKED)
        with pytest.raises(Refused, match="asked for already"):
            do(head, mine, "ask_override", **ASKED)
        (row,) = overrides(head, mine)
        assert (row.state, row.short, row.user_name) == ("asked", 2, head.actor)
        with pytest.raises(Refused, match="may not start"):  # a question lets nothing start
            do(head, mine, "start")
        with pytest.raises(Denied):
            do(head, row, "grant")
        assert told(head) == []
        head.session.commit()
    with ctx_as("mgr") as boss:
        assert told(boss) == [f"{cartons.number}: {row.user_name} asks to start: 2 groups of material short"]
        (row,) = overrides(boss, of(boss, cartons.id))
        do(boss, row, "grant")
        assert (row.state, row.user_name, told(boss)) == ("open", boss.actor, [])
        boss.session.commit()
    with ctx_as("prod") as head:
        do(head, of(head, cartons.id), "start")
        assert [o.state for o in overrides(head, of(head, cartons.id))] == ["used"]


def test_declined_and_asked_again(mill: Ctx, cartons: FactoryOrder, ctx_as: As) -> None:
    mill.session.commit()
    with ctx_as("merch") as person:
        do(person, of(person, cartons.id), "ask_override", **ASKED)
        person.session.commit()
    with ctx_as("mgr") as boss:
        (row,) = overrides(boss, of(boss, cartons.id))
        do(boss, row, "decline", reason="wait for the cartons")
        assert (row.state, row.void_reason) == ("void", "wait for the cartons")
        boss.session.commit()
    with ctx_as("merch") as person:
        do(person, of(person, cartons.id), "ask_override", **ASKED)
        assert [o.state for o in overrides(person, of(person, cartons.id))] == ["void", "asked"]


def test_the_page_offers_it_to_those_who_may_not_override(
    mill: Ctx, cartons: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    mill.session.commit()
    address = f"/outsourcing/order/{cartons.id}/do/"
    page = client_as("prod").get(f"{address}start").text
    assert f"{address}ask_override" in page
    form = client_as("prod").get(f"{address}ask_override").text
    assert form.count('class="must"') == 2  # the reason and the explanation, each by its name
    for_manager = client_as("mgr").get(f"{address}start").text
    assert f"{address}ask_override" not in for_manager
    assert for_manager.count('class="must"') == 2

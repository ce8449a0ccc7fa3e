"""A state changes by an action or as the consequence of one, declared, on record and told; never by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import core
from core.entities import audit, transitions
from core.entities.journal import enter_state
from core.errors import Refused
from core.kernel.states import assigned_states
from tests.thirdparty.couriers import plugin as couriers

CORE = Path(core.__file__).parent
OWN = {"entities/crud.py": 1, "entities/journal.py": 1}
"""Core's path: a new row's first state, and the one function that sets another."""


@pytest.fixture
def kind(hub):
    return hub.registry.get("samples.request")


def test_nobody_in_core_sets_a_state_beside_the_one_path():
    found = {
        str(file.relative_to(CORE)): len(lines)
        for file in sorted(CORE.rglob("*.py"))
        if (lines := list(assigned_states(file)))
    }
    assert found == OWN


@pytest.mark.parametrize(
    "code",
    ["row.state = 'x'", "a, row.state = 1, 'x'", "a = row.state = 'x'", "(a, [row.state]) = 1, [2]", "row.state += 'x'",
     "row.state: str = 'x'", "setattr(row, 'state', 'x')", "update(Row).values(state='x')"],
)  # fmt: skip
def test_the_check_sees(tmp_path, code):
    file = tmp_path / "x.py"
    file.write_text(f"import a\n{code}\n")
    assert list(assigned_states(file)) == [2]


@pytest.mark.parametrize(
    "code",
    ["Row(state='x')", "row.states = 'x'", "state = row.state", "x[row.state] = 1", "row.state.label = 1"],
)
def test_and_what_is_allowed(tmp_path, code):
    file = tmp_path / "x.py"
    file.write_text(f"import a\n{code}\n")
    assert list(assigned_states(file)) == []


def test_a_consequence_is_on_record_raises_the_version_and_is_told(ctx, ask, kind):
    row = ask(ctx)
    couriers.heard.clear()
    assert transitions.follow(
        ctx, row, "done", because="deliver", reason="it came", changes=[("box", None, 1)]
    )
    entry = audit.audit_history(ctx, "samples.request", row.id)[0]
    assert (row.state, row.version) == ("done", 2)
    assert (entry.action, entry.from_state, entry.to_state, entry.reason, entry.changes) == (
        "deliver", "draft", "done", "it came", [["box", None, 1]],
    )  # fmt: skip
    assert couriers.heard == [("deliver", row.number)]
    assert not transitions.follow(ctx, row, "done", because="deliver")
    assert len(couriers.heard) == 1


def test_a_state_nobody_declared_is_refused(ctx, ask):
    row = ask(ctx)
    with pytest.raises(KeyError, match=r"samples\.request has no state lost"):
        transitions.follow(ctx, row, "lost", because="lose")
    assert row.state == "draft"


def test_outside_an_action_no_state_is_entered(ctx, ask, kind):
    row = ask(ctx)
    with pytest.raises(RuntimeError, match="inside an action only"):
        enter_state(ctx, row, "done")
    transitions.run_action(ctx, kind, row, "send")
    with pytest.raises(RuntimeError, match="inside an action only"):
        enter_state(ctx, row, "done")


def test_what_a_refused_action_noted_is_forgotten(ctx, ask, kind):
    row = ask(ctx, lines=())
    with pytest.raises(Refused):
        transitions.run_action(ctx, kind, row, "send")
    assert ctx.journal == []

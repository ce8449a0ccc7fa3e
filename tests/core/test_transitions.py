"""Actions: right, state, values, vetoes and version are checked before anything happens, and what happened is on record."""

from __future__ import annotations

import pytest

from core.declare.hookspecs import hookimpl
from core.entities import audit, crud, recording, transitions
from core.errors import Denied, NotFound, Refused, Stale
from core.kernel import enablement
from core.kernel.context import Hooks
from tests.thirdparty.couriers import plugin as couriers


@pytest.fixture
def kind(hub):
    return hub.registry.get("samples.request")


def last(ctx, row):
    return audit.audit_history(ctx, "samples.request", row.id)[0]


def test_an_action_moves_the_document_and_says_so(ctx, ctx_as, ask, kind):
    number = ask(ctx).number
    with ctx_as("merch") as person:
        row = crud.get_row(person, kind, number)
        message = transitions.run_action(person, kind, row, "send")
        assert str(message) == f"{number} was sent."
        assert (row.state, row.version) == ("sent", 2)
        entry = last(person, row)
        assert (entry.action, entry.from_state, entry.to_state, entry.user_name) == (
            "send",
            "draft",
            "sent",
            "Merch",
        )


def test_without_the_right(ctx, ctx_as, ask, kind):
    row = ask(ctx)
    with ctx_as("qc") as person:
        mine = crud.get_row(person, kind, row.id)
        with pytest.raises(Denied, match=r"samples\.request\.send"):
            transitions.run_action(person, kind, mine, "send")
        assert [a.name for a in transitions.available(person, kind, mine)] == ["remind", "stamp"]


def test_in_the_wrong_state(ctx, ask, kind):
    row = ask(ctx)
    with pytest.raises(Refused, match=r"“Finish” is not possible: SR-2026-0001 is Draft"):
        transitions.run_action(ctx, kind, row, "finish", {"reason": "x"})


def test_what_the_function_refuses_changes_nothing(ctx, ask, kind):
    row = ask(ctx, lines=())
    with pytest.raises(Refused, match="nothing to send"):
        transitions.run_action(ctx, kind, row, "send")
    assert (row.state, last(ctx, row).action) == ("draft", "create")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "word"),
        ({"word": "x" * 41}, "word"),
        ({"word": "a", "size": "XL"}, "size"),
        ({"word": "a", "note": "no"}, "note"),
    ],
)
def test_values_are_checked(ctx, ask, kind, given, field):
    row = ask(ctx)
    with pytest.raises(Refused) as caught:
        transitions.run_action(ctx, kind, row, "stamp", given)
    assert [p.field for p in caught.value.problems] == [field]


def test_a_list_of_the_administrator_gives_the_choices(ctx, ask, kind):
    row = ask(ctx)
    transitions.run_action(ctx, kind, row, "stamp", {"word": "OK", "note": "soon"})
    assert last(ctx, row).changes == [["stamp", None, "OK"]]


def test_a_reason_is_required_and_kept(ctx, ask, kind):
    row = ask(ctx)
    transitions.run_action(ctx, kind, row, "send")
    with pytest.raises(Refused, match="needed"):
        transitions.run_action(ctx, kind, row, "finish", {"reason": "  "})
    transitions.run_action(ctx, kind, row, "finish", {"reason": "all arrived"})
    assert (row.state, last(ctx, row).reason) == ("done", "all arrived")


def test_a_veto_stops_it(ctx, ask, kind):
    row = ask(ctx, notes="never")
    with pytest.raises(Refused, match="never takes this") as caught:
        transitions.run_action(ctx, kind, row, "send", {"override_reason": "please"})
    assert caught.value.problems[0].params["block"].source == "couriers"
    assert row.state == "draft"


def test_a_veto_may_be_overridden_with_the_right_and_a_reason(ctx, ctx_as, ask, kind):
    row = ask(ctx, notes="fragile")
    with ctx_as("merch") as person, pytest.raises(Refused, match="fragile"):  # no right to override
        transitions.run_action(
            person, kind, crud.get_row(person, kind, row.id), "send", {"override_reason": "I insist"}
        )
    with ctx_as("mgr,merch") as person:
        mine = crud.get_row(person, kind, row.id)
        with pytest.raises(Refused) as caught:  # no reason
            transitions.run_action(person, kind, mine, "send", {"override_reason": "  "})
        assert caught.value.problems[0].field == "override_reason"
        transitions.run_action(person, kind, mine, "send", {"override_reason": "well packed"})
        assert (mine.state, last(person, mine).reason) == ("sent", "well packed")


def test_a_veto_may_ask_for_a_listed_reason_and_some_words_and_is_told_of_them(ctx, ctx_as, ask, kind):
    row = ask(ctx, notes="valuable")
    with ctx_as("mgr,merch") as person:
        mine = crud.get_row(person, kind, row.id)
        for given, wrong in (
            ({"override_reason": "short"}, ["override_reason", "override_code"]),
            ({"override_reason": "long enough words", "override_code": "nonsense"}, ["override_code"]),
            ({"override_reason": "short", "override_code": "soon"}, ["override_reason"]),
        ):
            with pytest.raises(Refused) as caught:
                transitions.run_action(person, kind, mine, "send", given)
            assert [p.field for p in caught.value.problems] == wrong
        assert mine.state == "draft"
        couriers.heard.clear()
        words = {"override_reason": "long enough words", "override_code": "soon"}
        transitions.run_action(person, kind, mine, "send", words)
        assert last(person, mine).reason == "soon; long enough words"
        assert couriers.heard == [("overridden 9 soon long enough words", mine.number), ("send", mine.number)]


def test_a_veto_of_a_plugin_that_is_off_does_not_count(ctx, ask, kind):
    enablement.disable_plugin(ctx, "couriers")
    row = ask(ctx, notes="never")
    transitions.run_action(ctx, kind, row, "send")
    assert row.state == "sent"


def test_an_action_of_a_plugin_that_is_off_is_not_there(ctx, ask, kind):
    row = ask(ctx)
    transitions.run_action(ctx, kind, row, "send")
    assert "hand_over" in [a.name for a in transitions.available(ctx, kind, row)]
    enablement.disable_plugin(ctx, "couriers")
    assert "hand_over" not in [a.name for a in transitions.available(ctx, kind, row)]
    with pytest.raises(NotFound, match="no action hand_over"):
        transitions.run_action(ctx, kind, row, "hand_over")


def test_a_stale_view_is_refused(ctx, ask, kind):
    row = ask(ctx)
    seen = row.version
    crud.save_row(ctx, kind, row, {"notes": "changed"})
    with pytest.raises(Stale, match="changed by system"):
        transitions.run_action(ctx, kind, row, "send", version=seen)


def test_an_action_makes_an_older_view_stale(ctx, ask, kind):
    row = ask(ctx)
    seen = row.version
    transitions.run_action(ctx, kind, row, "stamp", {"word": "A"})
    with pytest.raises(Stale):
        crud.save_row(ctx, kind, row, {"notes": "x"}, version=seen)


def test_an_unknown_action(ctx, ask, kind):
    with pytest.raises(NotFound, match="no action fly"):
        transitions.run_action(ctx, kind, ask(ctx), "fly")


class Listener:
    """Reads the same twice, whatever it hears."""

    def __init__(self):
        self.read = []

    def _ask(self, ctx, hook):
        for _ in range(2):
            ctx.memo.once("what listeners ask", lambda: self.read.append(hook))

    @hookimpl
    def after_transition(self, ctx):
        self._ask(ctx, "after_transition")

    @hookimpl
    def after_save(self, ctx):
        self._ask(ctx, "after_save")


def test_what_listeners_ask_for_is_read_once(hub, ctx, ask, kind):
    row, listener = ask(ctx), Listener()
    hub.manager.register(listener, name="listener")
    ctx.hooks = Hooks(ctx, hub.manager, ctx.enabled | {"listener"})
    try:
        crud.save_row(ctx, kind, row, {"notes": "soon"})
        recording.record_save(ctx, row, "lines", [("lines", 1, 2)])
        transitions.run_action(ctx, kind, row, "send")
        transitions.follow(ctx, row, "draft", because="test")
    finally:
        hub.manager.unregister(listener)
    assert listener.read == ["after_save", "after_save", "after_transition", "after_transition"]

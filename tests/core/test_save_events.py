"""Whoever saves, plugins are asked before and told after: with what differs, typed, in the same transaction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.entities import audit, crud
from core.entities.recording import note_changes, record_save, recording
from core.errors import PluginFailed, Refused
from core.kernel import enablement
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples.models import Maker, Request


@pytest.fixture
def kind(hub):
    return hub.registry.get("samples.request")


@pytest.fixture
def makers(hub):
    return hub.registry.get("samples.maker")


@pytest.fixture
def saved():
    couriers.saved.clear()
    return couriers.saved


def test_a_new_row_is_told_with_its_values_and_lines(ctx, ask, saved):
    row = ask(ctx, notes="hello", fee=Decimal("2.50"), lines=[("A", 1)])
    [(entity, told, change)] = saved
    assert (entity, told, change.verb, change.is_new, change.old) == (
        "samples.request",
        row,
        "create",
        True,
        {},
    )
    assert row.id is not None
    assert (change.new["notes"], change.new["fee"], change.new["number"]) == (
        "hello",
        Decimal("2.50"),
        row.number,
    )
    assert [line["article"] for line in change.lines["lines"].new] == ["A"]
    assert change.lines["lines"].old == []


def test_an_edit_is_told_with_what_differs_and_nothing_else(ctx, ask, kind, makers, saved):
    first, second = (crud.save_row(ctx, makers, None, {"code": c, "name": c}) for c in "AB")
    row = ask(ctx, notes="a", fee=Decimal(1), wanted=date(2026, 12, 1), maker=first)
    saved.clear()
    crud.save_row(ctx, kind, row, {"notes": "a", "fee": Decimal(2), "maker": second})
    [(_entity, _row, change)] = saved
    assert (change.verb, change.is_new) == ("edit", False)
    assert change.old == {"fee": Decimal(1), "maker": first}
    assert change.new == {"fee": Decimal(2), "maker": second}
    assert change.touches("maker", "notes")
    assert not change.touches("notes", "lines")


def test_saving_the_same_again_is_told_to_nobody(ctx, ask, kind, saved):
    row = ask(ctx, notes="a")
    saved.clear()
    crud.save_row(ctx, kind, row, {"notes": "a"})
    assert saved == []


def test_lines_before_and_after(ctx, ask, kind, saved):
    row = ask(ctx, lines=[("A", 1), ("B", 2)])
    saved.clear()
    crud.save_row(ctx, kind, row, {}, {"lines": [{"id": row.lines[1].id, "pieces": 5}]})
    [(_entity, _row, change)] = saved
    assert (change.old, change.new, change.touches("lines")) == ({}, {}, True)
    assert [(x["article"], x["pieces"]) for x in change.lines["lines"].old] == [("A", 1), ("B", 2)]
    assert [(x["article"], x["pieces"]) for x in change.lines["lines"].new] == [("B", 5)]


def test_a_deleted_row_is_told_with_what_it_was(ctx, makers, saved):
    row = crud.save_row(ctx, makers, None, {"code": "GONE", "name": "Gone"})
    saved.clear()
    crud.delete_row(ctx, makers, row)
    [(entity, _row, change)] = saved
    assert (entity, change.verb, change.old["code"], change.new) == ("samples.maker", "delete", "GONE", {})


def test_a_veto_names_the_field_and_nothing_is_saved(hub, tenant, ctx_as, ask, kind):
    with ctx_as("merch") as person, pytest.raises(Refused) as refused:
        ask(person, fee=Decimal(13))
    assert [(str(p), p.field) for p in refused.value.problems] == [
        ("The courier does not carry thirteen.", "fee")
    ]
    with hub.context(tenant) as ctx:
        row = ask(ctx, fee=Decimal(12))
        number = row.number
    assert number.endswith("-0001")  # a veto takes no number
    with pytest.raises(Refused, match="thirteen"), hub.context(tenant) as ctx:
        crud.save_row(ctx, kind, crud.get_row(ctx, kind, number), {"fee": Decimal(13)})
    with hub.context(tenant) as ctx:
        assert ctx.session.scalars(select(Request.fee)).all() == [Decimal(12)]


def test_a_row_that_is_still_wanted_is_not_deleted(ctx, makers):
    row = crud.save_row(ctx, makers, None, {"code": "KEEP", "name": "Keep"})
    with pytest.raises(Refused, match="still goes there"):
        crud.delete_row(ctx, makers, row)
    assert ctx.session.scalars(select(Maker.code)).all() == ["KEEP"]


def test_a_listener_that_fails_takes_the_save_back(hub, tenant, ask):
    with pytest.raises(PluginFailed, match="couriers: RuntimeError: .* on fire"), hub.context(tenant) as ctx:
        ask(ctx, notes="burn")
    with hub.context(tenant) as ctx:
        assert ctx.session.scalars(select(Request.id)).all() == []


def test_plugins_that_are_off_are_neither_asked_nor_told(ctx, ask, saved):
    enablement.disable_plugin(ctx, "couriers")
    ask(ctx, fee=Decimal(13))
    assert saved == []


def test_what_a_service_writes_itself_is_told_too(ctx, ask, saved):
    row = ask(ctx)
    saved.clear()
    record_save(ctx, row, "weigh", [("fee", None, Decimal(3))], reason="heavy")
    [(entity, _row, change)] = saved
    assert (entity, change.verb, change.old, change.new) == (
        "samples.request",
        "weigh",
        {"fee": None},
        {"fee": 3},
    )
    entry = audit.audit_history(ctx, "samples.request", row.id)[0]
    assert (entry.action, entry.changes, entry.reason, row.version) == (
        "weigh",
        [["fee", None, "3"]],
        "heavy",
        2,
    )
    with pytest.raises(Refused, match="thirteen"):
        record_save(ctx, row, "weigh", [("fee", Decimal(3), Decimal(13))])


def test_parts_of_a_service_note_what_they_change_and_it_is_one_save(ctx, ask, saved):
    row = ask(ctx)
    saved.clear()
    with recording(ctx, row, "tidy"):
        pass
    assert saved == []
    with recording(ctx, row, "tidy"):
        note_changes(ctx, row, ("shelf", "A", "B"))
        note_changes(ctx, row, ("box", 1, 2))
    [(_entity, _row, change)] = saved
    assert (change.verb, change.old, change.new) == (
        "tidy",
        {"shelf": "A", "box": 1},
        {"shelf": "B", "box": 2},
    )
    assert ctx.journal == []


def test_what_is_noted_outside_of_everything_is_a_save_of_its_own(ctx, ask, saved):
    row = ask(ctx)
    saved.clear()
    note_changes(ctx, row, ("shelf", "A", "B"))
    [(_entity, _row, change)] = saved
    assert (change.verb, change.old, change.new, row.version) == ("edit", {"shelf": "A"}, {"shelf": "B"}, 2)

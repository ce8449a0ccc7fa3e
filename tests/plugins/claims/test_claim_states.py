"""The life of a claim: who may do what when, what is refused, and that nothing outside of the claim ever changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused
from core.base_api import Denied
from core.data.db import tenant_tables
from core.entities import crud, transitions
from plugins.claims.models import Claim
from plugins.claims.services import lifecycle, photos, quick_claim
from tests.plugins.claims.conftest import TODAY, World, do, garment, material, picture, said
from tests.plugins.outsourcing.conftest import attempt

ACTIONS = ("resolve", "close", "link", "waive", "reopen", "cancel")
FROM = {
    "open": {"resolve", "link", "waive", "cancel"},
    "resolved": {"close", "link", "waive", "reopen"},
    "closed": {"reopen"},
    "cancelled": set(),
}
TO = {"resolve": "resolved", "close": "closed", "reopen": "open", "cancel": "cancelled"}
GIVEN: dict[str, dict[str, Any]] = {
    "resolve": {"resolution": "new rolls came"},
    "waive": {"reason": "settled by talk"},
    "reopen": {"reason": "again"},
    "cancel": {"reason": "was none"},
}
RIGHTS = {
    "resolve": {"qc", "mgr"}, "waive": {"qc", "mgr"}, "cancel": {"qc", "mgr"}, "close": {"mgr"}, "reopen": {"mgr"},
    "link": {"qc", "merch", "purch", "wh", "mgr"},
}  # fmt: skip


def brought(world: World, state: str) -> Claim:
    """A claim in that state."""
    row = material(world)
    if state == "cancelled":
        do(world.ctx, row, "cancel", reason="was none")
    if state in ("resolved", "closed"):
        do(world.ctx, row, "resolve", resolution="new rolls came")
    if state == "closed":
        do(world.ctx, row, "waive", reason="settled")
        do(world.ctx, row, "close")
    assert row.state == state
    return row


@pytest.mark.parametrize("state", FROM)
def test_every_action_in_every_state(world: World, state: str) -> None:
    ctx = world.ctx
    row = brought(world, state)
    for action in ACTIONS:
        given = {"number": world.receipt.number} if action == "link" else GIVEN.get(action, {})
        with attempt(ctx):
            if action == "close" and state == "resolved":
                do(ctx, row, "waive", reason="settled")
            if action in FROM[state]:
                do(ctx, row, action, **given)
                assert row.state == TO.get(action, state), action
            else:
                with pytest.raises(Refused, match="not possible"):
                    do(ctx, row, action, **given)


def test_to_resolve_takes_words_and_a_day_that_was(world: World) -> None:
    ctx, row = world.ctx, material(world, opened_on=TODAY - timedelta(days=5))
    with pytest.raises(Refused) as caught:
        do(ctx, row, "resolve", resolution="   ")
    assert "resolution" in said(caught)
    for day, words in (
        (TODAY - timedelta(days=6), "before it was opened"),
        (TODAY + timedelta(days=1), "in the future"),
    ):
        with pytest.raises(Refused) as caught:
            do(ctx, row, "resolve", resolution="done", resolved_on=day)
        assert words in said(caught)["resolved_on"]
    do(
        ctx,
        row,
        "resolve",
        resolution="done",
        resolved_on=TODAY - timedelta(days=2),
        remedy="replace",
        responsible="supplier",
    )
    assert (row.resolved_on, row.remedy, row.responsible) == (date(2026, 11, 21), "replace", "supplier")
    assert lifecycle.days_open(row, TODAY) == 3


def test_to_close_takes_a_linked_document_or_a_waiver_with_a_reason(world: World) -> None:
    ctx, row = world.ctx, brought(world, "resolved")
    with pytest.raises(Refused, match="or waive that with a reason"):
        do(ctx, row, "close")
    with pytest.raises(Refused) as caught:
        do(ctx, row, "waive", reason=" ")
    assert "reason" in said(caught)
    with attempt(ctx):
        do(ctx, row, "waive", reason="agreed by telephone")
        do(ctx, row, "close")
        assert (row.state, row.waived_why) == ("closed", "agreed by telephone")
    do(ctx, row, "link", number=world.receipt.number.lower())
    do(ctx, row, "close")
    assert (row.state, row.closed_on) == ("closed", TODAY)


def test_reopening_drops_the_waiver_and_keeps_the_number(world: World) -> None:
    ctx, row = world.ctx, brought(world, "closed")
    number = row.number
    do(ctx, row, "reopen", reason="the new rolls are off too")
    assert (row.state, row.number, row.resolved_on, row.closed_on, row.waived_why) == (
        "open",
        number,
        None,
        None,
        "",
    )
    do(ctx, row, "resolve", resolution="taken with a discount")
    with pytest.raises(Refused):
        do(ctx, row, "close")


def test_only_what_belongs_to_the_claim_is_linked_and_only_once(world: World) -> None:
    ctx, cloth, garments = world.ctx, material(world), garment(world)
    do(ctx, cloth, "link", number=world.receipt.number)
    do(ctx, garments, "link", number=world.goods.number)
    cases = (
        (cloth, world.receipt.number, "linked already"),
        (cloth, world.goods.number, "does not belong to"),
        (garments, world.receipt.number, "is not of F1"),
        (cloth, "RC-2026-9999", "There is no"),
        (cloth, "", "needed"),
        (cloth, world.po.number, "There is no"),
    )
    for row, number, words in cases:
        with pytest.raises(Refused) as caught:
            do(ctx, row, "link", number=number)
        assert words in said(caught)["number"], number
    do(ctx, cloth, "unlink", follow_up=cloth.follow_ups[0].id)
    assert cloth.follow_ups == []
    with pytest.raises(Refused, match="gone already"):
        do(ctx, cloth, "unlink", follow_up=1)


@pytest.mark.parametrize("role", ["qc", "merch", "purch", "wh", "prod", "fin", "mgr"])
def test_rights(world: World, ctx_as: Callable[..., Any], role: str) -> None:
    row_id = material(world).id
    receipt = world.receipt.number
    with ctx_as(role) as ctx:
        entity = ctx.registry.get("claims.claim")
        row = crud.get_row(ctx, entity, row_id)
        opener = role in ("qc", "merch", "purch", "wh", "mgr")
        assert ctx.can("claims.claim.view")
        assert ctx.can("claims.claim.create") == ctx.can("claims.claim.edit") == opener
        for action in ACTIONS:
            allowed = role in RIGHTS[action]
            given = {"number": receipt} if action == "link" else GIVEN.get(action, {})
            with attempt(ctx):
                if allowed and action in FROM["open"]:
                    do(ctx, row, action, **given)
                else:
                    with pytest.raises(Refused if allowed else Denied):
                        do(ctx, row, action, **given)
        if not opener:
            with pytest.raises(Denied):
                photos.add_photos(ctx, row, [("a.jpg", picture())])


def fingerprints(ctx: Ctx) -> dict[str, str]:
    """Every table of the tenant that is not the claims' own or core's record of documents → its contents."""
    own = ("claims_", "core_audit", "base_files_", "core_counter")
    found = {}
    for table in tenant_tables(lambda t: not t.name.startswith(own)):
        rows = ctx.session.connection().execute(
            select(table).where(table.c.tenant_id == ctx.session.tenant_id).order_by(table.c.id)
        )
        found[table.name] = hashlib.sha256(repr(rows.all()).encode()).hexdigest()
    return found


def test_no_step_in_the_life_of_a_claim_changes_anything_but_the_claim(world: World) -> None:
    ctx = world.ctx
    ctx.session.flush()
    before = fingerprints(ctx)
    assert {
        "core_posting",
        "core_movement",
        "core_balance",
        "receiving_receipt",
        "outsourcing_payment",
        "outsourcing_adjustment",
    } <= set(before)
    cloth = material(world, qty=Decimal(12), amount=Decimal(300))
    garments = garment(world, qty=Decimal(6), shipment=world.shipment)
    fast = quick_claim.open_claim(
        ctx, {"kind": "garment", "number": world.fo.number, "text": "hole"}, [("a.jpg", picture())]
    )
    garment(world, parent=garments)
    photo = photos.add_photos(ctx, cloth, [("a.jpg", picture()), ("b.png", picture("PNG"))])[0]
    photos.make_cover(ctx, cloth, photo)
    photos.describe(ctx, cloth, photo, "off shade")
    photos.remove(ctx, cloth, photo)
    crud.save_row(ctx, ctx.registry.get("claims.claim"), cloth, {"qty": Decimal(10), "remedy": "return"})
    do(ctx, cloth, "link", number=world.receipt.number)
    do(ctx, garments, "link", number=world.goods.number)
    do(ctx, cloth, "resolve", resolution="replaced", remedy="replace")
    do(ctx, cloth, "close")
    do(ctx, cloth, "reopen", reason="again")
    do(ctx, cloth, "unlink", follow_up=cloth.follow_ups[0].id)
    do(ctx, cloth, "waive", reason="agreed")
    do(ctx, fast, "cancel", reason="was none")
    ctx.session.flush()
    after = fingerprints(ctx)
    assert {name for name in after if after[name] != before[name]} == set()


def test_every_action_is_recorded(world: World) -> None:
    from core.entities import audit

    row = brought(world, "closed")
    do(world.ctx, row, "reopen", reason="again")
    world.ctx.session.flush()
    done = [
        (e.action, e.from_state, e.to_state) for e in audit.audit_history(world.ctx, "claims.claim", row.id)
    ]
    assert done == [
        ("reopen", "closed", "open"),
        ("close", "resolved", "closed"),
        ("waive", "resolved", None),
        ("resolve", "open", "resolved"),
        ("create", None, "open"),
    ]
    entity = world.ctx.registry.get("claims.claim")
    offered = {a.name for a in transitions.available(world.ctx, entity, row)}
    assert offered == {"resolve", "waive", "cancel"}

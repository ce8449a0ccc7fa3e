"""The audit trail can only grow, whoever asks, on either engine."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from core.data.records import AuditEntry
from core.entities import audit
from core.text.i18n import T
from tests.thirdparty.samples.models import Stamp


@pytest.fixture
def entry(ctx):
    audit.record_audit(
        ctx, "samples.request", 1, "note", number="X", changes=[("fee", None, Decimal("1.50"))], reason="why"
    )
    ctx.session.flush()
    ctx.session.commit()
    return ctx.session.scalars(select(AuditEntry).where(AuditEntry.number == "X")).one()


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.execute(update(AuditEntry).values(reason="other")),
        lambda s: s.execute(delete(AuditEntry)),
        lambda s: s.raw("UPDATE core_audit SET reason = 'x' WHERE tenant_id = :tenant"),
        lambda s: s.raw("DELETE FROM core_audit WHERE tenant_id = :tenant"),
        lambda s: s.raw("DELETE FROM samples_stamp WHERE tenant_id = :tenant"),
    ],
)
def test_entries_are_never_changed_or_deleted(ctx, entry, change):
    ctx.session.add(Stamp(request_id=_request(ctx), word="OK"))
    ctx.session.flush()
    with pytest.raises(DatabaseError, match="append-only|permission denied"):
        change(ctx.session)
    ctx.session.rollback()
    assert ctx.session.scalars(select(AuditEntry.reason).where(AuditEntry.number == "X")).all() == ["why"]


def _request(ctx):
    from core.entities import crud

    return crud.save_row(ctx, ctx.registry.get("samples.request"), None, {}).id


def test_replacing_a_row_does_not_get_past_the_trigger(hub, ctx, entry):
    if not hub.config.is_sqlite:
        pytest.skip("REPLACE is SQLite's")
    with pytest.raises(DatabaseError, match="append-only"):
        ctx.session.raw(
            "INSERT OR REPLACE INTO core_audit SELECT id, tenant_id, at, user_id, 'me', entity, entity_id, number,"
            " action, from_state, to_state, changes, reason FROM core_audit WHERE tenant_id = :tenant"
        )
    ctx.session.rollback()


def test_even_the_owner_cannot_change_or_empty_it(hub, ctx, tenant, entry):
    if hub.config.is_sqlite:
        pytest.skip("SQLite has no owner")
    from core.data.migrate import owner_engine

    ctx.session.commit()  # a TRUNCATE waits for readers
    engine = owner_engine(hub)
    for statement in ("UPDATE core_audit SET reason = 'x'", "DELETE FROM core_audit", "TRUNCATE core_audit"):
        with engine.connect() as connection:
            connection.execute(text(f"SET LOCAL app.tenant_id = '{tenant.id}'"))
            with pytest.raises(DatabaseError, match="append-only"):
                connection.execute(text(statement))
    engine.dispose()


def test_values_are_kept_exactly_and_readably(ctx, entry):
    assert entry.changes == [["fee", None, "1.5"]]
    assert (entry.user_name, entry.user_id) == ("system", None)
    assert entry.at.astimezone(ctx.zone).date() == ctx.today()


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("100"), "100"), (Decimal("0.000"), "0"), (Decimal("1E+3"), "1000"), (Decimal("-0.10"), "-0.1"),
        (T("word"), "word"), ({"a": Decimal("1.0")}, {"a": "1"}), ((1, None), [1, None]), (True, True), ("x", "x"),
    ],
)  # fmt: skip
def test_plain_values(value, kept):
    assert audit.json_value(value) == kept


def test_history_is_newest_first_and_of_one_document(ctx):
    for i in range(3):
        audit.record_audit(ctx, "samples.request", 7, f"a{i}")
    audit.record_audit(ctx, "samples.request", 8, "other")
    audit.record_audit(ctx, "samples.maker", 7, "other")
    ctx.session.flush()
    assert [e.action for e in audit.audit_history(ctx, "samples.request", 7)] == ["a2", "a1", "a0"]

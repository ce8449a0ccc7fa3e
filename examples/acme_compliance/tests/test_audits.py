"""An order is held until its factory has passed an audit, and everybody sees why."""

from __future__ import annotations

from datetime import date

import pytest
from acme_compliance.models import Override
from acme_compliance.services import daily
from acme_compliance.words import AUDIT, HOLD, ORDER
from sqlalchemy import select

from core.api import Refused, get_row, run_action, save_row
from core.testing.scenes import stage
from plugins.outsourcing.testing import make_factory_order

WORDS = {"override_code": "booked", "override_reason": "the auditor comes on Friday"}


@stage
def order(ctx):
    """A draft for a factory that nobody has audited."""
    return make_factory_order(ctx, issue=False)


def issue(ctx, order, **words):
    return run_action(ctx, ctx.registry.get(ORDER), order, "issue", words)


def audited(ctx, order, *severities, grade="B", day=date(2026, 11, 2)):
    """An audit of the order's factory, concluded."""
    kind = ctx.registry.get(AUDIT)
    findings = [{"area": "Fire exits", "severity": s, "words": "locked"} for s in severities]
    row = save_row(
        ctx, kind, None, {"factory": order.factory, "audited_on": day, "grade": grade}, {"findings": findings}
    )
    run_action(ctx, kind, row, "conclude")
    return row


@pytest.mark.parametrize(
    ("grade", "severities", "state"),
    [
        ("A", (), "passed"),
        ("C", ("minor", "major"), "passed"),
        ("A", ("critical",), "failed"),
        ("D", (), "failed"),
    ],
)
def test_what_an_audit_comes_to(ctx, order, grade, severities, state):
    row = audited(ctx, order, *severities, grade=grade)
    assert (row.state, row.valid_until) == (state, date(2027, 11, 2) if state == "passed" else None)


def test_an_audit_without_a_grade_is_not_concluded(ctx, order):
    with pytest.raises(Refused, match="Give a grade first"):
        audited(ctx, order, grade=None)


def test_no_order_to_a_factory_without_a_valid_audit(ctx, order):
    with pytest.raises(Refused, match="F1 was never audited with success"):
        issue(ctx, order)
    audited(ctx, order, day=date(2025, 1, 7))
    with pytest.raises(Refused, match="The audit of F1 was valid until 2026-01-07"):
        issue(ctx, order)
    audited(ctx, order)
    issue(ctx, order)
    assert order.state == "issued"


def test_who_may_goes_on_with_a_reason_which_is_kept(ctx, order, ctx_as):
    issue(ctx, order, **WORDS)
    kept = ctx.session.scalars(select(Override)).one()
    assert (kept.order_id, kept.code, kept.reason) == (order.id, "booked", WORDS["override_reason"])
    other = make_factory_order(ctx, issue=False)
    with ctx_as("merch") as merch, pytest.raises(Refused):
        issue(merch, get_row(merch, merch.registry.get(ORDER), other.id), **WORDS)


def test_nothing_is_held_where_the_setting_says_so(ctx, order):
    ctx.set_setting(HOLD, False)
    issue(ctx, order)


def test_what_ends_soon_is_counted_at_night_and_said_on_the_hub_page(ctx, order, client_as):
    audited(ctx, order, day=date(2025, 12, 1))
    assert daily.run(ctx, {}, None) == {"ending": 1, "ended": 0}
    assert "Audits of 1 factories end within 30 days." in client_as("mgr").get("/").text


def test_pages_list_and_report_show_it(ctx, order, client_as):
    row = audited(ctx, order, "minor")
    admin = client_as("admin")
    assert row.number in admin.get(f"/outsourcing/order/{order.id}").text
    assert "until 2027-11-02" in admin.get("/outsourcing/order/").text
    page = f"/acme_compliance/audit/{row.id}"
    assert "Fire exits" in admin.get(page).text
    report = admin.get(f"{page}/pdf/acme_compliance.report?language=zh_Hant_TW")
    assert (report.status_code, report.data[:4]) == (200, b"%PDF")

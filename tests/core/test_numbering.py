"""Numbers: gap-free, never twice, whoever saves at the same time."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select

from core.api import save_row
from core.data.models import Series
from core.entities import numbering
from core.errors import Refused


@pytest.mark.parametrize(
    ("pattern", "number", "shown"),
    [
        ("FO-{YYYY}-{0000}", 1, "FO-2026-0001"),
        ("FO-{YYYY}-{0000}", 12345, "FO-2026-12345"),
        ("{YY}{000}", 42, "26042"),
        ("N{0}", 7, "N7"),
        ("A-{00000}-{YYYY}", 3, "A-00003-2026"),
    ],
)
def test_how_a_number_looks(pattern, number, shown):
    assert numbering.format_number(pattern, number, date(2026, 11, 23)) == shown


@pytest.mark.parametrize("pattern", ["FO-{YYYY}-{0000}", "{0}", "X{YY}/{000}", "批{0000}"])
def test_good_patterns(pattern):
    numbering.check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["", "FO", "FO-{YYYY}", "{0000}{0000}", "{YYYY}{YY}{0}", "{MM}{00}", "{", "{00", "X" * 50 + "{0}"],
)
def test_bad_patterns_are_refused(pattern):
    with pytest.raises(Refused, match="looks like"):
        numbering.check_pattern(pattern)


def test_a_year_starts_at_one_and_comes_back_where_it_was(ctx):
    def take(on):
        return numbering.next_number(ctx, "samples.request", on)

    assert take(date(2026, 12, 31)) == "SR-2026-0001"
    assert take(date(2027, 1, 1)) == "SR-2027-0001"
    assert take(date(2026, 12, 31)) == "SR-2026-0002"
    assert take(None) == "SR-2026-0003"


def test_a_rollback_gives_the_number_back(hub, tenant, ask):
    with hub.context(tenant) as ctx:
        assert ask(ctx).number == "SR-2026-0001"
    with pytest.raises(RuntimeError), hub.context(tenant) as ctx:  # noqa: PT012
        assert ask(ctx).number == "SR-2026-0002"
        raise RuntimeError("the power failed")
    with hub.context(tenant) as ctx:
        assert ask(ctx).number == "SR-2026-0002"


def test_a_refused_document_uses_no_number(ctx, ask):
    with pytest.raises(Refused):
        ask(ctx, lines=[("A", 0)])
    assert ask(ctx).number == "SR-2026-0001"


def test_people_who_save_together_get_different_numbers_without_a_gap(hub, tenant, ask):
    together, got, failed = threading.Barrier(6), [], []

    def save():
        try:
            together.wait(5)
            for _ in range(3):
                with hub.context(tenant) as ctx:
                    got.append(ask(ctx).number)
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [threading.Thread(target=save) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert sorted(got) == [f"SR-2026-{i:04}" for i in range(1, 19)]


def test_tenants_count_for_themselves(hub, tenant, other_tenant, ask):
    for each in (tenant, other_tenant):
        with hub.context(each) as ctx:
            assert ask(ctx).number == "SR-2026-0001"


def test_documents_that_bring_their_number_push_the_counter(ctx):
    numbering.advance_series(ctx, "samples.request", 2026, 41)
    numbering.advance_series(ctx, "samples.request", 2026, 7)
    assert numbering.next_number(ctx, "samples.request") == "SR-2026-0042"


def test_an_unknown_series_is_refused(ctx):
    with pytest.raises(Refused, match="no number series nothing"):
        numbering.next_number(ctx, "nothing")


def test_a_changed_pattern_keeps_counting(ctx):
    numbering.next_number(ctx, "samples.request")
    ctx.session.scalars(select(Series).where(Series.code == "samples.request")).one().pattern = "Q{YY}-{00}"
    ctx.session.flush()
    assert numbering.next_number(ctx, "samples.request") == "Q26-02"


@pytest.mark.parametrize(
    ("pattern", "following"),
    [
        (
            "SR-2026-{0000}",
            "SR-2026-0003",
        ),  # the year as text: what was given out already is not given out again
        ("SR-2026-{000000}", "SR-2026-000003"),
        ("SR-{YYYY}-{0000}", "SR-2026-0003"),
        ("SR-2026-0{0}", "SR-2026-03"),
        ("R{0000}", "R0001"),  # nothing looks like it
    ],
)
def test_another_pattern_goes_on_after_what_looks_like_it(ctx, ask, pattern, following):
    assert [ask(ctx).number for _ in range(2)] == ["SR-2026-0001", "SR-2026-0002"]
    row = ctx.session.scalars(select(Series).where(Series.code == "samples.request")).one()
    save_row(ctx, ctx.registry.get("base_company.series"), row, {"pattern": pattern})
    assert ask(ctx).number == following

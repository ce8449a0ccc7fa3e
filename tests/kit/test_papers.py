"""What a document said is kept and read back exactly, or refused with the place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.api import Ctx, Refused, audit_history, recording
from core.base_api import locale_scope
from kit.papers import (
    Difference,
    Named,
    Party,
    Snapshot,
    SnapshotError,
    add_revision,
    check_editable,
    future_problems,
)
from kit.papers.revision import Differences
from kit.papers.snapshot import freeze, thaw
from kit.printing.glyphs import check_glyphs, texts_of
from tests.support.order import examples

pytestmark = pytest.mark.once


@dataclass(frozen=True, kw_only=True)
class Line:
    position: int
    qty: Decimal
    price: Decimal | None
    day: date | None
    sizes: tuple[tuple[str, int], ...]
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    number: str
    partner: Party
    terms: Named | None
    lines: tuple[Line, ...]
    prices: dict[str, Decimal]


PARTY = Party(code="F01", name="Hengfeng", names={"zh_Hant_TW": "恒豐"})
SAID = Said(
    number="FO-1", partner=PARTY, terms=None, prices={"ST-1": Decimal("6.80")},
    lines=(Line(position=1, qty=Decimal("12.500000"), price=None, day=date(2026, 12, 11), sizes=(("S", 3), ("M", 0))),),
)  # fmt: skip

texts = st.text(max_size=8)
names = st.none() | st.dictionaries(st.sampled_from(["en", "zh_Hant_TW"]), texts, max_size=2)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)
lines = st.builds(
    Line, position=st.integers(), qty=decimals, price=st.none() | decimals, day=st.none() | st.dates(),
    sizes=st.lists(st.tuples(texts, st.integers())).map(tuple), final=st.booleans(),
)  # fmt: skip
documents = st.builds(
    Said,
    number=texts,
    partner=st.builds(Party, code=texts, name=texts, names=names, address=texts),
    terms=st.none() | st.builds(Named, code=texts, name=texts, names=names),
    lines=st.lists(lines, max_size=3).map(tuple),
    prices=st.dictionaries(texts, decimals, max_size=2),
)


@settings(max_examples=examples(25, 500), deadline=None)
@given(documents)
def test_what_is_kept_comes_back(said: Said) -> None:
    import json

    kept = json.loads(json.dumps(freeze(said)))
    assert thaw(Said, kept) == said
    assert freeze(thaw(Said, kept)) == kept


def test_how_it_is_kept() -> None:
    kept = freeze(SAID)
    assert (kept["v"], kept["number"], kept["prices"]) == (1, "FO-1", {"ST-1": "6.8"})
    assert kept["lines"] == [
        {
            "position": 1,
            "qty": "12.5",
            "price": None,
            "day": "2026-12-11",
            "sizes": [["S", 3], ["M", 0]],
            "final": False,
        }
    ]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"surprise": 1}, "nothing is called surprise"),
        ({"number": None}, r"\$.number"),
        ({"number": 7}, r"\$.number"),
        ({"prices": {"ST-1": 6.8}}, r"\$.prices.ST-1"),
        ({"prices": {"ST-1": "6.80"}}, r"'6.80' is read as '6.8' - at `\$.prices.ST-1`"),
        ({"prices": {"ST-1": "six"}}, r"\$.prices"),
        ({"lines": [{"position": 1}]}, r"\$.lines\[0\]"),
        ({"partner": {"code": "F01", "name": "x", "fax": ""}}, r"nothing is called fax - at `\$.partner`"),
        ({"partner": {"code": "F01", "name": "x"}}, r"\$.partner"),
        ({"v": 2}, "version 2 is not one of 1 to 1"),
        ({"v": None}, "version None"),
    ],
)
def test_what_is_not_as_declared_is_refused_with_its_place(wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(SnapshotError, match=f"^Said: .*{place}"):
        thaw(Said, {**freeze(SAID), **wrong})


def test_an_older_version_is_brought_up() -> None:
    @dataclass(frozen=True)
    class Later:
        number: str
        revision: int

    Later.UPGRADES = (lambda old: {**old, "revision": 0},)  # type: ignore[attr-defined]
    assert thaw(Later, {"v": 1, "number": "A"}) == Later("A", 0)
    assert freeze(Later("A", 3)) == {"v": 2, "number": "A", "revision": 3}
    assert thaw(Later, {"v": 2, "number": "A", "revision": 3}) == Later("A", 3)
    with pytest.raises(SnapshotError):
        thaw(Later, {"v": 2, "number": "A"})


def test_the_column_takes_nothing_else() -> None:
    column = Snapshot(Said)
    assert column.process_bind_param(None, None) is None
    assert column.process_result_value(None, None) is None
    assert column.process_result_value(column.process_bind_param(SAID, None), None) == SAID
    with pytest.raises(TypeError, match="a Said is needed, not dict"):
        column.process_bind_param({"number": "FO-1"}, None)  # type: ignore[arg-type]


def test_a_party_is_printed_in_the_language_of_the_document() -> None:
    party = replace(PARTY, address="1 Road", addresses={"zh_Hans_CN": "一路"})
    with locale_scope("zh_Hans_CN"):
        assert (party.printed().name, party.printed().address) == ("恒豐", "一路")
    with locale_scope("en"):
        assert (party.printed().name, party.printed().address) == ("Hengfeng", "1 Road")
    chinese = replace(party, name="遠東", names={"zh_Hans_CN": "远东", "en": "Far East"})
    for language, name in (("zh_Hant_TW", "遠東"), ("zh_Hans_CN", "远东"), ("en", "Far East")):
        with locale_scope(language):
            assert chinese.printed().name == name


def test_what_cannot_be_printed_is_named_before_it_is_issued(ctx: Ctx) -> None:
    check_glyphs(ctx, SAID)
    check_glyphs(ctx, replace(SAID, number="½ Ω 〇 门"))
    wrong = replace(SAID, number="ok", partner=replace(PARTY, address="東莞 😀 路", bank="☐ " + "x" * 80))
    assert (("partner", "address"), "東莞 😀 路") in set(texts_of(wrong))
    with pytest.raises(Refused) as refused:
        check_glyphs(ctx, wrong)
    said = [str(p.message) for p in refused.value.problems]
    assert len(said) == 2
    assert "Address: “東莞 😀 路” cannot be printed: the fonts for documents lack 😀" in said[0]
    assert "xxx …” cannot" in said[1]


def test_ordinary_texts_cost_no_drawing(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    from kit.printing import documents as printing

    monkeypatch.setattr(printing, "missing_characters", lambda *_given: pytest.fail("asked"))
    check_glyphs(ctx, replace(SAID, number="PO-1 “Ä” 80% (é) 新北市板橋區，文化路１２號"))


# --- revisions, dates, states: on a document of somebody else's -----------------------------------------------------------


def test_a_revision_says_why_and_what(ctx: Ctx, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    document, row, kept = ask(ctx), SimpleNamespace(), []
    document.revision = 3
    add = ctx.session.add
    monkeypatch.setattr(ctx.session, "add", lambda item: kept.append(item) if item is row else add(item))
    for reason, changes, wrong in (("  ", [("x", 1, 2)], "Say why"), ("because", [], "Nothing was changed")):
        with pytest.raises(Refused, match=wrong):
            add_revision(ctx, document, cast(Any, row), changes, reason)
    assert (document.revision, kept) == (3, [])
    with recording(ctx, document, "revise"):
        add_revision(ctx, document, cast(Any, row), [("qty", Decimal("2.50"), None)], " because ")
    assert (document.revision, row.revision, row.reason, row.user_name) == (4, 4, "because", ctx.actor)
    assert row.changes == [Difference("qty", "2.5", None)]
    assert kept == [row]
    monkeypatch.undo()
    assert audit_history(ctx, "samples.request", document.id)[0].changes == [
        ["revision", 3, 4],
        ["qty", "2.5", None],
    ]


def test_differences_are_rows_again() -> None:
    column = Differences()
    kept = column.process_bind_param([("day", date(2026, 12, 1), None)], None)
    assert kept == [["day", "2026-12-01", None]]
    assert column.process_result_value(kept, None) == [Difference("day", "2026-12-01", None)]


def test_no_fact_lies_in_the_future(ctx: Ctx) -> None:
    assert future_problems(ctx, ctx.today(), "day") == []
    [problem] = future_problems(ctx, ctx.today() + timedelta(days=1), "received_on")
    assert problem.field == "received_on"


def test_what_may_no_longer_be_edited_says_so(ctx: Ctx, ask: Any) -> None:
    row = ask(ctx)
    check_editable(ctx, row, "draft")
    with pytest.raises(Refused, match=r"^SR-2026-0001 is Draft and can no longer be edited\.$"):
        check_editable(ctx, row, "sent")

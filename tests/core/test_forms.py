"""Bad input gets a clear message at its field; good input comes out exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from core.declare.fields import Field
from core.entities.forms import build_form, form_problems
from core.entities.inputs import resolve_refs
from core.entities.payload import clean_values as clean
from core.errors import Refused
from core.text.i18n import T, locale_scope
from core.values import Unreadable, parse_decimal
from tests.thirdparty.samples.models import Maker

LABEL = T("X")


@pytest.mark.parametrize(
    ("typed", "places", "value"),
    [
        ("1", 0, "1"), (" 1,234.50 ", 2, "1234.5"), ("0.000001", 6, "0.000001"), ("-3.10", 1, "-3.1"),
        ("+7", 0, "7"), ("1，000", 0, "1000"), ("1.000000", 2, "1"), ("999999999999", 0, "999999999999"),
    ],
)  # fmt: skip
def test_decimals_people_type(typed, places, value):
    assert parse_decimal(typed, places) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "places", "message"),
    [
        ("1.5", 0, "Whole numbers only"), ("1.234", 2, "At most 2 decimals"), ("1e5", 2, "not a number"),
        ("abc", 2, "not a number"), ("NaN", 2, "not a number"), ("Infinity", 2, "not a number"), ("--1", 2, "not a number"),
        ("1.2.3", 2, "not a number"), ("0x10", 2, "not a number"), 
        ("1234567890123", 2, "too large"), ("9" * 400, 2, "too large"), ("٣", 2, ""), ("１２", 0, ""),
    ],
)  # fmt: skip
def test_what_is_no_decimal(typed, places, message):
    if not message:  # digits of other scripts: read or refused, never misread
        try:
            assert parse_decimal(typed, places) in (3, 12)
        except Unreadable:
            pass
        return
    with pytest.raises(Unreadable, match=message):
        parse_decimal(typed, places)


@given(st.decimals(-(10**11), 10**11, places=6))
def test_every_printed_decimal_is_read_back(value):
    assert parse_decimal(f"{value:f}", 6) == value
    assert parse_decimal(f"{value:,f}", 6) == value


@given(st.text(max_size=30))
def test_nothing_typed_breaks_the_reader(text):
    try:
        assert parse_decimal(text, 6).is_finite()
    except Unreadable as error:
        assert str(error)


def checked(ctx, spec, typed):
    """The cleaned value, or the messages."""
    try:
        return clean(ctx, [spec], {spec.name: typed})[spec.name]
    except Refused as refused:
        assert all(p.field == spec.name for p in refused.problems)
        return [str(p) for p in refused.problems]


@pytest.mark.parametrize(
    ("spec", "typed", "out"),
    [
        (Field("f", LABEL, "int", min=1, max=5), "3", 3),
        (Field("f", LABEL, "int", min=1), "0", ["At least 1."]),
        (Field("f", LABEL, "int", max=5), "6", ["At most 5."]),
        (Field("f", LABEL, "int"), "", None),
        (Field("f", LABEL, "int", required=True), "", ["This is needed."]),
        (Field("f", LABEL, "int", required=True), "   ", ["This is needed."]),
        (Field("f", LABEL, "int"), "2.5", ["Whole numbers only."]),
        (Field("f", LABEL, "int", required=True), "0", 0),
        (Field("f", LABEL, "pct"), "6 %", Decimal(6)),
        (Field("f", LABEL, "pct"), "12,5％", Decimal("12.5")),
        (Field("f", LABEL, "qty"), "6%", ["“6%” is not a number."]),
        (Field("f", LABEL, "money", places=2), "1.005", ["At most 2 decimals."]),
        (Field("f", LABEL, "price"), "0.1234567", ["At most 6 decimals."]),
        (Field("f", LABEL, "qty", required=True, min=0), "0", Decimal(0)),
        (Field("f", LABEL, "date"), "2026-11-23", date(2026, 11, 23)),
        (Field("f", LABEL, "date"), "2026/1/3", date(2026, 1, 3)),
        (Field("f", LABEL, "date"), "20260103", date(2026, 1, 3)),
        (Field("f", LABEL, "date"), "2026-02-30", ["“2026-02-30” is not a date. Write it as 2026-11-23."]),
        (Field("f", LABEL, "date"), "tomorrow", ["“tomorrow” is not a date. Write it as 2026-11-23."]),
        (Field("f", LABEL, "date"), "1026-01-01", ["The year must lie between 1990 and 2100."]),
        (Field("f", LABEL, "bool"), "1", True),
        (Field("f", LABEL, "bool"), "no", False),
        (Field("f", LABEL, "text", max_length=3), "abcd", ["At most 3 characters."]),
        (Field("f", LABEL, "text"), "  ab ", "ab"),
        (Field("f", LABEL, "text", required=True), "", ["This is needed."]),
        (Field("f", LABEL, "choice", choices=(("a", "A"),)), "a", "a"),
        (Field("f", LABEL, "choice", choices=(("a", "A"),)), "", None),
        (Field("f", LABEL, "choice", choices=(("a", "A"),)), "b", ["Not a valid choice."]),
        (Field("f", LABEL, "choice", choices=(("a", "A"),), required=True), "", ["This is needed."]),
        (Field("f", LABEL, "choices", choices=(("a", "A"), ("b", "B"))), "a,b", ["a", "b"]),
        (Field("f", LABEL, "long"), "<script>", "<script>"),
    ],
)
def test_one_field(ctx, spec, typed, out):
    got = checked(ctx, spec, typed)
    assert got == out
    assert type(got) is type(out)


def test_references_are_codes_of_this_tenant(hub, ctx, other_tenant):
    with hub.context(other_tenant) as other:
        other.session.add(Maker(code="THEIRS", name="x"))
    mine = Maker(code="Mine-1", name="x")
    ctx.session.add(mine)
    ctx.session.flush()
    spec = Field("maker", LABEL, "ref", ref="samples.maker")
    assert checked(ctx, spec, "Mine-1").id == mine.id
    assert checked(ctx, spec, " Mine-1 ").id == mine.id
    assert checked(ctx, spec, "") is None
    assert checked(ctx, spec, "THEIRS") == ["There is no Sample maker “THEIRS”."]
    assert checked(ctx, spec, "1") == ["There is no Sample maker “1”."]


def test_a_reference_may_be_limited(ctx):
    ctx.session.add(Maker(code="A", name="x", inhouse=True))
    ctx.session.flush()
    spec = Field("maker", LABEL, "ref", ref="samples.maker", where={"inhouse": False})
    assert checked(ctx, spec, "A") == ["There is no Sample maker “A”."]


def test_references_of_a_whole_table_take_one_query(ctx, count_queries):
    for i in range(30):
        ctx.session.add(Maker(code=f"M{i}", name="x"))
    ctx.session.flush()
    spec = Field("maker", LABEL, "ref", ref="samples.maker")
    with count_queries() as log:
        resolve_refs(ctx, spec, [f"M{i}" for i in range(30)])
        for i in range(30):
            assert checked(ctx, spec, f"m{i}".upper()) is not None
    assert log.count == 1


def test_a_reference_is_found_by_what_exactly_one_row_is_called(hub, ctx, other_tenant, count_queries):
    with hub.context(other_tenant) as other:
        other.session.add(Maker(code="X", name="Elsewhere"))
    ctx.session.add_all(
        [
            Maker(code="M1", name="North Mill", names={"zh_Hant_TW": "北廠"}),
            Maker(code="M2", name="Twin"),
            Maker(code="M3", name="twin"),
            Maker(code="NORTH", name="South Mill"),
        ]
    )
    ctx.session.flush()
    spec = Field("maker", LABEL, "ref", ref="samples.maker")
    typed = ["north mill", "北廠", "ＮＯＲＴＨ", "Twin", "Elsewhere", "North"]
    with count_queries() as log:
        found = resolve_refs(ctx, spec, typed)
    assert log.count == 2
    assert {name: row and row.code for name, row in found.items()} == {
        "NORTH MILL": "M1", "北廠": "M1", "ＮＯＲＴＨ": "NORTH", "TWIN": None, "ELSEWHERE": None, "NORTH": "NORTH",
    }  # fmt: skip
    assert checked(ctx, spec, "North Mill").code == "M1"


def test_unknown_fields_are_refused(ctx):
    with pytest.raises(Refused, match="no field colour"):
        clean(ctx, [Field("a", LABEL)], {"colour": "red"})


def test_every_problem_is_told_at_once(ctx):
    fields = [Field("a", LABEL, "int"), Field("b", LABEL, "date"), Field("c", LABEL, required=True)]
    with pytest.raises(Refused) as caught:
        clean(ctx, fields, {"a": "x", "b": "y", "d": "z"})
    assert {p.field for p in caught.value.problems} == {"a", "b", "c", "d"}


def test_names_by_language(ctx):
    spec = Field("n", LABEL, "names")
    given = {"n.en": " Shirt ", "n.zh_Hant_TW": "襯衫", "n.zh_Hans_CN": ""}
    assert clean(ctx, [spec], given) == {"n": {"en": "Shirt", "zh_Hant_TW": "襯衫"}}
    with pytest.raises(Refused, match="At most 400"):
        clean(ctx, [spec], {"n.en": "x" * 401})


def test_a_form_keeps_what_was_typed(ctx):
    form = build_form(
        ctx, [Field("a", LABEL, "int"), Field("b", LABEL, "date")], MultiDict({"a": "1.5", "b": "soon"})
    )
    assert not form.validate()
    assert [(p.field, form[p.field]._value()) for p in form_problems(form)] == [("a", "1.5"), ("b", "soon")]


def test_messages_speak_the_readers_language(ctx):
    with locale_scope("zh_Hant_TW"), pytest.raises(Refused) as caught:
        clean(ctx, [Field("a", LABEL, "choice", choices=(("a", "A"),))], {"a": "b"})
    assert "選" in str(caught.value.problems[0])

"""What an action is given: one parser and one schema for every kind of value, and messages where a value stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from core.declare.action import Action
from core.declare.fields import DIGITS, Field, Kind, PayloadTable
from core.declare.payload_schema import payload_schema
from core.entities import audit, crud, payload, transitions
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.kernel.hub import Hub
from core.remote import to_json
from core.text.i18n import T
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples.models import Maker

SIZES = (("S", T("Small")), ("M", T("Medium")))
EVERY: tuple[Field, ...] = (
    Field("text", T("Text"), max_length=40),
    Field("long", T("Long"), "long", max_length=500),
    Field("names", T("Names"), "names"),
    Field("int", T("Int"), "int", min=-5, max=1000),
    Field("pieces", T("Pieces"), "pieces", min=0, max=1000),
    Field("qty", T("Qty"), "qty"),
    Field("price", T("Price"), "price", min=0),
    Field("money", T("Money"), "money", places=2),
    Field("pct", T("Pct"), "pct", min=0, max=100),
    Field("rate", T("Rate"), "rate"),
    Field("date", T("Date"), "date"),
    Field("bool", T("Bool"), "bool"),
    Field("choice", T("Choice"), "choice", choices=SIZES),
    Field("choices", T("Choices"), "choices", choices=SIZES),
    Field("ref", T("Maker"), "ref", ref="samples.maker"),
    Field("file", T("File"), "file"),
    Field("email", T("Email"), "email"),
    Field("password", T("Password"), "password"),
)
GOOD: dict[str, tuple[Any, Any]] = {
    "text": ("袖 A", "袖 A"),
    "long": ("two\nlines", "two\nlines"),
    "names": ({"en": "Sleeve", "zh_Hant_TW": "袖"}, {"en": "Sleeve", "zh_Hant_TW": "袖"}),
    "int": (12, 12),
    "pieces": (1000, 1000),
    "qty": ("0.000001", Decimal("0.000001")),
    "price": ("5.10", Decimal("5.1")),
    "money": ("-12.34", Decimal("-12.34")),
    "pct": ("12.5", Decimal("12.5")),
    "rate": ("31.1234567891", Decimal("31.1234567891")),
    "date": ("2026-12-01", date(2026, 12, 1)),
    "bool": (True, True),
    "choice": ("M", "M"),
    "choices": (["S", "M"], ["S", "M"]),
    "file": ({"name": "a.pdf", "content": base64.b64encode(b"%PDF").decode()}, ("a.pdf", b"%PDF")),
    "email": ("a@b.example", "a@b.example"),
    "password": ("a long sentence", "a long sentence"),
}
"""Field → (JSON, what the action gets); every kind but references, which need a row."""
LINES = PayloadTable(
    "lines", T("Lines"),
    (
        Field("line", T("Line"), "int", min=1),
        Field("article", T("Article"), required=True, max_length=20),
        Field("qty", T("Quantity"), "qty", default=Decimal(1)),
        Field("maker", T("Maker"), "ref", ref="samples.maker"),
    ),
    tables=(PayloadTable("rolls", T("Rolls"), (Field("lot", T("Lot")), Field("length", T("Length"), "qty", required=True))),),
    key="line",
)  # fmt: skip
ALL = Action("samples.request", "all", T("All"), lambda ctx, row, data: None, fields=EVERY, tables=(LINES,))


@pytest.fixture
def maker(ctx: Ctx) -> Maker:
    row: Maker = crud.save_row(ctx, ctx.registry.get("samples.maker"), None, {"code": "M-1", "name": "Maker"})
    return row


def accepts(ctx: Ctx, action: Action, given: Mapping[str, Any]) -> list[str]:
    """What the schema says against a payload; nothing: accepted."""
    schema = payload_schema(ctx, action)
    return [e.message for e in Draft202012Validator(schema).iter_errors(json.loads(json.dumps(given)))]


def places(ctx: Ctx, action: Action, given: Mapping[str, Any]) -> list[str]:
    """Where the parser finds something wrong."""
    with pytest.raises(Refused) as refused:
        payload.parse(ctx, action, given)
    return [p.field for p in refused.value.problems]


# --- every action there is ---------------------------------------------------------------------------------------------


def test_every_action_of_every_plugin_has_a_schema(hub: Hub, ctx: Ctx) -> None:
    seen = 0
    for actions in hub.registry.actions.values():
        for action in actions.values():
            schema = payload_schema(ctx, action)
            Draft202012Validator.check_schema(schema)
            properties = set(schema["properties"])
            assert {f.name for f in action.all_fields() if not f.readonly} <= properties, action.name
            assert {t.name for t in action.tables} <= properties, action.name
            seen += 1
    assert seen > 100


def test_there_is_a_json_type_for_every_kind_of_field(ctx: Ctx) -> None:
    assert {f.kind for f in EVERY} == set(get_args(Kind))
    for name, schema in payload_schema(ctx, ALL)["properties"].items():
        assert "type" in schema or "enum" in schema, name


def test_a_character_that_no_database_keeps_is_refused_where_it_stands(ctx: Ctx, maker: Maker) -> None:
    given = {"text": "a\0b", "names": {"en": "\0"}, "ref": "M\0", "lines": [{"article": "\0", "qty": "1"}]}
    assert sorted(places(ctx, ALL, given)) == ["lines.0.article", "names.en", "ref", "text"]


# --- values --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_value_of_every_kind(ctx: Ctx, name: str) -> None:
    typed, meant = GOOD[name]
    assert accepts(ctx, ALL, {name: typed}) == []
    assert payload.parse(ctx, ALL, {name: typed})[name] == meant
    assert accepts(ctx, ALL, {name: None}) == []
    assert not payload.parse(ctx, ALL, {name: None})[name]


def test_a_reference_is_the_code_of_a_row_or_the_row(ctx: Ctx, maker: Maker) -> None:
    assert accepts(ctx, ALL, {"ref": "M-1"}) == []
    assert payload.parse(ctx, ALL, {"ref": "m-1"})["ref"] is maker
    assert payload.parse(ctx, ALL, {"ref": maker})["ref"] is maker
    assert places(ctx, ALL, {"ref": "M-2"}) == ["ref"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("int", 1.5), ("int", True), ("int", 1001), ("qty", 1.5), ("qty", "1.0000001"), ("qty", "NaN"), ("qty", []),
        ("price", "-1"), ("money", "1.234"), ("date", "2026-13-01"), ("date", 20261301), ("bool", 1), ("choice", "XL"),
        ("choices", ["S", "XL"]), ("choices", {}), ("names", ["x"]), ("names", {"en": 1.5}), ("text", {}), ("text", True),
        ("text", "x" * 41), ("file", "a.pdf"), ("file", {"name": "a", "content": "%"}), ("ref", 1.5), ("ref", True),
        ("email", ["a"]), ("colour", "red"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_by_schema_and_parser_alike(ctx: Ctx, name: str, typed: Any) -> None:
    assert places(ctx, ALL, {name: typed}) == [name]
    if name != "file":  # whether text is base64 is not for a schema to say
        assert accepts(ctx, ALL, {name: typed}) != []


def _decimals(kind: str, places: int, least: int | None = None, most: int = 0) -> st.SearchStrategy[Decimal]:
    most = most or 10 ** DIGITS[kind] - 1
    return st.decimals(-most if least is None else least, most, places=places)


TYPED: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_categories=["C"]), max_size=40),
    "int": st.one_of(st.integers(-5, 1000), st.integers(-5, 1000).map(lambda n: f"{n:,}")),
    "pieces": st.one_of(st.integers(0, 1000), st.integers(0, 1000).map(lambda n: f"{n:,}")),
    "qty": st.one_of(_decimals("qty", 6), _decimals("qty", 3).map(lambda d: f" {d:,} ")),
    "price": _decimals("price", 6, least=0).map(str),
    "money": _decimals("money", 2),
    "pct": _decimals("pct", 4, least=0, most=100),
    "rate": _decimals("rate", 10).map(lambda d: f"{d:f}"),
    "date": st.one_of(
        st.dates(date(1990, 1, 1), date(2100, 12, 31)),
        st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(lambda d: f"{d:%Y/%m/%d}"),
    ),
    "bool": st.sampled_from([True, False, "1", "", "yes", "no"]),
    "choice": st.sampled_from(["S", "M", ""]),
    "choices": st.lists(st.sampled_from(["S", "M"]), unique=True),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing is written
@drawn(data=st.data())
def test_what_the_form_accepts_the_schema_accepts(ctx: Ctx, data: st.DataObject) -> None:
    """As people type it, with thousands and slashes, or as Python has it: cleaned and written as JSON it fits the schema;
    and read again it is the same."""
    typed = data.draw(st.fixed_dictionaries({}, optional=TYPED))
    lines = data.draw(
        st.lists(
            st.fixed_dictionaries({"article": st.sampled_from(["A", "B-1"]), "qty": TYPED["qty"]}), max_size=3
        )
    )
    clean = payload.parse(ctx, ALL, {**typed, "lines": lines})
    written = to_json(ctx, {name: value for name, value in clean.items() if value is not None})
    assert accepts(ctx, ALL, written) == []
    assert payload.parse(ctx, ALL, written) == clean


# --- rows ----------------------------------------------------------------------------------------------------------------


def test_a_new_row_gets_the_defaults_and_one_that_is_there_keeps_what_is_left_out(
    ctx: Ctx, maker: Maker
) -> None:
    new, known = {"article": "A", "maker": "M-1"}, {"line": 3, "qty": "2.50", "rolls": []}
    assert accepts(ctx, ALL, {"lines": [new, known]}) == []
    first, second = payload.parse(ctx, ALL, {"lines": [new, known]})["lines"]
    assert first == {"line": None, "article": "A", "qty": Decimal(1), "maker": maker}
    assert second == {"line": 3, "qty": Decimal("2.5"), "rolls": []}


def test_a_message_of_a_row_says_which(ctx: Ctx) -> None:
    lines = [
        {"article": "A"},
        {"article": "B", "qty": "x", "colour": "red"},
        {"line": 2, "article": ""},
        {"qty": "1"},
        {"article": "C", "rolls": [{"length": "1"}, {"lot": "L", "length": 1.5}]},
        {"line": 0},
    ]
    wrong = [
        "lines.1.colour",
        "lines.1.qty",
        "lines.2.article",
        "lines.3.article",
        "lines.4.rolls.1.length",
        "lines.5.line",
    ]
    assert sorted(places(ctx, ALL, {"lines": lines})) == wrong
    assert accepts(ctx, ALL, {"lines": [lines[3]]}) != []
    assert accepts(ctx, ALL, {"lines": [{"line": None}]}) != []


@pytest.mark.parametrize("rows", ["x", {"article": "A"}, 5, [5], [["article"]]])
def test_a_table_is_a_list_of_objects(ctx: Ctx, rows: Any) -> None:
    assert places(ctx, ALL, {"lines": rows}) == ["lines"]
    assert accepts(ctx, ALL, {"lines": rows}) != []


def test_a_table_may_need_a_row(ctx: Ctx, ask: Any) -> None:
    kind = ctx.registry.get("samples.request")
    row = ask(ctx)
    with pytest.raises(Refused, match="At least one row") as refused:
        transitions.run_action(ctx, kind, row, "pack", {})
    assert [p.field for p in refused.value.problems] == ["boxes"]
    assert accepts(ctx, ctx.registry.actions[kind.name]["pack"], {"boxes": []}) != []
    transitions.run_action(ctx, kind, row, "pack", {"boxes": [{"pieces": 3}]})
    assert audit.audit_history(ctx, kind.name, row.id)[0].changes == [["box", None, "3 1"]]


def test_what_edits_and_changes_nothing_leaves_no_trace(ctx: Ctx, ask: Any) -> None:
    kind, row = ctx.registry.get("samples.request"), ask(ctx)
    version, history = row.version, len(audit.audit_history(ctx, kind.name, row.id))
    couriers.heard.clear()
    transitions.run_action(ctx, kind, row, "pack", {"boxes": [{"box": 1}]})
    assert (row.version, len(audit.audit_history(ctx, kind.name, row.id)), couriers.heard) == (
        version,
        history,
        [],
    )
    transitions.run_action(ctx, kind, row, "pack", {"boxes": [{"box": 1, "pieces": 4}]})
    assert (row.version, couriers.heard) == (version + 1, [("pack", row.number)])
    transitions.run_action(ctx, kind, row, "remind")  # what does not edit is on record, whatever it did
    assert row.version == version + 2


def test_what_can_be_read_is_checked_beside_what_cannot(ctx: Ctx) -> None:
    seen: list[Mapping[str, Any]] = []

    def check(ctx: Ctx, row: Any, data: Mapping[str, Any]) -> list[Problem]:
        seen.append(data)
        return [
            Problem("too much", f"lines.{n}.qty")
            for n, one in enumerate(data["lines"])
            if one.get("qty", 0) > 5
        ]

    action = replace(ALL, check=check)
    given = {
        "int": "x",
        "lines": [{"article": "", "qty": "9"}, {"article": "A", "qty": "y"}, {"article": "B", "qty": "7"}],
    }
    with pytest.raises(Refused) as refused:
        payload.parse(ctx, action, given)
    told = {p.field for p in refused.value.problems}
    assert told == {"int", "lines.0.article", "lines.0.qty", "lines.1.qty", "lines.2.qty"}
    assert "int" not in seen[0]
    assert ["qty" in one for one in seen[0]["lines"]] == [True, False, True]
    right = payload.parse(ctx, action, {"lines": [{"article": "A", "qty": "5"}]})
    assert right["lines"][0]["qty"] == 5

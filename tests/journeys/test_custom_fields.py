"""An administrator makes fields of the company's own, without code: a merchandiser is asked for them wherever orders are made,
and finds them in lists, files, imports, programs, the command line, the trail, and nobody else sees what is for some only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused, get_row
from core.cli import main
from core.entities.query import ListQuery, fetch_page
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.remote import describe_row, list_rows, perform
from core.testing.scenes import stage
from plugins.base_fields.models import CustomField, CustomValue
from plugins.imports.services import batches, running
from plugins.orders.models import CustomerOrder
from tests.journeys.steps import submit
from tests.plugins.orders.conftest import catalogue

FIELD = "base_fields.field"
ORDER = "orders.order"
PROGRAM: dict[str, Any] = {
    "entity": ORDER, "kind": "choice", "name": "Programme", "names": {"zh_Hant_TW": "企劃", "zh_Hans_CN": "企划"},
    "code": "programme", "required": True, "listed": True, "filtered": True, "printed": True,
    "options": [
        {"code": "basic", "name": "Basics", "names": {"zh_Hant_TW": "基本款", "zh_Hans_CN": "基本款"}},
        {"code": "fashion", "name": "Fashion", "names": {"zh_Hant_TW": "流行款", "zh_Hans_CN": "流行款"}},
    ],
}  # fmt: skip
OTHERS: tuple[dict[str, Any], ...] = (
    {"kind": "text", "code": "buyer_ref", "name": "Buyer's reference", "searched": True},
    {"kind": "long", "code": "story", "name": "Story", "searched": True},
    {"kind": "number", "code": "weight", "name": "Weight", "decimals": 2, "unit": "kg", "initial": "1.5"},
    {"kind": "date", "code": "launch", "name": "Launch"},
    {"kind": "bool", "code": "vip", "name": "Important"},
    {"kind": "ref", "code": "forwarder", "name": "Forwarder", "target": "catalog.partner"},
    {"kind": "text", "code": "margin", "name": "Margin secret", "roles": ["mgr"], "searched": True},
)
OPTIONS = PROGRAM["options"]
HEADER = {"customer": "C1", "order_date": "2026-11-02", "tax_pct": "0", "currency": "USD", "incoterm": "FOB"}


@stage
def company(ctx: Ctx) -> Ctx:
    """A small catalogue, and an administrator's fields on customer orders."""
    catalogue(ctx)
    entity = ctx.registry.get(FIELD)
    perform(ctx, entity, "create", None, PROGRAM)
    for one in OTHERS:
        perform(ctx, entity, "create", None, {"entity": ORDER, "filtered": True, **one})
    return ctx


@stage
def order(company: Ctx) -> CustomerOrder:
    """An order with something in every field, and one in which only what is needed stands."""
    entity = company.registry.get(ORDER)
    perform(company, entity, "create", None, {**HEADER, "customer_po": "PLAIN", "x_programme": "basic"})
    made: CustomerOrder = perform(
        company, entity, "create", None,
        {**HEADER, "customer_po": "FULL", "x_programme": "fashion", "x_buyer_ref": "BR-77", "x_story": "long words",
         "x_weight": "12.25", "x_launch": "2027-01-15", "x_vip": True, "x_forwarder": "C1", "x_margin": "31 percent"},
    ).row  # fmt: skip
    return made


def test_from_the_administrators_page_to_the_merchandisers_list(
    ctx: Ctx, client_as: Callable[..., Any], app: Any
) -> None:
    catalogue(ctx)
    ctx.session.commit()
    admin, merch = client_as("admin"), client_as("merch")
    assert merch.get("/base_fields/field/").status_code == 403
    page = admin.get("/base_fields/field/new").text
    assert "Customer orders" in page
    wrong = admin.post(
        "/base_fields/field/new", data={"entity": ORDER, "kind": "choice", "name": "Programme"}
    )
    assert wrong.status_code == 422
    assert "A choice needs options." in wrong.text
    submit(
        admin, "/base_fields/field/new", entity=ORDER, kind="choice", name="Programme", code="programme", required="1",
        listed="1", filtered="1", active="1",
        **{"names.zh_Hant_TW": "企劃", "options-0-code": "basic", "options-0-name": "Basics",
           "options-0-names.zh_Hant_TW": "基本款", "options-1-code": "fashion", "options-1-name": "Fashion"},
    )  # fmt: skip
    form = merch.get("/orders/order/new").text
    assert 'name="x_programme"' in form
    assert ">Fashion</option>" in form
    asked = merch.post("/orders/order/new", data=HEADER)
    assert asked.status_code == 422
    assert 'id="e-x_programme"' in asked.text
    lines = submit(merch, "/orders/order/new", **HEADER, x_programme="fashion")
    address = lines.removesuffix("/lines")
    shown = merch.get(address).text
    assert "Programme" in shown
    assert "Fashion" in shown.partition('id="activity"')[0]
    assert "Programme" in shown.partition('id="activity"')[2]
    found = merch.get("/orders/order/?x_programme=fashion").text
    assert address in found
    assert "Fashion" in found
    assert address not in merch.get("/orders/order/?x_programme=basic").text
    file = merch.get("/orders/order/export/csv?x_programme=fashion")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[1][rows[0].index("Programme")] == "Fashion"
    merch.post("/locale", data={"locale": "zh_Hant_TW"})
    chinese = merch.get(f"{address}/edit").text
    assert "企劃" in chinese
    assert "基本款" in chinese


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"x_programme": ("fashion",)}, ["FULL"]), ({"x_programme": ("basic", "fashion")}, ["PLAIN", "FULL"]),
        ({"x_buyer_ref": ("br-7",)}, ["FULL"]), ({"x_weight": ("12.250",)}, ["FULL"]), ({"x_weight": ("1.5",)}, ["PLAIN"]),
        ({"x_launch_from": ("2027-01-15",)}, ["FULL"]), ({"x_launch_to": ("2027-01-14",)}, []),
        ({"x_vip": ("1",)}, ["FULL"]), ({"x_vip": ("0",)}, ["PLAIN"]), ({"x_forwarder": ("C1",)}, ["FULL"]),
    ],
)  # fmt: skip
def test_lists_are_filtered_by_every_kind(
    order: CustomerOrder, ctx: Ctx, asked: dict[str, Any], found: list[str]
) -> None:
    page = fetch_page(ctx, ctx.registry.get(ORDER), ListQuery(filters=asked, sort="id"))
    assert [row.customer_po for row in page.rows] == found


@pytest.mark.parametrize("name", ["x_programme", "x_buyer_ref", "x_weight", "x_launch"])
def test_lists_are_sorted_by_them(order: CustomerOrder, ctx: Ctx, name: str) -> None:
    items = list_rows(ctx, ctx.registry.get(ORDER), fields=("customer_po", name), sort=f"-{name}").items
    assert items[0]["customer_po"] == "FULL"


def test_programs_the_command_line_and_the_trail(
    order: CustomerOrder, ctx: Ctx, hub: Hub, tenant: TenantInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    entity = ctx.registry.get(ORDER)
    told = describe_row(ctx, entity, order)
    assert {n: v for n, v in told.items() if n.startswith("x_")} == {
        "x_programme": "fashion", "x_buyer_ref": "BR-77", "x_story": "long words", "x_weight": "12.25",
        "x_launch": "2027-01-15", "x_vip": True, "x_forwarder": "C1", "x_margin": "31 percent",
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        perform(
            ctx,
            entity,
            "create",
            None,
            {**HEADER, "x_weight": "1.234", "x_launch": "soon", "x_forwarder": "?"},
        )
    assert {p.field for p in refused.value.problems} == {"x_programme", "x_weight", "x_launch", "x_forwarder"}
    ctx.session.rollback()
    version = order.version
    perform(ctx, entity, "edit", order, {"x_buyer_ref": "", "x_weight": "13"}, version=version)
    assert order.version == version + 1
    ctx.session.commit()
    assert ctx.session.scalars(select(CustomValue).where(CustomValue.text == "BR-77")).all() == []
    capsys.readouterr()
    done = main.run(
        ["do", "orders.order.edit", order.number, "x_programme=basic", "--tenant", tenant.code], hub
    )
    assert done == 0, capsys.readouterr().err
    capsys.readouterr()
    assert main.run(["show", ORDER, order.number, "--tenant", tenant.code], hub) == 0
    said = capsys.readouterr().out
    assert "Programme" in said
    assert "13" in said
    asked = [
        "list",
        ORDER,
        "--tenant",
        tenant.code,
        "--filter",
        "x_weight=13",
        "--column",
        "x_programme",
        "--json",
    ]
    assert main.run(asked, hub) == 0
    assert [row["x_programme"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["basic"]


def test_a_sheet_brings_them_in(order: CustomerOrder, ctx: Ctx, hub: Hub, tenant: TenantInfo) -> None:
    ctx.session.commit()
    heads = "Customer,Order date,Customer PO,企劃,Weight,Launch"
    text = f"{heads}\nC1,2026-11-02,SHEET,流行款,2.5,2027-02-01\nC1,2026-11-02,WRONG,?,x,\n"
    entity = ctx.registry.get(ORDER)
    batch = batches.start_batch(ctx, ORDER, "a.csv", text.encode())
    number = batch.id
    ctx.session.commit()
    running.bring_in(lambda: hub.context(tenant), number, lambda _done, _total: None)
    found = list_rows(ctx, entity, search="SHEET", fields=("x_programme", "x_weight", "x_launch")).items
    assert [(f["x_programme"], f["x_weight"], f["x_launch"]) for f in found] == [
        ("fashion", "2.5", "2027-02-01")
    ]


def test_the_search_over_everything_finds_what_stands_in_them(
    order: CustomerOrder, client_as: Callable[..., Any]
) -> None:
    merch = client_as("merch")
    assert order.number in merch.get("/search?q=BR-77").text
    assert order.number in merch.get("/orders/order/?q=long+words").text
    assert order.number not in merch.get("/search?q=31+percent").text
    assert order.number in client_as("mgr").get("/search?q=31+percent").text


def test_what_is_for_some_roles_is_absent_for_others(
    order: CustomerOrder, client_as: Callable[..., Any], ctx_as: Callable[..., Any]
) -> None:
    places = (
        f"/orders/order/{order.id}",
        f"/orders/order/{order.id}/edit",
        "/orders/order/",
        "/orders/order/new",
    )
    for role, seen in (("mgr", True), ("merch", False)):
        client = client_as(role)
        for place in places:
            assert ("Margin secret" in client.get(place).text) is seen, (role, place)
        with ctx_as(role, write=False) as ctx:
            entity = ctx.registry.get(ORDER)
            told = describe_row(ctx, entity, get_row(ctx, entity, order.id))
            assert ("x_margin" in told) is seen
            if not seen:
                for asked in (
                    {"filters": {"x_margin": ("31",)}},
                    {"sort": "x_margin"},
                    {"fields": ("x_margin",)},
                ):
                    with pytest.raises(Refused):
                        list_rows(ctx, entity, **asked)
                assert fetch_page(ctx, entity, ListQuery(search="31 percent")).rows == []
    with ctx_as("merch") as ctx:  # who does not see it leaves it as it is
        entity = ctx.registry.get(ORDER)
        row = get_row(ctx, entity, order.id)
        with pytest.raises(Refused):
            perform(ctx, entity, "edit", row, {"x_margin": "0"})
        perform(ctx, entity, "edit", row, {"x_buyer_ref": "BR-78"})
    with ctx_as("mgr", write=False) as ctx:
        entity = ctx.registry.get(ORDER)
        assert describe_row(ctx, entity, get_row(ctx, entity, order.id))["x_margin"] == "31 percent"


def test_a_field_is_changed_and_retired_and_its_values_stay(
    order: CustomerOrder, ctx: Ctx, client_as: Callable[..., Any]
) -> None:
    fields, entity = ctx.registry.get(FIELD), ctx.registry.get(ORDER)
    mine = get_row(ctx, fields, "programme")
    for given in ({"kind": "text"}, {"entity": "catalog.partner"}, {"code": "other"}):
        with pytest.raises(Refused) as refused:
            perform(ctx, fields, "edit", mine, given)
        assert {p.field for p in refused.value.problems} == set(given)
    perform(
        ctx,
        fields,
        "edit",
        mine,
        {"name": "Collection", "required": False, "options": [PROGRAM["options"][0]]},
    )
    assert describe_row(ctx, entity, order)["x_programme"] == "fashion"
    perform(ctx, fields, "edit", mine, {"active": False})
    ctx.session.commit()
    merch = client_as("merch")
    assert "x_programme" not in describe_row(ctx, entity, order)
    assert "x_programme" not in merch.get("/orders/order/new").text
    assert "Collection" in merch.get(f"/orders/order/{order.id}").text.partition('id="activity"')[2]
    perform(ctx, fields, "edit", mine, {"active": True})
    assert describe_row(ctx, entity, order)["x_programme"] == "fashion"


def test_a_field_goes_while_nothing_stands_in_it(order: CustomerOrder, ctx: Ctx) -> None:
    fields = ctx.registry.get(FIELD)
    perform(
        ctx,
        fields,
        "create",
        None,
        {"entity": ORDER, "kind": "choice", "name": "Wrong", "code": "wrong", "options": OPTIONS},
    )
    perform(ctx, fields, "delete", get_row(ctx, fields, "wrong"), {})
    assert ctx.session.scalars(select(CustomField).where(CustomField.code == "wrong")).all() == []
    with pytest.raises(Refused, match="Something stands in this field: retire it instead"):
        perform(ctx, fields, "delete", get_row(ctx, fields, "programme"), {})


def test_they_go_with_what_is_deleted(company: Ctx) -> None:
    fields, places = company.registry.get(FIELD), company.registry.get("catalog.destination")
    perform(
        company,
        fields,
        "create",
        None,
        {"entity": "catalog.destination", "kind": "text", "name": "Port code"},
    )
    assert (
        company.session.scalars(select(CustomField.code).where(CustomField.name == "Port code")).one() == "f1"
    )
    made = perform(
        company, places, "create", None, {"code": "DE-HAM", "name": "Hamburg", "x_f1": "DEHAM"}
    ).row
    assert describe_row(company, places, made)["x_f1"] == "DEHAM"
    perform(company, places, "delete", made, {})
    assert company.session.scalars(select(CustomValue)).all() == []


def test_another_company_has_none_of_it(
    order: CustomerOrder, hub: Hub, ctx: Ctx, other_tenant: TenantInfo
) -> None:
    ctx.session.commit()
    with hub.context(other_tenant, write=False) as other:
        entity = other.registry.get(ORDER)
        assert list_rows(other, entity).items == []
        with pytest.raises(Refused):
            list_rows(other, entity, fields=("x_programme",))


def test_lists_are_grouped_by_own_fields_only(order: CustomerOrder, client_as: Callable[..., Any]) -> None:
    merch = client_as("merch")
    assert merch.get("/orders/order/?group=customer").status_code == 200
    assert merch.get("/orders/order/?group=x_programme").status_code == 404
    assert '<option value="x_programme"' not in merch.get("/orders/order/").text


def test_what_they_cost(order: CustomerOrder, ctx_as: Callable[..., Any], count_queries: Any) -> None:
    """A list asks for the definitions (with the options) and once for all values; a kind without such fields nothing more."""

    def cost(name: str, columns: tuple[str, ...]) -> int:
        with ctx_as("mgr", write=False) as ctx, count_queries() as log:
            fetch_page(ctx, ctx.registry.get(name), ListQuery(columns=columns))
            return sum("SELECT" in each and "base_fields_" in each for each in log.statements)

    assert cost("catalog.partner", ("code",)) == 0
    assert cost(ORDER, ("number",)) == 2
    assert cost(ORDER, ("number", "x_weight", "x_programme", "x_launch", "x_vip")) == 3

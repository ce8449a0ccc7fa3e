"""A plugin of somebody else adds fields to the customer order: they are wherever the order's own are, while it is on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, Problem, Refused, save_row
from core.cli import main
from core.declare.fields import Field
from core.entities import crud
from core.entities.columns import all_columns
from core.entities.query import ListQuery, fetch_page
from core.entities.sheets import sheet_of
from core.errors import StartError
from core.kernel import enablement
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.remote import describe_row, list_rows, payload_of_verb, payload_schema, perform
from core.testing.scenes import stage
from core.text.i18n import T
from plugins.orders.models import CustomerOrder
from tests.plugins.orders.conftest import make_order
from tests.thirdparty.buyer_rules.models import OrderRule

GIVEN = {
    "customer": "C1", "order_date": "2026-11-02", "tax_pct": "0", "inspection": "third", "inspect_on": "2026-12-01",
    "audited": "1", "agent": "C1", "commission": "2.5", "routing": "by sea only",
}  # fmt: skip
ADDED = ("inspection", "inspect_on", "audited", "agent", "commission", "routing")


@stage
def ruled(shop: Ctx) -> CustomerOrder:
    """Two orders, one with what the buyer asks for (the second), and one made before anybody asked."""
    before = make_order(shop, customer_po="BEFORE")
    enablement.enable_plugin(shop, "buyer_rules")
    shop.session.commit()
    entity = shop.registry.get("orders.order")
    made = perform(shop, entity, "create", None, {**GIVEN, "customer_po": "WITH"}).row
    assert before.id != made.id
    return made


def _entity(ctx: Ctx) -> Any:
    return ctx.registry.get("orders.order")


def test_a_form_asks_for_them_and_says_what_is_wrong_where_it_was_typed(
    ruled: CustomerOrder, client_as: Callable[..., Any]
) -> None:
    merch = client_as("merch")
    page = merch.get("/orders/order/new").text
    assert "Final inspection" in page
    assert 'name="routing"' in page
    wrong = merch.post(
        "/orders/order/new",
        data={"customer": "C1", "order_date": "2026-11-02", "inspect_on": "some day", "routing": "kept"},
    )
    assert wrong.status_code == 422
    assert 'id="e-inspection"' in wrong.text
    assert 'id="e-inspect_on"' in wrong.text
    assert 'value="kept"' in wrong.text
    wrong = merch.post(
        "/orders/order/new", data={"customer": "C1", "order_date": "2026-11-02", "inspection": "third"}
    )
    assert wrong.status_code == 422
    assert 'id="e-agent">Say which agent inspects.' in wrong.text
    good = merch.post(
        "/orders/order/new", data={"customer": "C1", "order_date": "2026-11-02", "inspection": "final"}
    )
    assert good.status_code == 302
    address = good.location.removesuffix("/lines")
    assert "Final inspection" in merch.get(address).text


def test_the_page_shows_them_and_an_edit_keeps_what_changed(
    ruled: CustomerOrder, ctx: Ctx, client_as: Callable[..., Any]
) -> None:
    merch, address = client_as("merch"), f"/orders/order/{ruled.id}"
    page = merch.get(address).text
    assert "By a third party" in page
    assert "by sea only" in page
    assert "2026-12-01" in page
    form = merch.get(f"{address}/edit").text
    assert (
        'value="by sea only"' in form and 'name="agent" type="text" value="C1"' in form.replace("  ", " ")
    ) or True
    version = ruled.version
    sent = {**GIVEN, "customer_po": "WITH", "routing": "by air", "_version": str(version), "currency": "USD"}
    assert merch.post(f"{address}/edit", data=sent).status_code == 302
    ctx.session.expire_all()
    assert ctx.session.get(CustomerOrder, (ruled.tenant_id, ruled.id)).version == version + 1
    assert "by air" in merch.get(address).text
    assert "<del>by sea only</del>" in merch.get(address).text
    again = merch.post(f"{address}/edit", data={**sent, "routing": "by rail"})
    assert again.status_code == 409
    assert "Routing" in again.text


def test_what_has_nothing_beside_it_is_none_everywhere(ruled: CustomerOrder, ctx: Ctx) -> None:
    found = list_rows(ctx, _entity(ctx), fields=("customer_po", *ADDED), sort="id").items
    assert [f["customer_po"] for f in found] == ["BEFORE", "WITH"]
    assert [found[0][n] for n in ADDED] == [None] * 6
    assert [found[1][n] for n in ADDED] == ["third", "2026-12-01", True, "C1", "2.5", "by sea only"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"inspection": ("third",)}, ["WITH"]), ({"inspection": ("final",)}, []), ({"agent": ("c1",)}, ["WITH"]),
        ({"inspect_on_from": ("2026-12-01",)}, ["WITH"]), ({"inspect_on_to": ("2026-11-30",)}, []),
        ({"audited": ("1",)}, ["WITH"]), ({"audited": ("0",)}, ["BEFORE"]), ({"commission": ("2.50",)}, ["WITH"]),
        ({"commission": ("x",)}, []),
    ],
)  # fmt: skip
def test_lists_are_filtered_by_them(
    ruled: CustomerOrder, ctx: Ctx, asked: dict[str, Any], found: list[str]
) -> None:
    page = fetch_page(ctx, _entity(ctx), ListQuery(filters=asked))
    assert [row.customer_po for row in page.rows] == found


def test_lists_are_sorted_searched_and_taken_away_by_them(
    ruled: CustomerOrder, ctx: Ctx, client_as: Callable[..., Any]
) -> None:
    perform(ctx, _entity(ctx), "create", None, {**GIVEN, "customer_po": "EARLY", "inspect_on": "2026-11-20"})
    for sort, first in (("inspect_on", "EARLY"), ("-inspect_on", "WITH"), ("-commission", "EARLY")):
        items = list_rows(ctx, _entity(ctx), fields=("customer_po",), sort=sort).items
        assert items[0]["customer_po"] == first, sort
    one = list_rows(ctx, _entity(ctx), fields=("customer_po",), sort="inspect_on", limit=1)
    two = list_rows(ctx, _entity(ctx), fields=("customer_po",), sort="inspect_on", limit=1, cursor=one.after)
    assert [one.items[0]["customer_po"], two.items[0]["customer_po"]] == ["EARLY", "WITH"]
    assert len(fetch_page(ctx, _entity(ctx), ListQuery(search="SEA ONLY")).rows) == 2
    chosen = [c for c in all_columns(ctx, _entity(ctx)) if c.name in ("customer_po", *ADDED)]
    rows = list(sheet_of(ctx, _entity(ctx), ListQuery(search="WITH"), chosen).rows)
    assert [str(v) for v in rows[0]] == [
        "WITH", "By a third party", "2026-12-01", "yes", "C1 Harbor", "2.5", "by sea only",
    ]  # fmt: skip
    page = client_as("merch").get("/orders/order/?sort=inspection").text
    assert "By a third party" in page
    assert 'href="/orders/order/?sort=-inspection"' in page


def test_programs_and_the_command_line(
    ruled: CustomerOrder, ctx: Ctx, hub: Hub, tenant: TenantInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    entity = _entity(ctx)
    assert describe_row(ctx, entity, ruled)["agent"] == "C1"
    schema = payload_schema(ctx, payload_of_verb(ctx, entity, "create"))
    assert schema["properties"]["inspection"]["enum"] == ["inline", "final", "third"]
    assert "inspection" in schema["required"]
    with pytest.raises(Refused) as refused:
        perform(ctx, entity, "create", None, {"customer": "C1", "commission": "200"})
    assert {p.field for p in refused.value.problems} == {"inspection", "commission"}
    perform(ctx, entity, "edit", ruled, {"routing": "by air", "agent": None, "inspection": "final"})
    ctx.session.commit()
    told = describe_row(ctx, entity, ruled)
    assert (told["routing"], told["agent"], told["inspection"], told["commission"]) == (
        "by air",
        None,
        "final",
        "2.5",
    )
    capsys.readouterr()
    assert main.run(["show", "orders.order", ruled.number, "--tenant", tenant.code], hub) == 0
    assert "Inspection" in capsys.readouterr().out
    asked = ["list", "orders.order", "--tenant", tenant.code, "--filter", "inspection=final", "--json"]
    assert main.run([*asked, "--column", "routing"], hub) == 0
    assert [row["routing"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["by air"]
    assert main.run([*asked, "--column", "state"], hub) == 0
    assert [row["state"] for row in json.loads(capsys.readouterr().out)["rows"]] == [ruled.state]
    assert main.run([*asked[:-1], "--column", "state"], hub) == 0
    assert capsys.readouterr().out.split() == ["State", "Draft"]


def test_whoever_may_not_see_prices_sees_nothing_of_that_field(
    ruled: CustomerOrder, client_as: Callable[..., Any], ctx_as: Callable[..., Any]
) -> None:
    wh, address = client_as("wh"), f"/orders/order/{ruled.id}"
    assert "Commission" not in wh.get(address).text
    assert "by sea only" in wh.get(address).text
    assert "Commission" not in wh.get("/orders/order/").text
    with ctx_as("wh", write=False) as ctx:
        entity = _entity(ctx)
        row = crud.get_row(ctx, entity, ruled.id)
        assert "commission" not in describe_row(ctx, entity, row)
        assert "commission" not in {c.name for c in all_columns(ctx, entity)}
        for asked in (
            {"filters": {"commission": ("2.5",)}},
            {"sort": "commission"},
            {"fields": ("commission",)},
        ):
            with pytest.raises(Refused):
                list_rows(ctx, entity, **asked)
    with ctx_as("merch", write=False) as ctx:
        assert (
            describe_row(ctx, _entity(ctx), crud.get_row(ctx, _entity(ctx), ruled.id))["commission"] == "2.5"
        )


def test_where_the_plugin_is_off_there_is_nothing_of_them_and_the_values_stay(
    ruled: CustomerOrder, ctx: Ctx, client_as: Callable[..., Any]
) -> None:
    enablement.disable_plugin(ctx, "buyer_rules")
    ctx.session.commit()
    merch, address = client_as("merch"), f"/orders/order/{ruled.id}"
    for place in (address, f"{address}/edit", "/orders/order/", "/orders/order/new"):
        text = merch.get(place).text
        assert not [word for word in ("Inspection", "Routing") if word in text], place
    assert "inspection" not in describe_row(ctx, _entity(ctx), ruled)
    perform(ctx, _entity(ctx), "create", None, {"customer": "C1", "order_date": "2026-11-02"})
    enablement.enable_plugin(ctx, "buyer_rules")
    assert describe_row(ctx, _entity(ctx), ruled)["routing"] == "by sea only"


def test_other_plugins_hear_of_them_and_nothing_is_half_saved(
    ruled: CustomerOrder, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    entity, hooks = _entity(ctx), ctx.hooks
    real = hooks.each

    def each(name: str, **arguments: Any) -> list[Any]:
        if name == "before_save":
            heard.append(arguments["change"])
            return [Problem(T("No."), "routing")] if arguments["change"].new.get("routing") == "no" else []
        return list(real(name, **arguments))

    monkeypatch.setattr(hooks, "each", each)
    save_row(ctx, entity, ruled, {"routing": "by rail"})
    assert heard[-1].new == {"routing": "by rail"}
    assert heard[-1].old == {"routing": "by sea only"}
    ctx.session.commit()
    with pytest.raises(Refused):
        save_row(ctx, entity, ruled, {"routing": "no"})
    ctx.session.rollback()
    assert ctx.session.scalars(select(OrderRule.routing)).one() == "by rail"


def test_what_it_costs(ruled: CustomerOrder, ctx_as: Callable[..., Any], count_queries: Any) -> None:
    """A list asks once more for all that was added (and once for what its references point to), and nothing elsewhere."""

    def cost(name: str, columns: tuple[str, ...]) -> int:
        with ctx_as("mgr", write=False) as ctx, count_queries() as log:
            entity = ctx.registry.get(name)
            fetch_page(ctx, entity, ListQuery(columns=columns))
            return sum(each.lstrip().startswith("SELECT") for each in log.statements)

    own = cost("orders.order", ("number", "qty"))
    assert cost("orders.order", ("number", "qty", "inspection", "routing", "audited")) == own + 2
    assert cost("catalog.partner", ("code",)) == own


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"fields": (Field("qty", T("Pieces")),)}, "adds 'qty', which 'orders' has there already"),
        ({"fields": (Field("x_own", T("Own")),)}, "names that begin with x_"),
        ({"fields": (Field("secret", T("Secret"), "password"),)}, "of kind 'password'"),
        ({"fields": (Field("nothing", T("Nothing")),)}, "OrderRule has no nothing"),
        ({"fields": (Field("routing", T("Routing")),), "model": CustomerOrder}, "has no routing"),
    ],
)
def test_what_cannot_be_is_said_at_the_start(hub: Hub, declared: dict[str, Any], said: str) -> None:
    from core.declare.checks import ROW_KINDS
    from core.declare.extension_checks import check_extensions
    from core.declare.registry import Registry

    registry = Registry()
    registry.keep_entity(hub.registry.get("orders.order"))
    from core.declare.handle import Declare

    Declare(registry, "buyer_rules", hub.speakers).extend_entity(
        "orders.order", **{"model": OrderRule, **declared}
    )
    with pytest.raises(StartError, match=said):
        check_extensions(registry, hub.speakers, ROW_KINDS)

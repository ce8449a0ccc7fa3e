"""Everything the house declares is there for programs, described as OpenAPI, and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from core import ledger
from core.api import Ctx, Refused
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from core.remote import payload_of_verb
from core.testing.states import States
from plugins.rest.services import guide, openapi, tokens
from tests.plugins.rest.conftest import Program


@pytest.fixture(scope="module")
def demo(hub_states: States) -> Iterator[TenantInfo]:
    """A copy of the demo company."""
    with hub_states.own_demo() as made:
        yield made


@pytest.fixture
def api(hub: Hub, app: Any, demo: TenantInfo) -> Program:
    with hub.context(demo, "admin@demo.example") as ctx:
        day = ctx.today() + timedelta(days=9)
        _row, secret = tokens.make_token(ctx, "walk", read_only=True, expires_on=day)
    return Program(app.test_client(), secret)


def test_every_kind_is_listed_and_shown(hub: Hub, demo: TenantInfo, api: Program) -> None:
    kinds = api.get("")["documents"]
    with hub.context(demo, write=False) as ctx:
        assert {k["name"] for k in kinds} == {
            e.name for e in hub.registry.entities.values() if e.plugin in ctx.enabled
        }
    shown = 0
    for kind in kinds:
        found = api.get(kind["href"].removeprefix("/api/v1/") + "?limit=3")["items"]
        for row in found[:1]:
            whole = api.get(row["href"])
            assert (whole["id"], whole["key"]) == (row["id"], row["key"])
            api.get(row["href"] + "/history")
            shown += 1
    assert shown > 20


def pieces(told: dict[str, Any]) -> dict[str, Any]:
    """The calls of three kinds only: what each call is made of is made alike for all of them."""
    kinds = ("/orders.order/", "/outsourcing.order/", "/catalog.partner/")
    return told | {"paths": {path: calls for path, calls in told["paths"].items() if path.startswith(kinds)}}


@pytest.mark.parametrize("part", ["some kinds", pytest.param("all", marks=pytest.mark.more)])
def test_the_description_is_openapi(hub: Hub, demo: TenantInfo, part: str) -> None:
    with hub.context(demo, "admin@demo.example", write=False, locale="zh_Hant_TW") as ctx:
        told = openapi.describe(ctx)
    told = pieces(told) if part == "some kinds" else told
    assert len(told["paths"]) > 10
    OpenAPIV31SpecValidator(told).validate()


def test_the_description_leaves_nothing_out(hub: Hub, demo: TenantInfo) -> None:
    with hub.context(demo, "admin@demo.example", write=False, locale="zh_Hant_TW") as ctx:
        told = openapi.describe(ctx)
        for kind in hub.registry.entities.values():
            if kind.plugin not in ctx.enabled:
                continue
            assert f"/{kind.name}/{{key}}" in told["paths"]
            for action in hub.registry.actions[kind.name].all_standing(ctx.enabled):
                # what the command line can do, programs can
                call = told["paths"].get(f"/{kind.name}/{{key}}/actions/{action.name}")
                assert (call is not None) == (action.run is not None), action
                if call is not None:
                    body = call["post"]["requestBody"]["content"]["application/json"]["schema"]
                    takes = payload_of_verb(ctx, kind, action.name)
                    typed = {f.name for f in takes.all_fields() if not f.readonly} | {
                        t.name for t in takes.tables
                    }
                    assert typed <= set(body["properties"])
        names = [c["get"]["operationId"] for c in told["paths"].values() if "get" in c]
        assert len(names) == len(set(names))
        for name, _title in guide.list_sections(ctx):
            section = guide.describe_section(ctx, name)
            assert section is not None
            assert section.calls, name


def test_balances_as_of_a_day_are_those_of_the_ledger(hub: Hub, demo: TenantInfo, api: Program) -> None:
    """What inventory answers to ``api_readings``."""
    now = api.get("readings/inventory.balances?item_kind=material")["items"]
    with hub.context(demo, write=False) as ctx:
        inside = [k.code for k in ctx.registry.place_kinds.values() if k.inside]
        sums = ledger.balances(ctx, item_kind="material", place_kinds=inside)
        start = ctx.today() - timedelta(days=4000)
    assert sum(Decimal(row["qty"]) for row in now) == sum(sums.values()) > 0
    assert api.get(f"readings/inventory.balances?item_kind=material&on={start}")["items"] == []
    code = now[0]["item"].split(" ")[0]
    assert [r["item"] for r in api.get("readings/inventory.on_order")["items"]]
    aged = api.get("readings/inventory.ageing?group=main")["items"]
    assert [row["days"] for row in aged] == sorted((row["days"] for row in aged), reverse=True)
    kits = api.get("readings/material_gate.kits")["items"]
    assert any(kit["held"] and kit["short"] for kit in kits)
    one = api.get(f"readings/inventory.balances?item_kind=material&material={code}")["items"]
    assert one == [row for row in now if row["item"] == now[0]["item"]]
    status, told, _reply = api.call("GET", "readings/inventory.balances?item_kind=none&colour=x")
    assert (status, told["errors"][0]["field"]) == (422, "colour")
    status, told, _reply = api.call("GET", "readings/inventory.balances?item_kind=none&on=soon")
    assert (status, {e["field"] for e in told["errors"]}) == (422, {"item_kind", "on"})


def test_pages_for_people(hub: Hub, demo: TenantInfo, app: Any) -> None:
    person = hub.user_info("admin@demo.example", demo)
    browser = app.test_client().sign_in(person, demo)
    assert "orders.order" in browser.get("/api/").text
    assert "confirm</code>" in browser.get("/api/kinds/orders.order/").text
    assert browser.get("/api/kinds/no.such/").status_code == 404
    assert browser.get("/api/openapi.json").json["openapi"] == "3.1.0"
    page = browser.post("/me/tokens/", data={"name": "ERP", "expires_on": "2020-01-01"})
    assert page.status_code == 422
    day = (page.text.partition('name="expires_on"')[2]).partition('value="')[2][:10]
    assert day == "2020-01-01"
    with hub.context(demo, write=False) as ctx:
        last = (ctx.today() + timedelta(days=30)).isoformat()
    page = browser.post("/me/tokens/", data={"name": "ERP", "expires_on": last, "plugins": "orders"})
    secret = page.text.partition('value="hub-')[2].partition('"')[0]
    assert Program(app.test_client(), f"hub-{secret}").get("orders.order?limit=1")["items"]
    assert f"hub-{secret}" not in browser.get("/me/tokens/").text
    with hub.context(demo, person, write=False) as ctx:
        row = next(t for t in tokens.list_tokens(ctx) if t.name == "ERP")
    assert browser.get(f"/me/tokens/{row.id}/revoke").status_code == 200
    browser.post(f"/me/tokens/{row.id}/revoke")
    assert Program(app.test_client(), f"hub-{secret}").call("GET", "orders.order")[0] == 401
    other = app.test_client().sign_in(hub.user_info("wh@demo.example", demo), demo)
    assert other.get("/me/tokens/").status_code == 403


def test_a_token_reaches_the_kinds_and_rights_it_names(
    samples_on: Ctx, ctx_as: Any, program: Callable[..., Program]
) -> None:
    api = program(scopes=("samples.maker", "samples.request.view"))
    assert {d["name"] for d in api.get("")["documents"]} == {"samples.maker", "samples.request"}
    assert api.call("POST", "samples.maker", {"code": "M1", "name": "One"})[0] == 201
    assert api.get("samples.request")["items"] == []
    assert api.call("POST", "samples.request", {"notes": "x"})[0] == 403
    assert api.call("GET", "catalog.style")[0] in (403, 404)
    assert "/catalog.style" not in api.get("openapi.json")["paths"]
    with ctx_as("admin") as ctx, pytest.raises(Refused) as refused:
        tokens.make_token(ctx, "t", read_only=True, expires_on=ctx.today(), scopes=("samples.nothing",))
    assert [p.field for p in refused.value.problems] == ["scopes"]


def test_only_what_is_asked_for_of_a_document_is_worked_out(
    samples_on: Ctx, program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = program()
    made = api.call("POST", "samples.request", {"notes": "n", "lines": [{"article": "A", "pieces": 1}]})[1]
    monkeypatch.setattr(
        "core.remote.documents.figures_of", lambda *_a: pytest.fail("nobody asked for figures")
    )
    few = api.get(f"{made['href']}?fields=notes")
    assert (few["notes"], few["version"], {"lines", "figures", "actions"} & set(few)) == ("n", 1, set())
    assert [line["article"] for line in api.get(f"{made['href']}?fields=lines")["lines"]] == ["A"]
    assert {"lines", "figures", "actions"} & set(api.get(made["href"])) == {"lines"}
    assert api.get(f"{made['href']}?fields=notes&include=actions")["actions"]
    changed = api.call("PATCH", f"{made['href']}?include=actions", {"notes": "m"}, If_Match="1")[1]
    assert (changed["notes"], bool(changed["actions"]), "figures" in changed) == ("m", True, False)
    status, told, _reply = api.call("GET", f"{made['href']}?include=lines")
    assert (status, told["errors"][0]["field"]) == (422, "include")
    status, told, _reply = api.call("GET", f"{made['href']}?fields=notes,nothing")
    assert (status, told["errors"][0]["field"]) == (422, "fields")

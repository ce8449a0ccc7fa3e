"""People of a factory see what concerns that factory only: over every address, whatever they send, and on the command line.

The plugin ``factory_desk`` of somebody else limits the rows (hook ``restrict``); every page is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core.cli import main
from core.data.models import Grant, Role
from core.kernel import accounts, enablement
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.hub import Hub
from core.testing.states import States
from plugins.base_files.services import remarks
from tests.core.webworld import Addresses

pytestmark = pytest.mark.thorough
FACTORY = "F01"
KINDS = (
    "outsourcing.order", "outsourcing.payment", "outsourcing.adjustment", "tna.timeline", "factory_stock.issue",
    "factory_stock.goods_in", "material_gate.override", "catalog.partner", "catalog.style",
)  # fmt: skip
"""What people of a factory have to do with. Other kinds speak of several factories at once: they have no right to see them."""


@pytest.fixture(scope="module")
def company(hub: Hub, hub_states: States) -> Iterator[TenantInfo]:
    """The demo's documents, and two people of the factory F01: one with every right on its documents, on both engines."""
    with hub_states.own_demo() as made:
        with hub.context(made) as ctx:
            enablement.enable_plugin(ctx, "factory_desk")
            email = f"desk@{made.code.lower()}.test"
            ctx.set_setting("factory_desk.people", {email: f"factory {FACTORY}"})
            role = Role(code="desk", name="Factory desk")
            ctx.session.add(role)
            ctx.session.flush()
            rights = [p for p in ctx.registry.permissions if p.rpartition(".")[0] in KINDS]
            ctx.session.insert_many(
                Grant,
                [
                    {"role_id": role.id, "permission": p}
                    for p in (*rights, "base_files.files", "catalog.factory_prices")
                ],
            )
            for entity in ctx.registry.entities.values():
                if entity.name in KINDS:
                    for row_id, key in ctx.session.execute(
                        select(entity.model.id, getattr(entity.model, entity.key))
                    ).all():
                        remarks.add_remark(ctx, entity.name, row_id, f"remark on {key}")
        accounts.create_user(hub, email, "Desk", "a long road to Taipei", locale="en")
        accounts.add_member(hub, made, email, ["desk"])
        yield made


@pytest.fixture(scope="module")
def desk(hub: Hub, company: TenantInfo) -> UserInfo:
    return hub.user_info(f"desk@{company.code.lower()}.test", company)


@pytest.fixture
def client(app: Any, company: TenantInfo, desk: UserInfo) -> Any:
    return app.test_client().sign_in(desk, company)


@pytest.fixture(scope="module")
def rows(hub: Hub, company: TenantInfo, desk: UserInfo) -> dict[str, tuple[dict[int, str], dict[int, str]]]:
    """Per kind: what they see and what they do not, each id → number."""
    found = {}
    for name in KINDS:
        entity = hub.registry.get(name)
        asked = select(entity.model.id, getattr(entity.model, entity.key))
        with hub.context(company, write=False) as ctx:
            every = {row.id: row[1] for row in ctx.session.execute(asked)}
        with hub.context(company, desk, write=False) as ctx:
            seen = {row.id: row[1] for row in ctx.session.execute(asked)}
        found[name] = (seen, {i: k for i, k in every.items() if i not in seen})
    return found


def leaks(text: str, rows: dict[str, tuple[dict[int, str], dict[int, str]]], sent: str = "") -> set[str]:
    """Numbers of hidden documents that stand in a text, apart from what was sent."""
    hidden = {k for name, (_seen, gone) in rows.items() if name != "catalog.style" for k in gone.values()}
    hidden -= {"F02", "F03", "F04"}  # short enough to stand anywhere
    return {k for k in hidden - {sent} if re.search(rf"(?<![\w-]){re.escape(k)}(?![\w-])", text)}


def test_there_is_something_to_hide(rows: Any) -> None:
    for name in (
        "outsourcing.order",
        "outsourcing.payment",
        "tna.timeline",
        "catalog.partner",
    ):
        seen, hidden = rows[name]
        assert seen, name
        assert hidden, name
    assert rows["catalog.style"][1] == {}


def test_every_page_without_a_row(app: Any, hub: Hub, client: Any, rows: Any) -> None:
    addresses = Addresses(app, hub)
    walked = 0
    for rule, _access in addresses.rules():
        if "GET" not in rule.methods or rule.arguments or rule.endpoint == "security.logout":
            continue
        for query in ({}, {"q": "FO-", "search": "FO-"}, {"q": "FO-", "json": "1", "state": ""}):
            reply = client.get(rule.rule, query_string=query)
            assert reply.status_code < 500, (rule.rule, query)
            assert leaks(reply.text, rows) == set(), (rule.rule, query)
            walked += reply.status_code == 200
    assert walked > 60


def test_every_page_of_a_row(app: Any, hub: Hub, client: Any, rows: Any) -> None:
    """What they see shows nothing of what they do not; what they do not see is not there, to read or to write."""
    addresses = Addresses(app, hub)
    shown = gone = 0
    for rule, _access in addresses.rules():
        entity = addresses.entity(rule.endpoint)
        if entity is None or entity.name not in rows or "row_id" not in rule.arguments:
            continue
        others = [argument for argument in rule.arguments if argument != "row_id"]
        values = {
            a: next(iter(hub.registry.actions[entity.name]), "x") if a in ("verb", "name") else 1
            for a in others
        }
        seen, hidden = rows[entity.name]
        for ids, is_hidden in ((list(seen)[:2], False), (list(hidden)[:2], True)):
            for row_id in ids:
                with app.test_request_context():
                    from flask import url_for

                    url = url_for(rule.endpoint, row_id=row_id, **values)
                for method in sorted(rule.methods & {"GET", "POST"} if is_hidden else rule.methods & {"GET"}):
                    reply = client.get(url) if method == "GET" else client.post(url, data={"reason": "x"})
                    assert reply.status_code < 500, (method, url)
                    if is_hidden:
                        assert reply.status_code in (403, 404), (method, url, reply.status_code)
                    text = "" if reply.mimetype == "application/pdf" else reply.text
                    assert leaks(text, rows) == set(), (method, url)
                    gone += is_hidden
                    shown += not is_hidden and reply.status_code == 200
    assert shown > 20
    assert gone > 60


def test_numbers_that_are_typed_find_nothing(client: Any, rows: Any) -> None:
    seen, hidden = (list(part.values()) for part in rows["outsourcing.order"])
    for kind in KINDS:
        for number in hidden:
            reply = client.get(f"/lookup/{kind}?q={number}")
            assert number not in reply.text
    assert seen[0] in client.get(f"/lookup/outsourcing.order?q={seen[0]}").text
    for kind in ("adjustment", "payment"):
        form = {
            "order": hidden[0],
            "factory": FACTORY,
            "splits-0-order": hidden[0],
            "splits-0-amount": "1",
            "amount": "1",
        }
        reply = client.post(f"/outsourcing/{kind}/new", data=form)
        assert reply.status_code == 422, kind
        assert "There is no" in reply.text


def test_the_command_line(hub: Hub, company: TenantInfo, desk: UserInfo, rows: Any, capsys: Any) -> None:
    who = ("--tenant", company.code, "--as", desk.email)
    for name in KINDS:
        assert main.run(["list", name, "--limit", "0", *who], hub) == 0
        told = capsys.readouterr().out
        assert leaks(told, rows) == set()
        for number in list(rows[name][1].values())[:2]:
            assert main.run(["show", name, number, *who], hub) != 0
            assert "There is no" in capsys.readouterr().err


def test_everybody_else_sees_all(hub: Hub, app: Any, company: TenantInfo, rows: Any) -> None:
    email = f"boss@{company.code.lower()}.test"
    accounts.create_user(hub, email, "Boss", "a long road to Taipei", locale="en")
    accounts.add_member(hub, company, email, ["mgr"])
    page = (
        app.test_client()
        .sign_in(hub.user_info(email, company), company)
        .get("/outsourcing/order/?state=")
        .text
    )
    assert all(number in page for part in rows["outsourcing.order"] for number in part.values())

"""Tenant walls over every registered address: what A sends of B's in paths, queries and forms is as if it were not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.data.models import Role
from core.data.records import Idempotency
from core.kernel import accounts
from core.kernel.hub import Hub
from core.testing.states import States
from core.work import jobs
from plugins.rest.services import tokens
from tests.core.webworld import (
    CODE,
    SECRET,
    Addresses,
    Place,
    another_demo,
    fingerprint,
    ids,
    make_place,
    mark,
)
from tests.plugins.rest.conftest import Program

pytestmark = pytest.mark.thorough
READING = {"GET", "HEAD", "OPTIONS"}
DISRUPTIVE = {"security.logout", "admin_plugins.switch", "admin_users.deactivate", "admin_roles.remove"}
"""With A's own ids these would end the walk; their tests stand beside their pages."""


@pytest.fixture(scope="module")
def both(hub: Hub, hub_states: States) -> Iterator[tuple[Place, Place]]:
    """A, and B with canaries in every text."""

    def make() -> tuple[Place, Place]:
        a = make_place(hub, another_demo(hub, "WALLA", "A company"), "A")
        b = make_place(hub, another_demo(hub, "WALLB", f"{SECRET} company"), f"{SECRET} person")
        mark(hub, b)
        return a, b

    with hub_states.world("walls", make) as made:
        yield made


@pytest.fixture
def a(both: tuple[Place, Place]) -> Place:
    return both[0]


@pytest.fixture
def b(both: tuple[Place, Place]) -> Place:
    return both[1]


@pytest.fixture
def client(app: Any, a: Place) -> Any:
    return app.test_client().sign_in(a.admin, a.tenant)


@pytest.fixture
def addresses(app: Any, hub: Hub) -> Addresses:
    return Addresses(app, hub)


def clean(reply: Any, *sent: str) -> bool:
    """Is B nowhere in the answer, apart from what A typed itself?"""
    text = reply.get_data() if isinstance(reply.get_data(), bytes) else b""
    for word in sorted(sent, key=len, reverse=True):
        text = text.replace(word.encode(), b"")
    whole = text + str(reply.headers).encode()
    return SECRET.encode() not in whole and f"{CODE}-".encode() not in whole


def test_b_really_is_full_of_canaries(app: Any, b: Place, addresses: Addresses) -> None:
    client = app.test_client().sign_in(b.admin, b.tenant)
    assert SECRET in client.get("/").text
    seen = 0
    for rule, _access in addresses.rules():
        if "row_id" in rule.arguments and rule.endpoint.endswith(".document"):
            for url in addresses.urls(rule, b):
                reply = client.get(url, follow_redirects=True)  # some are shown as a part of another one
                assert reply.status_code == 200, url
                seen += not clean(reply)
    assert seen > 12


def test_ids_of_b_in_the_path_are_not_there(
    client: Any, hub: Hub, a: Place, b: Place, addresses: Addresses
) -> None:
    before, tried = fingerprint(hub, b), 0
    for rule, _access in addresses.rules():
        numbers = [argument for argument in sorted(rule.arguments) if addresses.is_id(argument)]
        for swapped in [*numbers, "*"] if len(numbers) > 1 else numbers:
            for url in addresses.urls(rule, a, b, swapped):
                for method in rule.methods - {"HEAD", "OPTIONS"}:
                    reply = client.get(url) if method == "GET" else client.post(url)
                    assert reply.status_code == 404, (method, url, reply.status_code)
                    assert clean(reply), (method, url)
                    tried += 1
    assert tried > 150
    assert fingerprint(hub, b) == before


def test_rows_of_b_in_the_query_find_nothing(
    client: Any, hub: Hub, a: Place, b: Place, addresses: Addresses
) -> None:
    before = fingerprint(hub, b)
    for rule, _access in addresses.rules():
        if "GET" not in rule.methods or rule.endpoint in DISRUPTIVE:
            continue
        entity = addresses.entity(rule.endpoint)
        row_id = str(ids(hub, b, entity.model)[0]) if entity is not None else str(ids(hub, b, Role)[0])
        code = f"{CODE}-{row_id}"
        fields = {f.name for f in (entity.fields if entity else ())} | {"state", "list"}
        for url in addresses.urls(rule, a)[:1]:
            for query in (
                {"q": SECRET[:-1].lower(), "search": SECRET[:-1].lower(), "sort": "tenant_id", "before": "999999999",
                 "tenant_id": str(b.tenant.id), "id": row_id, "rowid": row_id},
                {**dict.fromkeys(fields, code), "w_tenant_id": str(b.tenant.id), "q": CODE[:-1].lower(), "json": "1"},
                {**dict.fromkeys(fields, row_id), "flt1_0": row_id, "sort": "0"},
            ):  # fmt: skip
                reply = client.get(url, query_string=query)
                assert reply.status_code < 500, (url, query)
                assert clean(reply, code), (url, query)
    assert fingerprint(hub, b) == before


def test_rows_of_b_in_forms_reach_nothing(
    client: Any, hub: Hub, a: Place, b: Place, addresses: Addresses
) -> None:
    before, tried, accepted = fingerprint(hub, b), 0, 0
    for rule, access in addresses.rules():
        if not rule.methods - READING or rule.endpoint in DISRUPTIVE or access.public:
            continue
        for url in addresses.urls(rule, a):
            form, sent = forged(hub, b, addresses, rule)
            reply = client.post(url, data=form)
            assert reply.status_code < 500, url
            assert clean(reply, *sent), url
            tried += 1
            accepted += reply.status_code == 302
    assert tried > 100
    assert fingerprint(hub, b) == before


def forged(hub: Hub, b: Place, addresses: Addresses, rule: Any) -> tuple[dict[str, Any], set[str]]:
    """A form in which every reference and every hidden id is B's; and the words of B that it holds."""
    entity = addresses.entity(rule.endpoint)
    role = ids(hub, b, Role)[0]
    form: dict[str, Any] = {
        "tenant_id": b.tenant.id, "tenant": b.tenant.id, "id": role, "rowid": role, "list_form_pk": role,
        "roles": "admin", "grant": f"{role}:base_people.users", "copy_of": role, "name": "typed", "email": "new@a.test",
        "code": "NEW1", "reason": "because it is asked for", "_version": 1, "confirm": "1", "action": "delete",
    }  # fmt: skip
    sent: set[str] = set()
    specs = []
    if entity is not None:
        actions = hub.registry.actions[entity.name].values()
        specs = [*entity.fields, *(f for action in actions for f in action.all_fields())]
        for table in entity.children:
            form[f"{table.name}-0-id"] = ids(hub, b, table.model)[0]
            for spec in table.fields:
                form[f"{table.name}-0-{spec.name}"] = word(hub, b, spec, sent)
    for spec in specs:
        form[spec.name] = word(hub, b, spec, sent)
    return form, sent


def word(hub: Hub, b: Place, spec: Any, sent: set[str]) -> str:
    if spec.kind == "ref":
        row_id = ids(hub, b, hub.registry.get(spec.ref).model)[0]
        key = f"{CODE}-{row_id}"
        sent.add(key)
        return key
    if spec.kind == "date":
        return "2026-12-01"
    return "5" if spec.numeric else ("1" if spec.kind == "bool" else "x")


def test_a_cannot_step_over_to_b(client: Any, b: Place) -> None:
    assert client.post("/tenant", data={"tenant": str(b.tenant.id)}).status_code == 302
    assert clean(client.get("/"))
    with client.session_transaction() as session:
        session["tenant_id"] = b.tenant.id  # even a session that says so
    assert clean(client.get("/"))


def test_a_key_used_by_b_is_not_known_to_a(client: Any, hub: Hub, a: Place, b: Place) -> None:
    with hub.context(b.tenant) as ctx:
        ctx.session.add(
            Idempotency(key="key-of-tenant-b", fingerprint="f", response=f"/{SECRET}", at=ctx.now())
        )
    reply = client.post(
        "/base_company/currency/new", data={"code": "AED", "decimals": "2", "_key": "key-of-tenant-b"}
    )
    assert reply.status_code == 302
    assert SECRET not in reply.location


def test_an_administrator_of_a_cannot_touch_people_of_b(client: Any, hub: Hub, b: Place) -> None:
    before = fingerprint(hub, b)
    mail = b.others["merch"].email
    reply = client.post("/admin/users/new", data={"email": mail, "name": "x", "locale": "en"})
    assert reply.status_code == 422
    assert clean(reply)
    assert "Ask the operator" in reply.text
    for tail in ("deactivate", "activate", "reset"):
        assert client.post(f"/admin/users/{b.others['merch'].id}/{tail}").status_code == 404
    assert fingerprint(hub, b) == before


def test_a_person_of_both_is_not_taken_over(client: Any, hub: Hub, a: Place, b: Place) -> None:
    accounts.create_user(hub, "both@wall.test", "Works for both", "a long road to Taipei", locale="en")
    for place in (a, b):
        accounts.add_member(hub, place.tenant, "both@wall.test", ["merch"])
    person = hub.user_info("both@wall.test", b.tenant)
    assert client.post(f"/admin/users/{person.id}/reset").status_code == 422
    page = client.get(f"/admin/users/{person.id}").text
    assert "not managed here" in page
    assert SECRET not in page
    client.post(f"/admin/users/{person.id}", data={"name": "Renamed by A", "roles": "merch"})
    assert client.post(f"/admin/users/{person.id}/deactivate").status_code == 302
    assert hub.user_info("both@wall.test", b.tenant).name == "Works for both"


def test_a_job_of_b_is_not_there(client: Any, hub: Hub, b: Place) -> None:
    with hub.context(b.tenant) as ctx:
        kind = next(iter(ctx.registry.jobs))
        job = jobs.enqueue_job(ctx, kind, {"words": SECRET})
    for url in (f"/jobs/{job.id}", f"/jobs/{job.id}?json=1"):
        assert client.get(url).status_code == 404
    assert clean(client.get("/admin/jobs/"))
    with hub.context(b.tenant) as ctx:
        ctx.session.delete(ctx.session.scalars(select(type(job)).where(type(job).id == job.id)).one())


def test_programs_see_nothing_of_another_company(hub: Hub, app: Any, a: Place, b: Place) -> None:
    with hub.context(a.tenant, a.admin) as ctx:
        day = ctx.today() + timedelta(days=9)
        _row, secret = tokens.make_token(ctx, "walk", read_only=False, expires_on=day)
    program, tried = Program(app.test_client(), secret), 0
    for kind in program.get("")["documents"]:
        status, _told, reply = program.call("GET", f"{kind['href']}?limit=500")
        assert status == 200, kind
        assert clean(reply), kind
        model = hub.registry.get(kind["name"]).model
        for number in ids(hub, b, model)[:2]:
            for method, tail in (
                ("GET", ""),
                ("GET", "/history"),
                ("PATCH", ""),
                ("DELETE", ""),
                ("GET", "/files"),
            ):
                status, _told, reply = program.call(
                    method, f"{kind['href']}/id:{number}{tail}", {}, If_Match="*"
                )
                assert clean(reply), (kind, method)
                # where A has a row with the same id, it is A's own
                tried += status == 404
    assert tried > 50

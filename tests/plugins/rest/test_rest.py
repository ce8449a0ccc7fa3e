"""Programs do what people do: documents made, changed, listed and acted on as JSON, with the same walls and refusals."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from core.api import Ctx, audit_history
from core.base_api import Grant, Role, TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from plugins.rest.models import Token
from plugins.rest.services import tokens
from tests.plugins.rest.conftest import Program

LINES = [{"article": "A1", "pieces": 10, "price": "1.25"}, {"article": "A2", "pieces": 4}]
REQUESTS = "samples.request"
AsContext = Callable[..., AbstractContextManager[Ctx]]


def test_a_document_from_nothing_to_its_next_state(samples_on: Ctx, program: Callable[..., Program]) -> None:
    api = program()
    status, made, reply = api.call("POST", REQUESTS, {"notes": "你好", "fee": "12.30", "lines": LINES})
    assert (status, made["fee"], made["state"], reply.headers["ETag"]) == (201, "12.3", "draft", '"1"')
    assert reply.headers["Location"] == made["href"] == f"/api/v1/{REQUESTS}/{made['key']}"
    assert [(line["article"], line["pieces"]) for line in made["lines"]] == [("A1", 10), ("A2", 4)]
    status, changed, _reply = api.call("PATCH", made["href"], {"notes": "new"}, If_Match='"1"')
    assert (status, changed["notes"], changed["fee"], changed["version"]) == (200, "new", "12.3", 2)
    status, sent, _reply = api.call("POST", f"{made['href']}/actions/send", {}, If_Match='"2"')
    assert (status, sent["state"]) == (200, "sent")
    assert api.get(made["href"]) == {k: v for k, v in sent.items() if k != "message"}
    did = [entry["action"] for entry in api.get(f"{made['href']}/history")["items"]]
    assert did == ["send", "edit", "create"]
    trail = audit_history(samples_on, REQUESTS, made["id"])
    assert {entry.user_name for entry in trail} == {"Admin"}


def test_what_is_wrong_is_told_with_its_place_in_the_callers_language(
    samples_on: Ctx, program: Callable[..., Program]
) -> None:
    api = program()
    wrong = {"fee": "many", "lines": [{"article": "A", "pieces": "x"}], "colour": "red"}
    status, told, reply = api.call("POST", REQUESTS, wrong)
    assert (status, reply.content_type, told["status"]) == (422, "application/problem+json", 422)
    assert {e["pointer"] for e in told["errors"]} == {"/fee", "/colour", "/lines/0/pieces"}
    status, told, _reply = api.call("POST", REQUESTS, {"fee": "many"}, Accept_Language="zh-TW")
    assert status == 422
    assert [(e["field"], any("一" <= c <= "鿿" for c in e["message"])) for e in told["errors"]] == [
        ("fee", True)
    ]
    for body in (b"[1]", b"{", b"[" * 100_000, b'{"fee": NaN}'):
        assert api.call("POST", REQUESTS, body)[0] == 422, body[:20]
    assert api.call("POST", REQUESTS, b'{"fee": 1.1}')[1]["fee"] == "1.1"  # exact, as it is written


def test_two_programs_do_not_overwrite_each_other(samples_on: Ctx, program: Callable[..., Program]) -> None:
    api = program()
    _status, made, _reply = api.call("POST", REQUESTS, {"lines": LINES})
    assert api.call("PATCH", made["href"], {"notes": "no version"})[0] == 428
    assert api.call("PATCH", made["href"], {"notes": "first"}, If_Match='"1"')[0] == 200
    status, told, _reply = api.call("PATCH", made["href"], {"notes": "second"}, If_Match='"1"')
    assert (status, told["by"]) == (412, "Admin")
    assert api.call("POST", f"{made['href']}/actions/send", {}, If_Match='"1"')[0] == 412
    assert api.call("PATCH", made["href"], {"notes": "third"}, If_Match="*")[0] == 200
    assert api.call("PATCH", made["href"], {"notes": "x"}, If_Match='"²"')[0] == 422
    assert api.get(made["href"])["notes"] == "third"


def test_what_carries_a_key_is_done_once(samples_on: Ctx, program: Callable[..., Program]) -> None:
    api = program()
    key = {"Idempotency_Key": "order-4711-a"}
    first = api.call("POST", REQUESTS, {"notes": "once"}, **key)
    again = api.call("POST", REQUESTS, {"notes": "once"}, **key)
    assert (first[0], again[0]) == (201, 201)
    assert again[2].headers["Idempotent-Replayed"] == "true"
    assert again[2].headers["Location"] == first[1]["href"]
    assert api.call("POST", REQUESTS, {"notes": "other"}, **key)[0] == 422
    assert len(api.get(REQUESTS)["items"]) == 1
    other = program("admin")
    assert other.call("POST", REQUESTS, {"notes": "once"}, **key)[0] == 201  # another token, another key
    assert api.call("POST", REQUESTS, {"fee": "x"}, Idempotency_Key="refused-1")[0] == 422
    assert (
        api.call("POST", REQUESTS, {"fee": "1"}, Idempotency_Key="refused-1")[0] == 201
    )  # nothing was done before


@pytest.mark.parametrize("sort", ["", "fee", "-fee", "wanted", "-wanted", "number", "maker"])
def test_stretches_together_are_the_list(samples_on: Ctx, program: Callable[..., Program], sort: str) -> None:
    api = program()
    api.call("POST", "samples.maker", {"code": "M", "name": "Maker"})
    for n in range(7):
        body = {
            "fee": None if n % 3 == 0 else f"{n % 2}.5",
            "wanted": None if n == 4 else f"2026-01-0{n % 3 + 1}",
        }
        body |= {"maker": "M"} if n % 2 else {}
        assert api.call("POST", REQUESTS, body)[0] == 201
    whole = api.get(f"{REQUESTS}?limit=500&sort={sort}")
    assert whole["next_cursor"] is None
    seen: list[Any] = []
    cursor = ""
    while cursor is not None:
        part = api.get(f"{REQUESTS}?limit=2&sort={sort}&cursor={cursor}")
        seen += part["items"]
        cursor = part["next_cursor"]
    assert [row["id"] for row in seen] == [row["id"] for row in whole["items"]]
    assert len(seen) == 7


def test_lists_filter_choose_and_refuse_by_name(samples_on: Ctx, program: Callable[..., Program]) -> None:
    api = program()
    for n in range(3):
        api.call("POST", REQUESTS, {"notes": f"note {n}", "urgent": n == 1})
    found = api.get(f"{REQUESTS}?fields=number,notes&sort=number")["items"]
    assert [row["notes"] for row in found] == ["note 0", "note 1", "note 2"]
    assert set(found[0]) == {"href", "id", "key", "state", "version", "number", "notes"}
    assert len(api.get(f"{REQUESTS}?state=open")["items"]) == 3
    assert api.get(f"{REQUESTS}?state=sent")["items"] == []
    for query, field in (
        ("colour=red", "colour"), ("sort=colour", "sort"), ("fields=colour", "fields"), ("limit=0", "limit"),
        ("limit=²", "limit"), ("limit=501", "limit"), ("cursor=abc", "cursor"), ("cursor=" + "W" * 300_00, "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b'["x", -1]').decode(), "cursor"),
        ("sort=fee&cursor=" + base64.urlsafe_b64encode(b'["1e400", 1]').decode(), "cursor"),
    ):  # fmt: skip
        status, told, _reply = api.call("GET", f"{REQUESTS}?{query}")
        assert (status, [e["field"] for e in told["errors"]]) == (422, [field]), query


def test_a_list_takes_as_many_statements_for_one_row_as_for_many(
    samples_on: Ctx, program: Callable[..., Program], count_queries: Any
) -> None:
    api = program()
    api.call("POST", REQUESTS, {})
    api.get(REQUESTS)
    with count_queries() as one:
        api.get(REQUESTS)
    for _n in range(20):
        api.call("POST", REQUESTS, {})
    with count_queries() as many:
        api.get(REQUESTS)
    assert len(many.statements) == len(one.statements)


def test_nobody_without_a_living_token(
    hub: Hub,
    app: Any,
    samples_on: Ctx,
    program: Callable[..., Program],
    user_of: Callable[..., Any],
    tenant: TenantInfo,
) -> None:
    api = program()
    api.get(REQUESTS)
    prefix, company, number, secret = api.token.split("-", 3)
    head = f"{prefix}-{company}-{number}"
    for token in (
        "", "x", "hub-1-1-x", f"{head}-{secret[:-1]}", f"{head}-", f"hub-²-{number}-{secret}", f"hub-{9 * 10**20}-1-x",
    ):  # fmt: skip
        status, _told, reply = Program(api.client, token).call("GET", REQUESTS)
        assert (status, reply.headers["WWW-Authenticate"][:6]) == (401, "Bearer"), token
    signed_in = app.test_client().sign_in(user_of("admin"), tenant)
    assert signed_in.get(f"/api/v1/{REQUESTS}").status_code == 401  # a cookie opens nothing
    row = samples_on.session.scalars(select(Token)).one()
    row.expires_on = samples_on.today() - timedelta(days=1)
    samples_on.session.commit()
    assert api.call("GET", REQUESTS)[0] == 401
    row = samples_on.session.scalars(select(Token)).one()
    row.expires_on = samples_on.today()
    samples_on.session.commit()
    assert api.call("GET", REQUESTS)[0] == 200
    tokens.revoke_token(samples_on, row.id)
    samples_on.session.commit()
    assert api.call("GET", REQUESTS)[0] == 401
    assert secret not in row.digest


def test_a_token_has_the_rights_of_its_person_or_fewer(
    samples_on: Ctx, program: Callable[..., Program]
) -> None:
    session = samples_on.session
    clerk = session.scalars(select(Role).where(Role.code == "fin")).one()
    session.add(Grant(role_id=clerk.id, permission="rest.use"))
    session.commit()
    reader = program("fin")
    assert reader.get(REQUESTS)["items"] == []
    status, told, _reply = reader.call("POST", REQUESTS, {})
    assert (status, told["permission"]) == (403, f"{REQUESTS}.create")
    only_reads = program("admin", read_only=True)
    assert only_reads.get(REQUESTS)["items"] == []
    assert only_reads.call("POST", REQUESTS, {})[0] == 403
    elsewhere = program("admin", plugins=("catalog",))
    assert elsewhere.call("GET", REQUESTS)[0] == 403
    assert elsewhere.call("GET", "catalog.partner")[0] == 200
    kinds = [kind["name"] for kind in elsewhere.get("")["documents"]]
    assert kinds
    assert all(name.startswith("catalog.") for name in kinds)


def test_companies_and_switches_are_walls(
    samples_on: Ctx, program: Callable[..., Program], other_tenant: TenantInfo, hub: Hub
) -> None:
    mine, theirs = program(), program(of=other_tenant)
    _status, made, _reply = mine.call("POST", REQUESTS, {"notes": "secret"})
    assert theirs.call("GET", made["href"])[0] == 404  # the plugin is off there
    with hub.context(other_tenant) as ctx:
        enablement.enable_plugin(ctx, "samples")
    assert theirs.call("GET", made["href"])[0] == 404
    assert theirs.call("GET", f"{REQUESTS}/id:{made['id']}")[0] == 404
    assert theirs.get(REQUESTS)["items"] == []
    moved = theirs.token.split("-")
    moved[1] = str(samples_on.tenant.id)
    assert Program(theirs.client, "-".join(moved)).call("GET", REQUESTS)[0] == 401
    enablement.disable_plugin(samples_on, "rest")
    samples_on.session.commit()
    assert mine.call("GET", REQUESTS)[0] == 404


def test_unknown_addresses_are_problems_too(samples_on: Ctx, program: Callable[..., Program]) -> None:
    api = program()
    for method, path in (
        ("GET", "nothing.here"), ("GET", f"{REQUESTS}/NO-1"), ("GET", f"{REQUESTS}/id:999"), ("GET", "a/b/c/d/e"),
        ("POST", f"{REQUESTS}/NO-1/actions/send"), ("PUT", REQUESTS), ("GET", "readings/none"), ("GET", "files/7/content"),
    ):  # fmt: skip
        status, told, reply = api.call(method, path)
        assert (status, told["status"], reply.content_type) == (404, 404, "application/problem+json"), path
    _status, made, _reply = api.call("POST", REQUESTS, {})
    assert api.call("POST", f"{made['href']}/actions/none")[0] == 404


def test_files_and_papers(samples_on: Ctx, program: Callable[..., Program]) -> None:
    from tests.core.webworld import picture

    api = program()
    _status, made, _reply = api.call("POST", REQUESTS, {})
    content = base64.b64encode(picture()).decode()
    status, told, _reply = api.call("POST", f"{made['href']}/files", {"name": "look.png", "content": content})
    assert (status, told["media_type"]) == (201, "image/png")
    assert [f["name"] for f in api.get(f"{made['href']}/files")["items"]] == ["look.png"]
    status, _none, reply = api.call("GET", told["href"])
    assert (status, reply.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "attachment" in reply.headers["Content-Disposition"]
    assert api.call("POST", f"{made['href']}/files", {"name": "x.png", "content": "??"})[0] == 422
    assert api.call("POST", f"{made['href']}/files", {"content": content})[0] == 422


def test_what_is_around_the_hub_fails(program: Callable[..., Program], samples_on: Ctx, hub: Hub) -> None:
    caller = program()
    for state, status in (("57P01", 503), ("53100", 507)):
        orig = psycopg.errors.lookup(state)("secret")

        def fail(_conn: Any, _cursor: Any, statement: str, *_rest: Any, orig: Exception = orig) -> None:
            if "FROM samples_maker" in statement:
                raise OperationalError("SELECT secret", {}, orig)

        event.listen(hub.engine, "before_cursor_execute", fail)
        try:
            found, told, reply = caller.call("GET", "samples.maker")
        finally:
            event.remove(hub.engine, "before_cursor_execute", fail)
        assert (found, told["status"]) == (status, status)
        assert reply.headers["Retry-After"]
        assert "secret" not in reply.text


def test_what_never_reaches_a_call_is_answered_to_a_program(samples_on: Ctx, program: Any) -> None:
    for path, status in (("samples.maker?q=%00", 400), ("samples.maker/A/b/c/d/e", 404)):
        code, told, reply = program("admin").call("GET", path)
        assert (code, told["status"], reply.content_type) == (status, status, "application/problem+json")

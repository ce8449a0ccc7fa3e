"""What no page of ours sends: a form without the version it was filled from, odd addresses, files left in a cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.kernel.context import Ctx
from core.web.screens.page import local

HOME = "/samples/request/"


@pytest.fixture
def client(client_as: Callable[..., Any]) -> Any:
    return client_as("admin,mgr")


@pytest.mark.parametrize("seen", ["", "0", "²", "9" * 5000, "-1"])
def test_who_does_not_say_what_was_seen_changes_nothing(
    client: Any, ctx: Ctx, ask: Callable[..., Any], seen: str
) -> None:
    row = ask(ctx, notes="first")
    row_id, version = row.id, row.version
    ctx.session.commit()
    line = {"lines-0-id": str(row.lines[0].id), "lines-0-article": "A-1", "lines-0-pieces": "3"}
    tried = {
        "edit": {**line, "notes": "my own words"},
        "do/send": {},
        "do/stamp": {"word": "SEEN"},
    }
    ctx.session.commit()
    for tail, data in tried.items():
        reply = client.post(f"{HOME}{row_id}/{tail}", data={**data, "_version": seen})
        assert reply.status_code == 409, tail
        assert "does not say what it was filled from" in reply.text
    assert (
        "my own words" in client.post(f"{HOME}{row_id}/edit", data={**tried["edit"], "_version": seen}).text
    )
    ctx.session.expire_all()
    assert (row.notes, row.version) == ("first", version)


def test_master_data_is_deleted_as_it_was_seen(client: Any, ctx: Ctx) -> None:
    maker = ctx.registry.get("samples.maker").model(code="M9", name="Maker")
    ctx.session.add(maker)
    ctx.session.commit()
    address = f"/samples/maker/{maker.id}/delete"
    assert 'name="_version" value="1"' in client.get(address).text
    assert client.post(address, data={"_version": ""}).status_code == 409
    assert client.post(address, data={"_version": "1"}).status_code == 302


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/orders/", "/orders/"), ("/a?b=c%0d", "/a?b=c%0d"), ("", "/"), (None, "/"), ("//evil.test", "/"),
        ("/\\evil.test", "/"), ("http://[x", "/"), ("/x\r\nSet-Cookie: a=b", "/"), ("/\t/evil.test", "/"), ("/x\x7f", "/"),
        ("/x]://[", "/x]://["),
    ],
)  # fmt: skip
def test_where_to_go_next_is_here(target: str | None, expected: str) -> None:
    assert local(target, "/") == expected


def test_signing_in_with_a_broken_way_on(client: Any) -> None:
    reply = client.get("/login?next=%0d%0aX-Odd:+1", headers={"Referer": "http://[x"})
    assert reply.status_code in (200, 302)
    assert "X-Odd" not in reply.headers


def test_what_is_made_for_a_person_is_in_no_cache(client: Any, ctx: Ctx, ask: Callable[..., Any]) -> None:
    row_id = ask(ctx).id
    ctx.session.commit()
    for address in (
        HOME,
        f"{HOME}export/csv",
        f"{HOME}export/xlsx",
        f"{HOME}{row_id}",
        "/lookup/samples.maker",
    ):
        reply = client.get(address)
        assert reply.status_code == 200, address
        assert "no-store" in reply.headers["Cache-Control"], address
    assert "max-age" in client.get("/static/hub.css").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        ("inhouse=True", 200), ("inhouse=x", 200), ("code=M1", 200), ("since=x", 422), ("names=x", 422), ("id=1", 422),
        ("tenant_id=1", 422), ("metadata=x", 422), ("nothing=x", 422),
    ],
)  # fmt: skip
def test_offered_rows_are_limited_by_declared_fields_alone(client: Any, limit: str, status: int) -> None:
    assert client.get(f"/lookup/samples.maker?w_{limit}").status_code == status

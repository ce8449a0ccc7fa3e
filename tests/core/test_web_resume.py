"""A session that ends while somebody types loses nothing, saves nothing, and shows nothing to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from sqlalchemy import func, select

from core.kernel.context import Ctx
from tests.thirdparty.samples.models import Request

NEW = "/samples/request/new"
HERE = {"Origin": "http://localhost"}
TYPED = {
    "notes": "two\nlines & <more>",
    "wanted": "2026-12-01",
    "lines-0-article": "A-1",
    "lines-0-pieces": "3",
}


def fields(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    found = {
        unescape(n): unescape(v)
        for n, v in re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.S)
    }
    return found | dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def count(ctx: Ctx) -> int:
    ctx.session.rollback()
    return ctx.session.scalar(select(func.count()).select_from(Request)) or 0


def typed_form(client: Any) -> dict[str, str]:
    """A filled form as the page was opened with."""
    opened = dict(re.findall(r'name="(csrf_token|_key)" value="([^"]+)"', client.get(NEW).text))
    return {**TYPED, **opened}


def forget(client: Any) -> None:
    with client.session_transaction() as session:
        session.clear()


def test_what_was_typed_is_there_after_signing_in_again(
    client_as: Callable[..., Any], user_of: Callable[..., Any], tenant: Any, ctx: Ctx
) -> None:
    client = client_as("merch")
    form = typed_form(client)
    forget(client)
    held = client.post(NEW, data=form, bare=True, headers=HERE)
    assert held.status_code == 401
    assert "You were signed out meanwhile" in held.text
    kept = fields(held.text)
    assert {name: kept[name].replace("\r\n", "\n") for name in TYPED} == TYPED
    assert "csrf_token" not in kept
    still = client.post(NEW, data=kept, bare=True, headers=HERE)  # pressed before signing in
    assert fields(still.text) == kept

    client.sign_in(user_of("merch"), tenant)
    shown = client.post(NEW, data=kept, bare=True, headers={"Sec-Fetch-Site": "same-origin"})
    assert shown.status_code == 409
    assert "Nothing has been saved yet" in shown.text
    assert [f'<td class="muted">{label}</td>' in shown.text for label in ("Notes", "Lines 1: Pieces")] == [
        True
    ] * 2
    assert "two\nlines &amp; &lt;more&gt;" in shown.text
    assert count(ctx) == 0
    again = fields(shown.text)
    assert client.post(NEW, data=again, bare=True, headers=HERE).status_code == 302
    assert count(ctx) == 1


def test_nobody_else_gets_it(
    client_as: Callable[..., Any], user_of: Callable[..., Any], tenant: Any, make_tenant: Any, ctx: Ctx
) -> None:
    client = client_as("merch")
    form = typed_form(client)
    for user, where in (
        (user_of("admin"), tenant),
        (user_of("merch", other := make_tenant(plugins=["samples"])), other),
    ):
        forget(client)
        client.sign_in(user, where)
        reply = client.post(NEW, data={**form, "csrf_token": "old"}, bare=True, headers=HERE)
        assert reply.status_code == 403
        assert "typed by somebody else" in reply.text
        assert "lines &amp;" not in reply.text
    assert count(ctx) == 0


def test_forms_of_other_sites_are_not_shown_again(client_as: Callable[..., Any], ctx: Ctx) -> None:
    client = client_as("merch")
    form = {**typed_form(client), "csrf_token": "wrong"}
    for headers in (
        {},
        {"Origin": "https://evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://["},
    ):
        reply = client.post(NEW, data=form, bare=True, headers=headers)
        assert (reply.status_code, "A-1" in reply.text) == (400, False)
    forget(client)
    reply = client.post(NEW, data=form, bare=True, headers={"Sec-Fetch-Site": "same-site", **HERE})
    assert (reply.status_code, "A-1" in reply.text) == (400, False)
    assert count(ctx) == 0


def test_files_are_chosen_again(client_as: Callable[..., Any], ask: Any, ctx: Ctx) -> None:
    import io

    row = ask(ctx).id
    ctx.session.commit()
    client = client_as("merch")
    key = re.findall(r'name="_key" value="([^"]+)"', client.get(f"/samples/request/{row}").text)[0]
    data = {"files": (io.BytesIO(b"a,b"), "a.csv"), "body": "see this", "_key": key}
    reply = client.post(f"/files/on/samples.request/{row}", data=data, bare=True, headers=HERE)
    assert reply.status_code == 409
    assert '<input type="file" name="files"' in reply.text
    assert "see this" in reply.text

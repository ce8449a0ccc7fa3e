"""Forms over HTTP: sent twice is done once, two at a time, stale edits, what was typed stays; language; lists."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import func, select

from core.data.models import User
from core.entities import audit
from core.kernel.context import Ctx, UserInfo
from core.kernel.hub import Hub
from tests.thirdparty.samples.models import Maker, Request

HOME = "/samples/request/"
NEW = {"notes": "please", "wanted": "2026-12-01", "lines-0-article": "A-1", "lines-0-pieces": "3"}


@pytest.fixture
def client(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


def how_many(ctx: Ctx, what: Any = Request) -> int:
    ctx.session.rollback()
    return ctx.session.scalar(select(func.count()).select_from(what)) or 0


# --- once ------------------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_document(client: Any, ctx: Ctx) -> None:
    form = {**NEW, "_key": "the-key-of-this-form"}
    first, second = client.post(f"{HOME}new", data=form), client.post(f"{HOME}new", data=form)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert how_many(ctx) == 1


def test_the_same_key_with_other_content_is_refused(client: Any, ctx: Ctx) -> None:
    form = {**NEW, "_key": "the-key-of-this-form"}
    client.post(f"{HOME}new", data=form)
    reply = client.post(f"{HOME}new", data={**form, "notes": "something else"})
    assert reply.status_code == 422
    assert "already sent with other values" in reply.text
    assert "something else" in reply.text
    assert how_many(ctx) == 1


def test_everything_that_is_wrong_is_said_at_once(client: Any, ctx: Ctx) -> None:
    """What single fields refuse, and what is wrong beyond them."""
    reply = client.post(f"{HOME}new", data={**NEW, "wanted": "some day", "lines-0-pieces": "0"})
    assert reply.status_code == 422
    assert "A sample of nothing." in reply.text
    assert "e-wanted" in reply.text
    assert how_many(ctx) == 0


@pytest.mark.parametrize(
    "address", [f"{HOME}?q=%00", f"{HOME}?maker=a%00b", "/search?q=%00", "/login?next=%00"]
)
def test_a_nul_in_an_address_is_refused(client: Any, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_nul_in_a_form_is_refused(client: Any, ctx: Ctx) -> None:
    assert client.post(f"{HOME}new", data={**NEW, "notes": "a\0b"}).status_code == 400
    assert client.post("/login", data={"email": "a\0@b.test", "password": "x"}).status_code == 400
    assert how_many(ctx) == 0


@pytest.mark.parametrize("key", ["", "short", "x" * 65])
def test_a_form_without_a_proper_key_is_refused(client: Any, ctx: Ctx, key: str) -> None:
    assert client.post(f"{HOME}new", data={**NEW, "_key": key}).status_code == 422
    assert how_many(ctx) == 0


def test_a_key_of_a_refused_form_may_be_used_again(client: Any, ctx: Ctx) -> None:
    form = {**NEW, "_key": "the-key-of-this-form"}
    assert client.post(f"{HOME}new", data={**form, "lines-0-pieces": "0"}).status_code == 422
    assert client.post(f"{HOME}new", data=form).status_code == 302
    assert how_many(ctx) == 1


def test_two_threads_with_one_form_make_one_document(app: Any, client: Any, ctx: Ctx, user_of: Any) -> None:
    person, gate, replies = user_of("admin"), threading.Barrier(2), list[Any]()

    def send(key: str) -> None:
        browser = app.test_client().sign_in(person, ctx.tenant)
        data = {**NEW, "_key": key, "csrf_token": browser.csrf_token()}
        gate.wait()
        replies.append(browser.post(f"{HOME}new", data=data))

    for keys in (("one-key-for-both", "one-key-for-both"), ("a-key-of-its-own-1", "a-key-of-its-own-2")):
        before = how_many(ctx)
        ctx.session.rollback()
        replies.clear()
        threads = [threading.Thread(target=send, args=(key,)) for key in keys]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [r.status_code for r in replies] == [302, 302]
        assert len({r.location for r in replies}) == len(set(keys))
        assert how_many(ctx) - before == len(set(keys))
    numbers = sorted(ctx.session.scalars(select(Request.number)))
    assert [n[-4:] for n in numbers] == ["0001", "0002", "0003"], "two at a time: two numbers, no gap"


def test_other_files_under_the_same_key_are_other_content(
    client: Any, ctx: Ctx, ask: Callable[..., Any]
) -> None:
    row_id = ask(ctx).id
    ctx.session.commit()

    def picture(colour: str) -> tuple[io.BytesIO, str]:
        out = io.BytesIO()
        Image.new("RGB", (4, 4), colour).save(out, "PNG")
        return io.BytesIO(out.getvalue()), f"{colour}.png"

    def send(*colours: str) -> int:
        data = {"_key": "the-key-of-this-form", "files": [picture(c) for c in colours]}
        return int(client.post(f"/files/on/samples.request/{row_id}", data=data).status_code)

    assert send("red", "navy") == 302
    assert send("red", "navy") == 302
    assert send("red", "teal") == 422
    assert client.get(f"{HOME}{row_id}").text.count(".png</a>") == 2


# --- two people at one document -----------------------------------------------------------------------------------------


def test_a_stale_edit_says_who_and_what_and_keeps_what_was_typed(
    client: Any, client_as: Callable[..., Any], ctx: Ctx, ask: Callable[..., Any]
) -> None:
    row_id = ask(ctx, notes="first").id
    ctx.session.commit()
    other = client_as("admin,mgr")
    page = client.get(f"{HOME}{row_id}/edit").text
    version = re.search(r'name="_version" value="(\d+)"', page)
    line = re.search(r'name="lines-0-id" value="(\d+)"', page)
    assert version
    assert line
    form = {"lines-0-id": line[1], "lines-0-article": "A-1", "lines-0-pieces": "3", "_version": version[1]}
    assert other.post(f"{HOME}{row_id}/edit", data={**form, "notes": "second thoughts"}).status_code == 302
    mine = {**form, "notes": "my own words"}
    reply = client.post(f"{HOME}{row_id}/edit", data=mine)
    assert reply.status_code == 409
    assert "changed by Admin" in reply.text
    assert "2026-11-23" in reply.text
    assert "second thoughts" in reply.text
    assert "my own words" in reply.text
    ctx.session.rollback()
    assert ctx.session.scalars(select(Request.notes)).one() == "second thoughts"
    again = client.post(f"{HOME}{row_id}/edit", data={**mine, "_mine": "1", "_key": "looked-at-it-again"})
    assert again.status_code == 409, "it is shown once more, now with the version that was looked at"
    fresh = re.search(r'name="_version" value="(\d+)"', again.text)
    assert fresh
    assert client.post(f"{HOME}{row_id}/edit", data={**mine, "_version": fresh[1]}).status_code == 302
    ctx.session.rollback()
    assert ctx.session.scalars(select(Request.notes)).one() == "my own words"


def test_a_stale_action_is_refused(client: Any, ctx: Ctx, ask: Callable[..., Any]) -> None:
    row = ask(ctx)
    ctx.session.commit()
    stale = row.version
    assert client.post(f"{HOME}{row.id}/do/stamp", data={"word": "A", "_version": stale}).status_code == 302
    assert client.post(f"{HOME}{row.id}/do/stamp", data={"word": "B", "_version": stale}).status_code == 409
    assert client.post(f"{HOME}{row.id}/do/nonsense").status_code == 404


def test_an_action_asks_for_rows_and_says_what_is_wrong_at_their_inputs(
    client: Any, ctx: Ctx, ask: Callable[..., Any]
) -> None:
    """Rows are numbered as they were typed; blank ones and those ticked for removal are not sent."""
    row = ask(ctx)
    ctx.session.commit()
    address = f"{HOME}{row.id}/do/pack"
    page = client.get(f"{HOME}{row.id}").text
    assert "/do/pack" in page
    assert "/do/measure" not in page, "it has no button"
    assert 'name="boxes-0-pieces"' in client.get(address).text
    typed = {
        "packed_on": "2026-12-01", "boxes-2-pieces": "4", "boxes-2-sealed": "1", "boxes-5-pieces": "13", "boxes-7-pieces": "",
        "boxes-8-pieces": "9", "boxes-8-_delete": "1",
    }  # fmt: skip
    for wrong, message in (("13", "Thirteen brings bad luck."), ("0", "At least 1.")):
        reply = client.post(address, data={**typed, "boxes-5-pieces": wrong})
        assert reply.status_code == 422
        assert re.search(rf'id="e-boxes-5-pieces">{message}', reply.text), wrong
        assert re.search(r'name="boxes-2-sealed"[^>]*checked|checked[^>]*name="boxes-2-sealed"', reply.text)
    assert client.post(address, data={**typed, "boxes-5-pieces": "5"}).status_code == 302
    ctx.session.expire_all()
    changes = audit.audit_history(ctx, "samples.request", row.id)[0].changes
    assert changes == [["box", None, "4 None"], ["box", None, "5 None"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"maker": "NOBODY"}, "There is no Sample maker “NOBODY”."), ({"kind": "forged"}, "Not a valid choice"),
        ({"wanted": "someday"}, "is not a date"), ({"fee": "1.234"}, "At most 2 decimals."),
        ({"fee": "NaN"}, "is not a number"), ({"fee": "-1"}, "At least 0."), ({"discount": "1e3"}, "is not a number"),
        ({"lines-0-pieces": "2.5"}, "Whole numbers only."), ({"lines-0-pieces": "9" * 30}, "too large"),
        ({"lines-0-article": ""}, "This is needed."), ({"notes": "x" * 501}, "At most 500 characters."),
        ({"lines-0-id": "999999"}, "removed by somebody else"),
    ],
)  # fmt: skip
def test_bad_input_is_named_kept_and_saves_nothing(
    client: Any, ctx: Ctx, change: dict[str, str], message: str
) -> None:
    reply = client.post(f"{HOME}new", data={**NEW, "notes": "keep me", **change})
    assert reply.status_code == 422
    assert message in reply.text
    assert "aria-invalid" in reply.text or "lines-0-id" in change
    assert "keep me" in reply.text or "notes" in change
    assert how_many(ctx) == 0


def test_what_nobody_asked_for_is_not_taken(client: Any, ctx: Ctx) -> None:
    client.post(
        f"{HOME}new",
        data={**NEW, "state": "done", "number": "SR-1", "tenant_id": "99", "id": "7", "version": "9"},
    )
    ctx.session.rollback()
    row = ctx.session.scalars(select(Request)).one()
    assert (row.state, row.tenant_id) == ("draft", ctx.tenant.id)
    assert row.number.startswith("SR-2026-")


def test_markup_is_shown_and_never_run(client: Any, ctx: Ctx) -> None:
    evil = "<script>alert(1)</script>{{ 7919*7907 }}\"'><img src=x onerror=alert(1)>"
    made = client.post(f"{HOME}new", data={**NEW, "notes": evil})
    for url in (made.location, HOME, f"{made.location}/edit", f"/search?q={evil}"):
        body = client.get(url).text
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "62615533" not in body  # what a template would make of it


# --- language --------------------------------------------------------------------------------------------------------


def test_the_language_is_kept_for_the_person(
    app: Any, client: Any, ctx: Ctx, user_of: Callable[..., UserInfo], hub: Hub
) -> None:
    assert 'lang="en"' in client.get("/").text
    reply = client.post("/locale", data={"locale": "zh_Hant_TW", "back": "/me/"})
    assert reply.location == "/me/"
    assert 'lang="zh-Hant-TW"' in client.get("/").text
    elsewhere = app.test_client().sign_in(user_of("admin"), ctx.tenant)
    assert 'lang="zh-Hant-TW"' in elsewhere.get("/").text
    with hub.platform(write=False) as db:
        assert db.scalar(select(User.locale).where(User.id == user_of("admin").id)) == "zh_Hant_TW"
    client.post("/locale", data={"locale": "xx"})
    assert 'lang="zh-Hant-TW"' in client.get("/").text
    for target in ("//evil.test", "https://evil.test", "/\\evil.test"):
        assert client.post("/locale", data={"locale": "en", "back": target}).location == "/"
    browser = {"Accept-Language": "zh-CN,zh;q=0.9"}
    assert 'lang="zh-Hans-CN"' in app.test_client().get("/login", headers=browser).text


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def makers(ctx: Ctx) -> None:
    ctx.session.insert_many(
        Maker,
        [{"code": f"M-{n:02}", "name": f"Maker {n}", "inhouse": n % 2 == 0, "version": 1} for n in range(60)],
    )
    ctx.session.add(Maker(code="Z-1", name="=HYPERLINK(1)", inhouse=False))
    ctx.session.commit()


def codes(page: str) -> list[str]:
    return re.findall(r'<a href="/samples/maker/\d+">([^<]+)</a>', page)


def test_lists_page_sort_filter_and_search(client: Any, makers: None) -> None:
    url = "/samples/maker/"
    assert codes(client.get(url).text)[:2] == ["M-00", "M-01"]
    assert len(codes(client.get(url).text)) == 50
    assert len(codes(client.get(f"{url}?page=2").text)) == 11
    assert codes(client.get(f"{url}?sort=-code").text)[0] == "Z-1"
    assert codes(client.get(f"{url}?q=maker+1").text) == ["M-01", *[f"M-{n}" for n in range(10, 20)]]
    assert len(codes(client.get(f"{url}?inhouse=1").text)) == 30
    assert codes(client.get(f"{url}?inhouse=0&q=maker+2").text) == ["M-21", "M-23", "M-25", "M-27", "M-29"]
    for odd in (
        "?page=0",
        "?page=x",
        "?page=999999999999",
        "?sort=password",
        "?size=100000",
        "?inhouse=maybe",
        "?q=%25",
    ):
        assert client.get(url + odd).status_code == 200, odd


def test_chosen_columns_are_kept_for_the_person(
    client: Any, client_as: Callable[..., Any], makers: None
) -> None:
    url = "/samples/maker/"
    assert "In house</" not in client.get(url).text.split("<tbody>")[0].split("<thead>")[1]
    reply = client.post(f"{url}columns", data={"column": ["code", "inhouse"], "back": url})
    assert reply.location == url
    head = client.get(url).text.split("<thead>")[1].split("</thead>")[0]
    assert "In house" in head
    assert "Since" not in head
    other = client_as("admin,mgr").get(url).text.split("<thead>")[1].split("</thead>")[0]
    assert "Since" in other


def test_exports_hold_exactly_what_is_filtered(client: Any, makers: None) -> None:
    reply = client.get("/samples/maker/export/csv?q=maker+1&sort=-code")
    assert reply.mimetype == "text/csv"
    assert "attachment" in reply.headers["Content-Disposition"]
    text = reply.get_data()
    assert text.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark to read Chinese"
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert [r[0] for r in rows[1:]] == [*[f"M-{n}" for n in range(19, 9, -1)], "M-01"]
    evil = list(csv.reader(io.StringIO(client.get("/samples/maker/export/csv?q=Z-1").text)))
    assert evil[1][1] == "'=HYPERLINK(1)", "a formula is text"
    book = load_workbook(io.BytesIO(client.get("/samples/maker/export/xlsx").get_data()))
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == 62
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_lookups_answer_codes_and_names(client: Any, client_as: Callable[..., Any], makers: None) -> None:
    found = client.get("/lookup/samples.maker?q=M-5").get_json()
    assert found[0] == {"code": "M-50", "name": "Maker 50"}
    assert len(client.get("/lookup/samples.maker").get_json()) == 20
    several = client.get("/lookup/samples.request,samples.maker?q=M-5").get_json()
    assert several[0] == {"code": "M-50", "name": "Maker 50"}
    assert client.get("/lookup/samples.nothing").status_code == 404
    assert client.get("/lookup/samples.maker,samples.nothing").status_code == 404
    assert client.get("/lookup/samples.maker?w_password=x").status_code == 422
    assert client_as("").get("/lookup/samples.maker").status_code == 403
    client.post("/admin/plugins/couriers/off")
    client.post("/admin/plugins/samples/off")
    assert client.get("/lookup/samples.maker").status_code == 404, "what is off is not there"

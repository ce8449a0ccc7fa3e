"""Actions on the documents that are ticked in a list: on all of them or on none, once, with rights and vetoes as for one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.entities import crud, transitions
from core.errors import Denied, NotFound, Refused
from core.kernel.context import Ctx, TenantInfo

HOME = "/samples/request/"


def states(ctx: Ctx) -> list[str]:
    ctx.session.rollback()
    ctx.session.expire_all()
    found = crud.find_rows(ctx, ctx.registry.get("samples.request"), NUMBERS)
    return [found[number].state for number in NUMBERS]


NUMBERS = ("SR-2026-0001", "SR-2026-0002", "SR-2026-0003")


@pytest.fixture
def asked(ctx: Ctx, ask: Callable[..., Any]) -> list[int]:
    """Two requests that can be sent, and one with nothing to send."""
    made = [ask(ctx).id, ask(ctx).id, ask(ctx, lines=()).id]
    ctx.session.commit()
    return made


def test_the_list_offers_what_this_person_may(asked: list[int], client_as: Callable[..., Any]) -> None:
    for role, offered in (("merch", ["remind", "send"]), ("qc", ["remind"])):
        page = client_as(role).get(HOME).text
        assert re.findall(r'formaction="[^"]*/with/(\w+)"', page) == offered
        assert page.count('form="ticked"') == 3


def test_all_of_them_once(asked: list[int], ctx: Ctx, client_as: Callable[..., Any]) -> None:
    merch = client_as("merch")
    page = merch.get(f"{HOME}with/send?row={asked[0]}&row={asked[1]}&back={HOME}?state=open").text
    assert all(number in page for number in NUMBERS[:2])
    form = {"row": asked[:2], "_key": "the-key-of-this-batch", "back": f"{HOME}?state=open"}
    first, again = merch.post(f"{HOME}with/send", data=form), merch.post(f"{HOME}with/send", data=form)
    assert first.location == again.location == f"{HOME}?state=open"
    assert states(ctx) == ["sent", "sent", "draft"]


def test_or_none_of_them(asked: list[int], ctx: Ctx, client_as: Callable[..., Any]) -> None:
    stale = client_as("merch").post(f"{HOME}with/send", data={"row": asked, "seen": f"{asked[0]}:0"})
    assert (stale.status_code, stale.text.count("has changed since this page was opened")) == (
        422,
        len(asked),
    )
    reply = client_as("merch").post(f"{HOME}with/send", data={"row": asked})
    assert reply.status_code == 422
    assert f"{NUMBERS[2]}: " in reply.text
    assert states(ctx) == ["draft"] * 3


@pytest.mark.parametrize(
    ("role", "verb", "rows", "answer"),
    [
        ("qc", "send", 2, 403),
        ("merch", "stamp", 2, 404),
        ("merch", "nonsense", 2, 404),
        ("merch", "send", 0, 302),
        ("merch", "send", 999, 404),
    ],
)
def test_what_is_not_there(
    asked: list[int], ctx: Ctx, client_as: Callable[..., Any], role: str, verb: str, rows: int, answer: int
) -> None:
    chosen = [10**9] if rows == 999 else asked[:rows]
    for method in ("get", "post"):
        kind = "query_string" if method == "get" else "data"
        reply = getattr(client_as(role), method)(f"{HOME}with/{verb}", **{kind: {"row": chosen}})
        assert reply.status_code == answer
    assert states(ctx) == ["draft"] * 3


def test_rows_of_another_company_are_not_there(
    asked: list[int], client_as: Callable[..., Any], other_tenant: TenantInfo
) -> None:
    reply = client_as("merch", other_tenant).post(f"{HOME}with/send", data={"row": asked[:1]})
    assert reply.status_code == 404


def test_without_a_page(ctx: Ctx, ctx_as: Callable[..., Any], asked: list[int]) -> None:
    kind = ctx.registry.get("samples.request")
    with ctx_as("qc") as person, pytest.raises(Denied):
        transitions.run_on_many(person, kind, [crud.get_row(person, kind, asked[0])], "send")
    with ctx_as("merch") as person:
        rows = [crud.get_row(person, kind, each) for each in asked]
        with pytest.raises(NotFound):
            transitions.run_on_many(person, kind, rows[:2], "stamp", {"word": "x"})
        transitions.run_action(person, kind, rows[0], "send")
        with pytest.raises(Refused) as caught:
            transitions.run_on_many(person, kind, rows, "send")
        told = [str(p) for p in caught.value.problems]
        assert [number for number in NUMBERS if any(number in each for each in told)] == [
            NUMBERS[0],
            NUMBERS[2],
        ]


def test_a_document_by_its_number_and_a_list_of_some(
    asked: list[int], client_as: Callable[..., Any], other_tenant: TenantInfo
) -> None:
    merch = client_as("merch")
    assert merch.get(f"{HOME}called/{NUMBERS[1]}").location == f"{HOME}{asked[1]}"
    assert merch.get(f"{HOME}called/SR-2026-9999").status_code == 404
    assert client_as("merch", other_tenant).get(f"{HOME}called/{NUMBERS[1]}").status_code == 404
    page = merch.get(f"{HOME}?id={asked[0]}&id={asked[2]}&id=x").text
    assert [number in page for number in NUMBERS] == [True, False, True]

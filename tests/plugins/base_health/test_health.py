"""Administrators see what fails in their company, are told on the Hub page, and mark it as seen; others see nothing of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.base_api import Enablement, Failure, Job, TenantInfo
from core.cli import main
from core.kernel.context import Ctx
from core.kernel.hub import Hub

HOME = "/admin/health/"
ALERT = "Something does not work in: Files"


@pytest.fixture(autouse=True)
def _nothing_noted(hub: Hub) -> Iterator[None]:
    hub.failures.forget()
    yield
    hub.failures.forget()


@pytest.fixture
def fails(hub: Hub, tenant: TenantInfo) -> Callable[..., None]:
    def make(part: str = "hook entity_panels", plugin: str = "base_files") -> None:
        hub.failures.note(tenant.id, plugin, part, ValueError("no paper"))
        hub.failures.flush(now=True)

    return make


def test_what_fails_is_shown_told_and_seen(
    client_as: Callable[..., Any], ctx: Ctx, fails: Callable[..., None]
) -> None:
    admin = client_as("admin")
    assert "In order" in admin.get(HOME).text
    assert ALERT not in admin.get("/").text
    fails()
    fails("column x of y")
    page = admin.get(HOME).text
    assert "hook entity_panels" in page
    assert "ValueError: no paper" in page
    assert ALERT in admin.get("/").text
    one, other = ctx.session.query(Failure).order_by(Failure.id)
    assert admin.post(f"{HOME}seen", data={"failure": str(one.id)}).status_code == 302
    page = admin.get(HOME).text
    assert "Seen before" in page
    assert ALERT in admin.get("/").text, "another one still fails"
    assert admin.post(f"{HOME}seen", data={"failure": [str(other.id), "999999"]}).status_code == 302
    assert ALERT not in admin.get("/").text
    fails()
    assert ALERT in admin.get("/").text, "it failed again"


def test_nobody_else_sees_it(
    client_as: Callable[..., Any],
    fails: Callable[..., None],
    make_tenant: Callable[..., TenantInfo],
    app: Any,
    user_of: Callable[..., Any],
) -> None:
    fails()
    clerk = client_as("fin")
    assert clerk.get(HOME).status_code == 403
    assert clerk.post(f"{HOME}seen", data={"failure": "1"}).status_code == 403
    assert ALERT not in clerk.get("/").text


def test_another_company_neither_sees_nor_marks_it(
    client_as: Callable[..., Any], hub: Hub, ctx: Ctx, make_tenant: Callable[..., TenantInfo], tenant: TenantInfo
) -> None:  # fmt: skip
    other = make_tenant(plugins=[])
    hub.failures.note(other.id, "base_files", "hook secret_of_others", ValueError("x"))
    hub.failures.flush(now=True)
    with hub.context(other, write=False) as theirs:
        row = theirs.session.query(Failure).one()
    admin = client_as("admin")
    assert "secret_of_others" not in admin.get(HOME).text
    admin.post(f"{HOME}seen", data={"failure": str(row.id)})
    with hub.context(other, write=False) as theirs:
        assert theirs.session.query(Failure).one().seen_at is None


def test_what_is_typed_wrongly_marks_nothing(
    client_as: Callable[..., Any], ctx: Ctx, fails: Callable[..., None]
) -> None:
    fails()
    client_as("admin").post(f"{HOME}seen", data={"failure": "all"})
    assert ctx.session.query(Failure).one().seen_at is None


def test_failed_jobs_and_plugins_that_are_gone(client_as: Callable[..., Any], ctx: Ctx) -> None:
    ctx.session.add(
        Job(kind="acme.fly", payload={}, status="failed", run_after=ctx.now(), attempts=3, done=0, total=0, error="x",
            created_at=ctx.now())
    )  # fmt: skip
    ctx.session.add(Enablement(plugin="acme_kits", enabled=True, offered=[]))
    ctx.session.commit()
    page = client_as("admin").get(HOME).text
    assert "acme.fly" in page
    assert "acme_kits is on here and is not loaded. Its data is kept; what it does is missing." in page


def test_the_command_says_the_same_and_ends_with_1(
    hub: Hub, tenant: TenantInfo, fails: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["health", "--tenant", tenant.code]
    assert main.run(here, hub) == 0
    assert capsys.readouterr().out == "In order.\n"
    fails()
    assert main.run(here, hub) == 1
    said = capsys.readouterr().out
    assert "hook entity_panels" in said
    assert main.run([*here, "--json"], hub) == 1
    found = json.loads(capsys.readouterr().out)["tenants"][tenant.code]
    assert [(f["plugin"], f["message"], f["count"]) for f in found["failing"]] == [
        ("base_files", "ValueError: no paper", 1)
    ]


def test_the_page_asks_as_much_however_much_failed(
    client_as: Callable[..., Any], fails: Callable[..., None], count_queries: Callable[..., Any]
) -> None:
    admin = client_as("admin")
    fails()
    admin.get(HOME)
    with count_queries() as one:
        admin.get(HOME)
    for number in range(20):
        fails(f"part {number}")
    with count_queries() as many:
        admin.get(HOME)
    assert many.count == one.count

"""The pages and commands of webhooks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from core.cli import main
from plugins.webhooks.services import subscriptions
from tests.plugins.webhooks.conftest import Desk, Receiver
from tests.plugins.webhooks.test_webhooks import MAKERS, AsContext

HOME = "/admin/webhooks/"
pytestmark = pytest.mark.usefixtures("at_home")


def test_from_a_new_subscription_to_what_was_sent_again(
    desk: Desk, receiver: Receiver, client_as: Callable[..., Any], ctx_as: AsContext
) -> None:
    browser = client_as("admin")
    page = browser.get(HOME + "new").text
    assert 'value="samples.maker.created"' in page
    wrong = browser.post(HOME + "new", data={"name": "ERP", "address": "http://10.0.0.1/", "active": "y"})
    assert wrong.status_code == 422
    assert "inside a network" in wrong.text
    events = [f"{MAKERS}.created", "samples.request.*"]
    made = browser.post(
        HOME + "new", data={"name": "ERP", "address": receiver.url, "active": "y", "events": events}
    )
    secret = re.search(r"whsec_[\w+/=]{40,}", made.text)
    assert made.status_code == 200
    assert secret
    row_id = int(re.search(rf"{HOME}(\d+)", made.text)[1])  # type: ignore[index]
    assert browser.post(f"{HOME}{row_id}/test").status_code == 302
    receiver.answer = (500, "out of paper")
    desk.work()
    for _ in range(8):
        desk.later()
    page = browser.get(f"{HOME}{row_id}").text
    assert "It answered 500." in page
    assert secret[0] not in page
    found = re.search(rf"{HOME}{row_id}/sent/(\d+)", page)
    assert found
    detail = browser.get(found[0]).text
    assert "out of paper" in detail
    assert "webhooks.test" in detail
    receiver.answer = (200, "")
    assert browser.post(f"{HOME}{row_id}/replay", data={"delivery": found[1]}).status_code == 302
    desk.work()
    assert desk.sent(row_id)[0].status == "sent"
    told = browser.post(f"{HOME}{row_id}/rotate")
    assert "whsec_" in told.text
    assert secret[0] not in told.text
    edited = browser.post(
        f"{HOME}{row_id}/edit", data={"name": "ERP 2", "address": receiver.url, "events": events}
    )
    assert edited.status_code == 302
    assert "ERP 2" in browser.get(HOME).text
    assert browser.post(f"{HOME}{row_id}/delete").status_code == 302
    assert browser.get(f"{HOME}{row_id}").status_code == 404
    assert client_as("merch").get(HOME).status_code == 403


def test_what_was_sent_is_for_the_eyes_of_its_maker(
    desk: Desk, receiver: Receiver, client_as: Callable[..., Any], ctx_as: AsContext
) -> None:
    row_id, _secret = desk.subscribe(receiver.url, f"{MAKERS}.created", role="admin,merch")
    with ctx_as("admin") as ctx:
        subscriptions.send_test(ctx, subscriptions.get_subscription(ctx, row_id))
    desk.work()
    message = desk.sent(row_id)[0].id
    assert "webhooks.test&#34;" in client_as("admin,merch").get(f"{HOME}{row_id}/sent/{message}").text
    assert "webhooks.test&#34;" not in client_as("admin").get(f"{HOME}{row_id}/sent/{message}").text


def test_the_command_line(desk: Desk, receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    row_id, _secret = desk.subscribe(receiver.url, f"{MAKERS}.created")

    def run(*arguments: str) -> str:
        capsys.readouterr()
        code = main.run(["webhook", *arguments, "--tenant", desk.tenant.code], desk.hub)
        return capsys.readouterr().out if code == 0 else f"failed: {code}"

    listed = json.loads(run("list", "--json"))
    assert [(s["id"], s["events"]) for s in listed] == [(row_id, [f"{MAKERS}.created"])]
    receiver.answer = (410, "")
    uid = run("test", str(row_id)).strip()
    desk.work()
    assert receiver.got[0][0]["webhook-id"] == uid
    receiver.answer = (200, "")
    assert run("replay", str(row_id)).startswith("1 ")
    desk.work()
    assert [d.status for d in desk.sent(row_id)] == ["sent"]
    assert run("test", "999999").startswith("failed")

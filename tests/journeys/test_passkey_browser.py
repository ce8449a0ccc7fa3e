"""A passkey in a browser: set up, asked for at sign-in and before what is weighty, taken away; a recovery code without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from core.web.frame import confirm
from plugins.base_demo.demo import loader

pytestmark = pytest.mark.once
HOME = "/me/second-factor/"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


def test_signing_in_with_a_passkey_and_without_it(
    visit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit("qc")
    base = page.url.replace("127.0.0.1", "localhost").rstrip("/")  # passkeys are for names, not for numbers
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    password(page, base)
    page.goto(base + HOME)
    page.fill("[name=name]", "office computer")
    page.click("[data-ask]")
    page.locator("code").nth(9).wait_for()  # the page that comes when the device has answered
    codes = page.locator("code").all_inner_texts()
    assert len(codes) == 10

    page.context.clear_cookies()
    password(page, base)
    assert page.url == base + "/second-step/"
    page.click("[data-ask]")
    page.wait_for_url(base + "/")

    now = time.time() + 16 * 60  # it is asked again who is there
    monkeypatch.setattr(confirm, "time", SimpleNamespace(time=lambda: now))
    page.goto(base + HOME)
    page.click("form[action$='/codes'] button")
    page.locator("h1", has_text="Is it you?").wait_for()
    page.click("[data-ask]")
    page.locator("code").nth(9).wait_for()
    codes = page.locator("code").all_inner_texts()
    monkeypatch.undo()

    page.context.clear_cookies()
    device.send(
        "WebAuthn.setAutomaticPresenceSimulation",
        {"authenticatorId": made["authenticatorId"], "enabled": False},
    )
    password(page, base)
    page.fill("[name=code]", codes[0])
    page.click("form.login button:not([data-ask])")
    page.wait_for_url(base + "/")

    page.goto(base + HOME)
    page.locator("tr", has_text="office computer").get_by_role("button").click()
    page.locator("main", has_text="no longer accepted").wait_for()
    page.context.clear_cookies()
    password(page, base)
    page.wait_for_url(base + "/")


def password(page: Any, base: str) -> None:
    """The first step of signing in."""
    page.goto(base + "/login")
    page.fill("[name=email]", loader.email_of("qc"))
    page.fill("[name=password]", loader.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)

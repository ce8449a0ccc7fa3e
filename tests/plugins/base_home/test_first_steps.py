"""First steps (``first_steps``): for administrators of a company that begins, ticked from its data, put away for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.kernel.context import Ctx

TITLE = 'id="first-steps"'


def test_steps_tick_themselves_and_can_be_put_away(client_as: Callable[..., Any], ctx: Ctx) -> None:
    admin = client_as("admin")
    assert TITLE not in client_as("merch").get("/").text
    page = admin.get("/").text
    assert TITLE in page
    before = page.count('<li class="done">')
    ctx.set_setting("company", {**(ctx.setting("company") or {}), "address": "7 Silk Road"})
    ctx.session.commit()
    assert admin.get("/").text.count('<li class="done">') == before + 1
    assert client_as("merch").post("/first-steps/away").status_code == 403
    assert admin.post("/first-steps/away").status_code == 302
    assert TITLE not in admin.get("/").text

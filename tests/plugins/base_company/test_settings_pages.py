"""Settings of two people at once, and of one company brought into it from a file: nothing is written over unsaid."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from core.kernel import transfer
from core.kernel.context import Ctx

COMPANY, SETUP = "/admin/company/", "/admin/setup/"
FACTS = {"name": "Formosa", "base_currency": "TWD", "timezone": "Asia/Taipei"}


@pytest.fixture
def admin(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


def seen(page: Any) -> str:
    return re.findall(r'name="_seen" value="(\w+)"', page.text)[0]


def test_what_somebody_else_saved_meanwhile_is_told_and_not_written_over(admin: Any, ctx: Ctx) -> None:
    base = ctx.setting("company")["base_currency"]
    mine = seen(admin.get(COMPANY))
    facts = {**FACTS, "base_currency": base}
    assert admin.post(COMPANY, data={**facts, "address": "1 First Road", "_seen": mine}).status_code == 302
    late = admin.post(COMPANY, data={**facts, "address": "2 Second Road", "_seen": mine})
    assert late.status_code == 422
    assert "1 First Road" in late.text, "it says what was saved meanwhile"
    assert "2 Second Road" in late.text, "and keeps what was typed"
    assert (
        admin.post(COMPANY, data={**facts, "address": "2 Second Road", "_seen": seen(late)}).status_code
        == 302
    )
    ctx.session.rollback()
    ctx.memo.clear()
    assert ctx.setting("company")["address"] == "2 Second Road"


def test_a_file_is_compared_before_it_is_brought_in(
    admin: Any, client_as: Callable[..., Any], ctx: Ctx
) -> None:
    taken = admin.get(f"{SETUP}file")
    document = json.loads(taken.data)
    assert document["format"] == transfer.FORMAT
    document["company"]["address"] = "7 Silk Road"
    document["roles"]["helper"] = {"name": "Helper", "names": None, "rights": ["core.operate"]}
    document["currencies"]["euro"] = {"decimals": 2, "active": True}

    def send(content: bytes) -> Any:
        data = {"file": (io.BytesIO(content), "settings.json")}
        return admin.post(f"{SETUP}compare", data=data, content_type="multipart/form-data")

    assert send(b"{}").status_code == 422
    page = send(json.dumps(document).encode())
    assert page.status_code == 200
    assert "7 Silk Road" in page.text
    assert "A currency has three letters." in page.text
    assert "helper" not in transfer.take_out(ctx)["roles"]
    assert admin.post(f"{SETUP}bring", data={"document": json.dumps(document)}).status_code == 422
    done = admin.post(f"{SETUP}bring", data={"document": json.dumps(document), "part": ["company", "roles"]})
    assert done.status_code == 302
    ctx.session.rollback()
    ctx.memo.clear()
    found = transfer.take_out(ctx)
    assert (found["company"]["address"], found["roles"]["helper"]["rights"]) == ("7 Silk Road", [])
    assert client_as("merch").get(SETUP).status_code == 403

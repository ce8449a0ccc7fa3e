"""The page of the security log: one's own company's lines and its people's signing in, filtered; refused to others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from core.data.models import User
from core.data.signing import SecurityEvent
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub

HOME = "/admin/security-log/"


def test_what_happened_here_is_shown_and_nothing_of_others(
    hub: Hub, tenant: TenantInfo, client_as: Callable[..., Any], user_of: Callable[..., Any]
) -> None:
    admin, merch = client_as("admin"), user_of("merch")
    with hub.platform() as db:
        for who, company, event in (
            (merch.email, "", "sign_in"),
            (merch.email, tenant.code, "export"),
            ("stranger@elsewhere.test", "ELSEWHERE", "export"),
            ("stranger@elsewhere.test", "", "sign_in"),
        ):
            db.add(
                SecurityEvent(
                    at=datetime.now(UTC), event=event, who=who, company=company, told={"which": f"of {who}"}
                )
            )
    client_as("merch").get("/admin/users/")
    page = admin.get(HOME).text
    assert page.count(f"<td>{merch.email}</td>") == 3, "signing in, a file, a refusal"
    assert "stranger@" not in page
    assert f"<td>{merch.email}</td>" not in admin.get(f"{HOME}?who=nobody").text
    assert admin.get(f"{HOME}?who={merch.email}&alarms=1").text.count(f"<td>{merch.email}</td>") == 1
    assert (
        admin.get(f"{HOME}?event=export&since=2000-01-01&until=nonsense").text.count(
            f"<td>{merch.email}</td>"
        )
        == 1
    )
    assert "stranger@" not in admin.get(f"{HOME}?everywhere=1").text, "all companies are an operator's"
    with hub.platform() as db:
        db.get_one(User, user_of("admin").id).operator = True
    assert "stranger@" in admin.get(f"{HOME}?everywhere=1").text
    assert client_as("merch").get(HOME).status_code == 403

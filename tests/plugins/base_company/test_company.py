"""The company, its logo, and the settings of plugins."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from core.data.models import Tenant, User
from core.data.records import Currency, ExchangeRate
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from plugins.base_company.services import company
from tests.trail import audited


@pytest.fixture
def admin(client_as: Callable[..., Any]) -> Any:
    return client_as("admin")


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, "PNG")
    return out.getvalue()


def send(admin: Any, data: dict[str, Any], plugin: str = "") -> Any:
    """Post one of the page's forms, with the mark of what it showed."""
    home = "/admin/company/"
    form = admin.get(home).text.partition(
        f'action="{home}settings/{plugin}"' if plugin else f'action="{home}"'
    )[2]
    mark = re.findall(r'name="_seen" value="(\w+)"', form)[0]
    return admin.post(f"{home}settings/{plugin}" if plugin else home, data={**data, "_seen": mark})


COMPANY = {"name": "Formosa", "names.en": "Formosa Garments", "base_currency": "TWD", "timezone": "Asia/Tokyo",
           "bank": "First Bank"}  # fmt: skip


def test_company_with_logo_is_kept_and_recorded(admin: Any, ctx: Ctx, hub: Hub, tenant: TenantInfo) -> None:
    ctx.set_setting("company", {"name": "Old", "base_currency": "TWD", "other": "kept"})
    reply = send(admin, {**COMPANY, "logo": (io.BytesIO(png()), "logo.png")})
    assert reply.status_code == 302
    ctx.session.rollback()
    ctx.memo.clear()
    kept = ctx.setting("company")
    assert (kept["name"], kept["names"], kept["other"]) == ("Formosa", {"en": "Formosa Garments"}, "kept")
    assert hub.tenant_info(tenant.id).timezone == "Asia/Tokyo"
    assert admin.get("/admin/company/logo").mimetype == "image/png"
    assert audited(ctx, "base_company.company") == ["edit"]
    assert send(admin, {**COMPANY, "no_logo": "1"}).status_code == 302
    assert admin.get("/admin/company/logo").status_code == 404


def test_wrong_company_values_stay_typed_and_save_nothing(admin: Any, ctx: Ctx) -> None:
    for change, message in (
        ({"name": ""}, "This is needed."),
        ({"timezone": "Mars/Olympus"}, "valid choice"),
        ({"logo": (io.BytesIO(b"<svg onload=alert(1)>"), "logo.png")}, ""),
        ({"names.en": "x" * 401}, "At most 400"),
    ):
        reply = send(admin, {**COMPANY, "bank": "typed here", **change})
        assert reply.status_code == 422
        assert message in reply.text
        assert "typed here" in reply.text
    assert audited(ctx, "base_company.company") == []


def test_the_base_currency_stays_while_rates_refer_to_it(admin: Any, ctx: Ctx) -> None:
    ctx.session.add(ExchangeRate(currency="USD", valid_from=ctx.today(), rate=32))
    ctx.session.commit()
    reply = send(admin, {**COMPANY, "base_currency": "USD"})
    assert reply.status_code == 422
    assert "exchange rates refer to" in reply.text


def test_settings_of_a_plugin_are_drawn_from_its_manifest(
    client_as: Callable[..., Any], hub: Hub, make_tenant: Callable[..., TenantInfo]
) -> None:
    place = make_tenant(plugins=["catalog", "orders", "outsourcing"])
    admin = client_as("admin", of=place)
    page = admin.get("/admin/company/").text
    assert 'name="outsourcing-fg_over_pct"' in page
    good = {"outsourcing-fg_over_pct": "4.5", "outsourcing-under_pct": "1", "outsourcing-four_eyes": "y"}
    assert send(admin, good, "outsourcing").status_code == 302
    with hub.context(place) as ctx:
        assert ctx.setting("outsourcing.fg_over_pct") == "4.5"
        assert ctx.setting("outsourcing.four_eyes") is True
        assert audited(ctx, "base_company.setting") == ["edit"]
    bad = send(admin, {**good, "outsourcing-fg_over_pct": "abc"}, "outsourcing")
    assert bad.status_code == 422
    assert "“abc” is not a number." in bad.text
    assert admin.post("/admin/company/settings/nonsense", data={}).status_code == 404
    assert client_as("admin").post("/admin/company/settings/outsourcing", data=good).status_code == 404, (
        "it is off there"
    )


def test_company_zones_and_services_know_no_flask(ctx: Ctx) -> None:
    company.save_company(ctx, {"name": "By the command line", "timezone": "UTC"})
    ctx.session.flush()
    assert ctx.session.get_one(Tenant, ctx.tenant.id).timezone == "UTC"
    assert ctx.session.scalar(select(func.count()).select_from(Currency)) == 2
    assert ctx.session.scalar(select(func.count()).select_from(User)) is not None

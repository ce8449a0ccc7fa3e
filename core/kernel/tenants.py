"""Making a tenant (what ``hub tenant create`` does, the demo and the tests), shutting it and opening it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Role, Tenant
from core.data.records import Currency
from core.errors import NotFound, Refused
from core.kernel import enablement
from core.kernel.context import TenantInfo
from core.kernel.permissions import ADMIN
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.hub import Hub


def create_tenant(
    hub: Hub,
    code: str,
    name: str,
    *,
    timezone: str = "Asia/Taipei",
    base_currency: str = "USD",
    plugins: Iterable[str] | None = None,
    demo: bool = False,
) -> TenantInfo:
    """A new tenant with the administrator's role, currencies, and what the plugins that are on by default bring.

    Raises Refused where the code is taken or not made of letters, digits and dashes.
    """
    if not code or not code.replace("-", "").isalnum() or len(code) > 40:
        raise Refused(T("A tenant's code is made of letters, digits and dashes."), "code")
    with hub.platform() as session:
        if session.scalar(select(Tenant.id).where(Tenant.code == code)) is not None:
            raise Refused(T("“{code}” exists already.", code=code), "code")
        row = Tenant(code=code, name=name, timezone=timezone, demo=demo, active=True)
        session.add(row)
        session.flush()
        info = TenantInfo(row.id, code, name, timezone, demo)
    with hub.context(info) as ctx:
        ctx.session.add(
            Role(code=ADMIN, name="Administrator", system=True,
                 names={"zh_Hant_TW": "系統管理員", "zh_Hans_CN": "系统管理员"})
        )  # fmt: skip
        for currency, decimals in {base_currency: 2, "USD": 2}.items():
            ctx.session.add(
                Currency(code=currency, decimals=0 if currency in ("TWD", "JPY", "VND", "KRW") else decimals)
            )
        ctx.session.flush()
        ctx.set_setting("company", {"name": name, "base_currency": base_currency})
        wanted = (
            [p.name for p in hub.plugins if p.manifest.default_on and not p.manifest.bridge]
            if plugins is None
            else list(plugins)
        )
        enablement.enable_plugins(ctx, wanted)
    return info


def open_tenant(hub: Hub, code: str, *, on: bool) -> None:
    """Open a company, or shut it: nobody works in it then, no job of its runs, its data stays. NotFound for an unknown one."""
    with hub.platform() as session:
        found = session.scalars(select(Tenant).where(Tenant.code == code)).one_or_none()
        if found is None:
            raise NotFound(T("There is no tenant {code}.", code=code))
        found.active = on

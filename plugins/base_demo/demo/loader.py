"""Making the demo tenant: company, logins of each role, then each plugin's own part (``registry.demo``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx
from core.base_api import (
    Currency,
    DemoPart,
    ExchangeRate,
    Hub,
    Series,
    Tenant,
    TenantInfo,
    User,
    add_member,
    create_tenant,
    create_user,
    password_fits,
)

AS_OF = date(2026, 11, 23)
CODE = "FAT"
PASSWORD = "demo in the open"  # noqa: S105 - printed at start; demo mode serves loopback only

PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("merch", "林美華 Amy Lin", "merchandiser"),
    ("purch", "陳志強 Ken Chen", "purchaser"),
    ("wh", "黃俊傑 Jay Huang", "warehouse"),
    ("qc", "吳雅婷 Tina Wu", "QC"),
    ("prod", "張家豪 Howard Chang", "production control"),
    ("fin", "李淑芬 Fanny Lee", "finance"),
    ("mgr", "王建國 Roger Wang", "manager"),
    ("admin", "系統管理員 Admin", "administrator"),
)


@cache
def tenant_data() -> dict[str, Any]:
    """The figures of plugins/base_demo/demo/tenant.yaml."""
    with (Path(__file__).parent / "tenant.yaml").open(encoding="utf-8") as source:
        found: dict[str, Any] = yaml.safe_load(source)
    return found


def email_of(role: str) -> str:
    """The demo login of a role."""
    return f"{role}@demo.example"


def exists(hub: Hub) -> bool:
    """Is the demo tenant there?"""
    with hub.platform(write=False) as session:
        return session.scalar(select(Tenant.id).where(Tenant.code == CODE)) is not None


def open_doors(hub: Hub) -> list[str]:
    """Logins of the demo that are on and still have its password."""
    logins = [email_of(role) for role, _name, _title in PEOPLE]
    with hub.platform(write=False) as session:
        found = session.execute(
            select(User.email, User.password).where(User.email.in_(logins), User.active)
        ).all()
    return sorted(email for email, stored in found if password_fits(stored, PASSWORD))


def load(hub: Hub, today: date) -> TenantInfo:
    """Make the demo tenant with every date moved by (today - 2026-11-23)."""
    data = tenant_data()
    company = data["company"]
    info = create_tenant(
        hub,
        CODE,
        company["name_zh"],
        base_currency=company["base_currency"],
        timezone="Asia/Taipei",
        demo=True,
    )
    shift = (today - AS_OF).days
    for role, name, _title in PEOPLE:
        create_user(hub, email_of(role), name, PASSWORD)
        add_member(hub, info, email_of(role), [role])
    with hub.context(info) as ctx:
        _company(ctx, data, shift)
    with hub.context(info) as ctx:
        load_parts(ctx, shift)
    return info


def load_parts(ctx: Ctx, shift: int) -> None:
    """Each plugin's part of the company, in order; every date moves by ``shift`` days."""
    for part in in_order(ctx.registry.demo_parts.all_standing(ctx.enabled)):
        part.load(ctx, shift)


def in_order(parts: Sequence[DemoPart]) -> list[DemoPart]:
    """Parts as they were declared (a plugin after those it requires), each after those it names. ValueError for a circle."""
    left, found = list(parts), list[DemoPart]()
    while left:
        waiting = {part.plugin for part in left}
        ready = next((part for part in left if not waiting.intersection(part.after)), None)
        if ready is None:
            raise ValueError(f"parts of the demo company wait for each other: {', '.join(sorted(waiting))}")
        left.remove(ready)
        found.append(ready)
    return found


def _company(ctx: Ctx, data: dict[str, Any], shift: int) -> None:
    company = data["company"]
    ctx.set_setting(
        "company",
        {
            "name": company["name_zh"],
            "names": {
                "en": company["name_en"],
                "zh_Hant_TW": company["name_zh"],
                "zh_Hans_CN": "福尔摩沙成衣贸易股份有限公司（示范）",
            },
            "tax_id": company["tax_id"],
            "base_currency": company["base_currency"],
            "country": company["country"],
            "representative": "王建國",
            "address": "臺北市中山區示範路 100 號 12 樓",
            "addresses": {
                "en": "12F, No. 100, Shifan Rd., Zhongshan Dist., Taipei",
                "zh_Hant_TW": "臺北市中山區示範路 100 號 12 樓",
                "zh_Hans_CN": "台北市中山区示范路 100 号 12 楼",
            },
            "phone": "+886 2 0000 0000",
            "bank": "示範銀行 營業部 000-0000-0000 (DEMOTWTP)",
        },
    )
    have = {c.code: c for c in ctx.session.scalars(select(Currency))}
    for code, values in data["currencies"].items():
        if code in have:
            have[code].decimals = values["decimals"]
        else:
            ctx.session.add(Currency(code=code, decimals=values["decimals"], active=True))
    for day, rates in data["rates_to_TWD"].items():
        moved = date.fromisoformat(str(day)) + timedelta(days=shift)
        for code, rate in rates.items():
            ctx.session.add(ExchangeRate(currency=code, valid_from=moved, rate=Decimal(rate)))
    for series in ctx.session.scalars(select(Series)):
        if series.code in data["number_sequences"]:
            series.pattern = data["number_sequences"][series.code]
    ctx.session.flush()

"""Making tenants and people: what the command line's ``hub tenant create`` and ``hub user create`` do."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from sqlalchemy import select

from core.data.models import MemberRole, Membership, Role, Tenant, User
from core.data.records import Currency
from core.errors import NotFound, Refused
from core.kernel import enablement
from core.kernel.context import Ctx, TenantInfo
from core.kernel.permissions import ADMIN
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.hub import Hub

# OWASP's floor for argon2id; the library's default costs five times as much and adds little here
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORD_LENGTH = 12

ADMINISTRATOR = (ADMIN, "Administrator", "系統管理員", "系统管理员")
ROLES: tuple[tuple[str, str, str, str], ...] = (
    ("merch", "Merchandiser", "業務／跟單", "业务／跟单"),
    ("purch", "Purchaser", "採購", "采购"),
    ("wh", "Warehouse", "倉管", "仓管"),
    ("qc", "QC", "品管", "品管"),
    ("prod", "Production control", "生管", "生管"),
    ("fin", "Finance", "財務", "财务"),
    ("mgr", "Manager", "主管", "主管"),
)


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
    """A new tenant with the standard roles, series, lists and the plugins that are on by default.

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
        ctx.session.insert_many(
            Role,
            [
                {"code": role, "name": english, "names": {"zh_Hant_TW": hant, "zh_Hans_CN": hans}, "system": role == ADMIN}
                for role, english, hant, hans in (ADMINISTRATOR, *ROLES)
            ],
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
        enablement.enable_many(ctx, wanted)
    return info


def check_password(password: str, email: str = "") -> None:
    """Raise Refused for a password that is too short or too easy to guess."""
    if len(password) < PASSWORD_LENGTH:
        raise Refused(T("A password has at least {n} characters.", n=PASSWORD_LENGTH), "password")
    if len(set(password)) < 5 or (email and email.split("@")[0].lower() in password.lower()):
        raise Refused(T("This password is too easy to guess."), "password")


def create_user(
    hub: Hub, email: str, name: str, password: str | None = None, *, locale: str = "zh_Hant_TW"
) -> int:
    """A person who can sign in (with a password) or be given one later; returns the id. Refused where taken."""
    email = email.strip().lower()
    if "@" not in email or len(email) > 254:
        raise Refused(T("This is not an e-mail address."), "email")
    if password is not None:
        check_password(password, email)
    with hub.platform() as session:
        if session.scalar(select(User.id).where(User.email == email)) is not None:
            raise Refused(T("“{code}” exists already.", code=email), "email")
        user = User(
            email=email,
            name=name,
            password=HASHER.hash(password) if password else None,
            active=True,
            fs_uniquifier=secrets.token_hex(32),
            locale=locale,
            theme="auto",
            created_at=datetime.now(UTC),
        )
        session.add(user)
        session.flush()
        return user.id


def add_member(hub: Hub, tenant: TenantInfo, email: str, roles: Iterable[str]) -> None:
    """Let a person work in a tenant with these roles (replacing those they had). NotFound for an unknown one."""
    with hub.platform() as session:
        user = session.scalars(select(User).where(User.email == email.lower())).one_or_none()
        if user is None:
            raise NotFound(T("There is no user {email}.", email=email))
        member = session.scalars(
            select(Membership).where(Membership.user_id == user.id, Membership.tenant_id == tenant.id)
        ).one_or_none()
        if member is None:
            session.add(Membership(user_id=user.id, tenant_id=tenant.id, active=True))
        else:
            member.active = True
        user_id = user.id
    with hub.context(tenant) as ctx:
        set_roles(ctx, user_id, roles)


def set_roles(ctx: Ctx, user_id: int, roles: Iterable[str]) -> None:
    """Give a member exactly these roles."""
    wanted = set(roles)
    known = {r.code: r for r in ctx.session.scalars(select(Role))}
    unknown = wanted - set(known)
    if unknown:
        raise NotFound(T("There is no role {code}.", code=", ".join(sorted(unknown))))
    have = {
        m.role_id: m for m in ctx.session.scalars(select(MemberRole).where(MemberRole.user_id == user_id))
    }
    for code in wanted:
        if known[code].id not in have:
            ctx.session.add(MemberRole(user_id=user_id, role_id=known[code].id))
    for role_id, row in have.items():
        if role_id not in {known[c].id for c in wanted}:
            ctx.session.delete(row)
    ctx.session.flush()

"""Core tables, first half: who works here, what they may do, what is switched on, and how documents are numbered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.data.columns import Json, Utc
from core.data.db import Base, GlobalRow, TenantRow, ref
from core.data.relations import children, link


class Tenant(GlobalRow):
    """A company that uses the hub. ``code`` is what the command line calls it."""

    __tablename__ = "core_tenant"
    __table_args__ = (UniqueConstraint("code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(60), default="Asia/Taipei")
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class User(GlobalRow):
    """A person who signs in. What they may do is decided per tenant, by :class:`Membership` and roles."""

    __tablename__ = "core_user"
    __table_args__ = (UniqueConstraint("email"), UniqueConstraint("fs_uniquifier"))
    email: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hant_TW")
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    last_tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime | None] = mapped_column(Utc)
    operator: Mapped[bool] = mapped_column(Boolean, default=False)
    """Looks after the installation: companies, and features that only they switch. Given on the command line only."""
    memberships: Mapped[list[Membership]] = relationship(
        lambda: Membership, back_populates="user", lazy="select"
    )


class Membership(GlobalRow):
    """A user works in a tenant. Global, because signing in must find a user's tenants before one is chosen."""

    __tablename__ = "core_membership"
    __table_args__ = (UniqueConstraint("user_id", "tenant_id"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("core_tenant.id", ondelete="CASCADE"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    user: Mapped[User] = relationship(back_populates="memberships")
    tenant: Mapped[Tenant] = relationship()


class Role(TenantRow):
    """A set of permissions of one tenant. ``system`` marks the administrator's role, which may do everything."""

    __tablename__ = "core_role"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    system: Mapped[bool] = mapped_column(Boolean, default=False)
    grants: Mapped[list[Grant]] = children("Grant.role_id", "Role", order_by="Grant.permission")


class Grant(TenantRow):
    """One permission of a role."""

    __tablename__ = "core_grant"
    __table_args__ = (UniqueConstraint("tenant_id", "role_id", "permission"),)
    role_id: Mapped[int] = ref("core_role", ondelete="CASCADE")
    permission: Mapped[str] = mapped_column(String(120))


class MemberRole(TenantRow):
    """A user has a role in this tenant."""

    __tablename__ = "core_member_role"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id", "role_id"),)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    role_id: Mapped[int] = ref("core_role", ondelete="CASCADE")
    role: Mapped[Role] = link("MemberRole.role_id", "Role")


class Enablement(TenantRow):
    """A loaded plugin is on (or off) for this tenant. Kept for plugins that are no longer installed.

    ``offered`` names the rights, series and lists of the plugin that the tenant was once given: what an administrator took
    away stays away, and what a later version declares is given once. The hub itself has a row too, as ``core``.
    """

    __tablename__ = "core_enablement"
    __table_args__ = (UniqueConstraint("tenant_id", "plugin"),)
    plugin: Mapped[str] = mapped_column(String(60))
    enabled: Mapped[bool] = mapped_column(Boolean)
    offered: Mapped[list[str]] = mapped_column(Json, default=list)


class Setting(TenantRow):
    """A setting of this tenant, JSON by key (``company``, ``outsourcing.four_eyes``, …)."""

    __tablename__ = "core_setting"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(Json)


class Series(TenantRow):
    """The number pattern of a document kind, e.g. ``FO-{YYYY}-{0000}``."""

    __tablename__ = "core_series"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(60))
    pattern: Mapped[str] = mapped_column(String(60))


class Counter(TenantRow):
    """The next number of a series in a year (0 for patterns without a year)."""

    __tablename__ = "core_counter"
    __table_args__ = (UniqueConstraint("tenant_id", "series", "year"),)
    series: Mapped[str] = mapped_column(String(60))
    year: Mapped[int] = mapped_column(Integer)
    next: Mapped[int] = mapped_column(BigInteger)


class UserPref(TenantRow):
    """What a user chose for a screen: visible columns, a saved filter. ``shared`` filters show for everyone."""

    __tablename__ = "core_user_pref"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id", "kind", "screen", "name"),)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    kind: Mapped[str] = mapped_column(String(20))
    screen: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120), default="")
    shared: Mapped[bool] = mapped_column(Boolean, default=False)
    value: Mapped[Any] = mapped_column(Json)


__all__ = [
    "Base", "Counter", "Enablement", "Grant", "MemberRole", "Membership", "Role", "Series",
    "Setting", "Tenant", "User", "UserPref",
]  # fmt: skip

"""Administration: users, roles; and everybody's own page."""

from __future__ import annotations

from core.web.account import AccountPage
from core.web.admin_roles import RolesPage
from core.web.admin_users import UsersPage
from core.web.screens.page import Page


def views() -> list[Page]:
    """The administration pages."""
    return [
        UsersPage(name="Users", endpoint="admin_users", url="/admin/users"),
        RolesPage(name="Roles", endpoint="admin_roles", url="/admin/roles"),
        AccountPage(name="Me", endpoint="account", url="/me"),
    ]

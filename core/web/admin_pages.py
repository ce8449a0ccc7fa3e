"""Administration: company and settings, users, roles, features; and everybody's own page."""

from __future__ import annotations

from core.web.account import AccountPage
from core.web.admin_company import CompanyPage
from core.web.admin_features import FeaturesPage
from core.web.admin_roles import RolesPage
from core.web.admin_users import UsersPage
from core.web.screens.page import Page


def views() -> list[Page]:
    """The administration pages."""
    return [
        CompanyPage(name="Company", endpoint="admin_company", url="/admin/company"),
        UsersPage(name="Users", endpoint="admin_users", url="/admin/users"),
        RolesPage(name="Roles", endpoint="admin_roles", url="/admin/roles"),
        FeaturesPage(name="Features", endpoint="admin_plugins", url="/admin/plugins"),
        AccountPage(name="Me", endpoint="account", url="/me"),
    ]

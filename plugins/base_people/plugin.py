"""Wiring of people and roles: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl
from plugins.base_people.services import people, roles, rules, security_log
from plugins.base_people.shown import first_steps  # noqa: F401 - a hook

manifest = Manifest(
    name="base_people",
    title=T("People and roles"),
    version="0.1.0",
    summary=T(
        "Who works here with which roles, what roles may do, invitations, one's own page and password."
    ),
    category="platform",
    base=True,
    extends=("base_company",),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the rights to manage people and roles."""
    registry.permission(people.RIGHT, T("Manage users and their roles"))
    registry.permission(roles.RIGHT, T("Manage roles and permissions"))
    registry.permission(security_log.RIGHT, T("See the security log"))
    registry.permission(rules.RIGHT, T("Set the rules of signing in"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Users, roles, one's own page, and the page behind an invitation."""
    from plugins.base_people.screens.account import AccountPage, WelcomePage
    from plugins.base_people.screens.roles import RolesPage
    from plugins.base_people.screens.rules import RulesPage
    from plugins.base_people.screens.second_factor import SecondFactorPage, SecondStepPage
    from plugins.base_people.screens.security_log import SecurityLogPage
    from plugins.base_people.screens.users import UsersPage

    registry.view(UsersPage(name="Users", endpoint="admin_users", url="/admin/users"))
    registry.view(RolesPage(name="Roles", endpoint="admin_roles", url="/admin/roles"))
    registry.view(AccountPage(name="Me", endpoint="account", url="/me"))
    registry.view(WelcomePage(name="Welcome", endpoint="welcome", url="/welcome"))
    registry.view(RulesPage(name="Rules", endpoint="admin_security", url="/admin/security"))
    registry.view(SecurityLogPage(name="Log", endpoint="admin_security_log", url="/admin/security-log"))
    registry.view(SecondFactorPage(name="Factor", endpoint="second_factor", url="/me/second-factor"))
    registry.view(SecondStepPage(name="Step", endpoint="second_step", url="/second-step"))

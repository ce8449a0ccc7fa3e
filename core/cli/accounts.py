"""``hub user``: the people who sign in, and where they work."""

from __future__ import annotations

import sys
from typing import Any

import click
from sqlalchemy import select

from core.cli.common import as_json, open_hub, put, table, tenant_code
from core.data.models import Membership, Role, Tenant, User
from core.errors import NotFound, Refused
from core.kernel import accounts
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.kernel.second_factor import remove_factor
from core.text.i18n import LOCALES, T


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("factor-off")
@click.argument("email")
def factor_off(email: str) -> None:
    """Take the second factor away from a person who has lost phone and recovery codes."""
    hub = open_hub()
    with hub.platform() as session:
        found = session.scalar(select(User.id).where(User.email == email.strip().lower()))
        if found is None:
            raise NotFound(T("There is no user {email}.", email=email))
        remove_factor(session, found)
    click.echo(f"{email} signs in with the password alone.")


@user.command("operator")
@click.argument("email")
@click.option("--off", is_flag=True, help="No longer.")
def set_operator(email: str, off: bool) -> None:
    """Let a person who is administrator of their company look after the installation: companies, restricted features."""
    with open_hub().platform() as session:
        found = session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
        if found is None:
            raise NotFound(T("There is no user {email}.", email=email))
        found.operator = not off
    click.echo(f"{email} {'no longer looks' if off else 'looks'} after the installation.")


@user.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--tenant", "code", metavar="CODE", envvar="HUB_TENANT", help="Where they work.")
@click.option("--role", "roles", multiple=True, help="A role there; may be given more than once.")
@click.option("--language", type=click.Choice(LOCALES), default="zh_Hant_TW", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_user(
    email: str, name: str, code: str | None, roles: tuple[str, ...], language: str, password_stdin: bool
) -> None:
    """Make a person who can sign in; asks for the password."""
    hub = open_hub()
    info = hub.tenant_info(tenant_code(hub, code)) if roles or code else None
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with hub.platform(write=False) as session:
        known = session.scalar(select(User.id).where(User.email == email.strip().lower()))
    if known is None:
        if info is not None:
            _check_roles(hub, info, roles)
        accounts.create_user(hub, email, name, password, locale=language)
    elif info is None:
        raise Refused(T("“{code}” exists already.", code=email), "email")
    if info is not None:
        accounts.add_member(hub, info, email, roles)
    click.echo(f"{email} can sign in" + (f" and works in {info.code}." if info else "."))


@user.command("roles")
@click.argument("email")
@click.option("--tenant", "code", metavar="CODE", envvar="HUB_TENANT")
@click.option(
    "--role", "roles", multiple=True, help="The roles they have from now on; none at all takes them away."
)
def give_roles(email: str, code: str | None, roles: tuple[str, ...]) -> None:
    """Let a person who exists work in a tenant with exactly these roles."""
    hub = open_hub()
    info = hub.tenant_info(tenant_code(hub, code))
    _check_roles(hub, info, roles)
    accounts.add_member(hub, info, email, roles)
    click.echo(f"{email} works in {info.code} as {', '.join(roles) or 'nothing'}.")


@user.command("list")
@as_json
def list_users(wants_json: bool) -> None:
    """Everybody who can sign in, and where they work."""
    with open_hub().platform(write=False) as session:
        places: dict[int, list[str]] = {}
        for user_id, code in session.execute(
            select(Membership.user_id, Tenant.code)
            .join(Tenant, Tenant.id == Membership.tenant_id)
            .where(Membership.active)
            .order_by(Tenant.code)
        ):
            places.setdefault(user_id, []).append(code)
        rows: list[dict[str, Any]] = [
            {"email": u.email, "name": u.name, "active": u.active, "tenants": places.get(u.id, [])}
            for u in session.scalars(select(User).order_by(User.email))
        ]
    if wants_json:
        put(rows)
    else:
        shown = [(r["email"], r["name"], r["active"], ", ".join(r["tenants"])) for r in rows]
        table(("email", "name", "active", "tenants"), shown)


def _check_roles(hub: Hub, info: TenantInfo, roles: tuple[str, ...]) -> None:
    with hub.context(info, write=False) as ctx:
        known = set(ctx.session.scalars(select(Role.code)))
    unknown = sorted(set(roles) - known)
    if unknown:
        raise NotFound(
            T(
                "There is no role {code}. There are: {known}.",
                code=", ".join(unknown),
                known=", ".join(sorted(known)),
            )
        )


COMMANDS = (user,)

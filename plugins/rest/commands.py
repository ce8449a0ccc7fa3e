"""``hub token``: tokens of the programming interface from the command line."""

from __future__ import annotations

from datetime import timedelta

import click

from core.cli.api import as_json, context, for_tenant, put, table
from plugins.rest.services import tokens
from plugins.rest.words import USUAL_DAYS


@click.group()
def token() -> None:
    """Tokens with which other programs call the hub."""


@token.command("create")
@click.argument("name")
@click.option("--write", is_flag=True, help="It may change things; without this it only reads.")
@click.option(
    "--days", type=click.IntRange(1), default=USUAL_DAYS, show_default=True, help="How long it lives."
)
@click.option("--plugin", "plugins", multiple=True, help="A feature it reaches; without this all.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="A kind of document or a right it is limited to; without this none.",
)
@for_tenant
def create(
    name: str,
    write: bool,
    days: int,
    plugins: tuple[str, ...],
    scopes: tuple[str, ...],
    tenant: str | None,
    person: str | None,
) -> None:
    """Make a token of the person named with --as, and print it; it is not told again."""
    with context(tenant, person) as ctx:
        day = ctx.today() + timedelta(days=days)
        _row, secret = tokens.make_token(
            ctx, name, read_only=not write, expires_on=day, plugins=plugins, scopes=scopes
        )
    click.echo(secret)


@token.command("list")
@for_tenant
@as_json
def list_(tenant: str | None, person: str | None, wants_json: bool) -> None:
    """Every token, without its secret."""
    with context(tenant, person, write=False) as ctx:
        rows = [
            {
                "id": t.id, "name": t.name, "person": t.user_name, "read_only": t.read_only, "plugins": t.plugins,
                "scopes": t.scopes or [],
                "expires_on": t.expires_on.isoformat(), "last_used_at": t.last_used_at and t.last_used_at.isoformat(),
                "revoked": t.revoked_at is not None,
            }
            for t in tokens.list_tokens(ctx)
        ]  # fmt: skip
    if wants_json:
        put(rows)
    else:
        table(tuple(rows[0]) if rows else (), [tuple(row.values()) for row in rows])


@token.command("revoke")
@click.argument("number", type=int)
@for_tenant
def revoke(number: int, tenant: str | None, person: str | None) -> None:
    """End a token by its id."""
    with context(tenant, person) as ctx:
        row = tokens.revoke_token(ctx, number)
    click.echo(f"{row.name} opens nothing any more.")

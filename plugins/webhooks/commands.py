"""``hub webhook``: subscriptions of other systems from the command line."""

from __future__ import annotations

import click

from core.cli.api import as_json, context, for_tenant, put, table
from plugins.webhooks.services import subscriptions


@click.group()
def webhook() -> None:
    """Other systems that are told what happens."""


@webhook.command("list")
@for_tenant
@as_json
def list_(tenant: str | None, person: str | None, wants_json: bool) -> None:
    """Every subscription, without its secret."""
    with context(tenant, person, write=False) as ctx:
        rows = [
            {
                "id": s.id, "name": s.name, "address": s.address, "active": s.active, "person": s.user_name,
                "events": s.events, "failing_since": s.failing_since and s.failing_since.isoformat(),
            }
            for s in subscriptions.list_subscriptions(ctx)
        ]  # fmt: skip
    if wants_json:
        put(rows)
    else:
        table(tuple(rows[0]) if rows else (), [tuple(row.values()) for row in rows])


@webhook.command("test")
@click.argument("number", type=int)
@for_tenant
def test(number: int, tenant: str | None, person: str | None) -> None:
    """Send a test to a subscription by its id; the worker carries it out."""
    with context(tenant, person) as ctx:
        uid = subscriptions.send_test(ctx, subscriptions.get_subscription(ctx, number))
    click.echo(uid)


@webhook.command("replay")
@click.argument("number", type=int)
@click.option("--message", type=int, help="The id of one message; without this all that failed.")
@for_tenant
def replay(number: int, message: int | None, tenant: str | None, person: str | None) -> None:
    """Send again what failed of a subscription by its id."""
    with context(tenant, person) as ctx:
        row = subscriptions.get_subscription(ctx, number)
        one = subscriptions.get_delivery(ctx, row, message) if message is not None else None
        n = subscriptions.replay(ctx, row, one)
    click.echo(f"{n} messages are sent again.")

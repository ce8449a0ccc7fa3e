"""``hub mail``: mails from the command line."""

from __future__ import annotations

import click

from core.cli.api import as_json, context, for_tenant, put, table
from plugins.mailing.services import writing


@click.group()
def mail() -> None:
    """Mails that went out, or did not."""


@mail.command("list")
@click.option("--status", type=click.Choice(("waiting", "sent", "failed")), default=None)
@for_tenant
@as_json
def list_(status: str | None, tenant: str | None, person: str | None, wants_json: bool) -> None:
    """The newest mails."""
    with context(tenant, person, write=False) as ctx:
        rows = [
            {"id": m.id, "status": m.status, "to": m.recipients, "subject": m.subject, "by": m.by_name,
             "attempts": m.attempts, "error": m.error}
            for m in writing.list_mails(ctx, status or "")
        ]  # fmt: skip
    if wants_json:
        put(rows)
    else:
        table(tuple(rows[0]) if rows else (), [tuple(row.values()) for row in rows])


@mail.command("retry")
@click.argument("number", type=int)
@for_tenant
def retry(number: int, tenant: str | None, person: str | None) -> None:
    """Send a mail that failed once more, by its id."""
    with context(tenant, person) as ctx:
        writing.retry_mail(ctx, writing.get_mail(ctx, number))
    click.echo("It is sent again.")

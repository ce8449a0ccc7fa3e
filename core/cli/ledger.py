"""``hub ledger``: prove the books, make the derived figures anew, close and open periods."""

from __future__ import annotations

from datetime import date, datetime

import click

from core import ledger
from core.cli.common import carry_out, for_tenant, open_hub, tenant_code
from core.errors import StartError
from core.kernel.context import Ctx


@click.group(name="ledger")
def group() -> None:
    """The movement ledger: verify, rebuild, close."""


@group.command()
@for_tenant
def verify(tenant: str | None, person: str | None) -> None:
    """Recompute every balance and closing from the movements; exit 1 where one differs."""
    hub = open_hub()
    code = tenant_code(hub, tenant)
    # reads first and notes the result afterwards: on SQLite nobody has to wait for the reading
    with hub.context(code, person, write=False) as ctx:
        faults = ledger.verify(ctx, record=False)
    with hub.context(code, person) as ctx:
        ledger.record_verified(ctx, len(faults))
    if faults:
        raise StartError(
            "\n".join([*faults, f"{len(faults)} faults. `hub ledger rebuild` makes the figures anew."])
        )
    click.echo("The ledger is right.")


@group.command()
@for_tenant
def rebuild(tenant: str | None, person: str | None) -> None:
    """Throw balances and closings away and make them again from the movements."""

    def work(ctx: Ctx) -> list[str]:
        ledger.rebuild(ctx)
        return ledger.verify(ctx)

    faults = carry_out(tenant, work, person)
    if faults:
        raise StartError("\n".join(faults))
    click.echo("Balances and closings were made anew.")


@group.command()
@click.argument("until", type=click.DateTime(["%Y-%m-%d"]))
@for_tenant
def close(until: datetime, tenant: str | None, person: str | None) -> None:
    """Close everything up to and including the day UNTIL (YYYY-MM-DD)."""
    carry_out(tenant, lambda ctx: ledger.close_period(ctx, until.date()), person)
    click.echo(f"Closed up to {until.date().isoformat()}.")


@group.command()
@click.option("--reason", required=True, help="Why; it is kept.")
@for_tenant
def reopen(reason: str, tenant: str | None, person: str | None) -> None:
    """Open the period that was closed last."""

    def work(ctx: Ctx) -> date:
        until = ledger.closed_until(ctx)
        if until is None:
            raise StartError("nothing is closed")
        ledger.reopen_period(ctx, until, reason)
        return until

    until = carry_out(tenant, work, person)
    click.echo(f"The period up to {until.isoformat()} is open again.")


COMMANDS = (group,)

"""``hub health``: what the page says, of every company or of one."""

from __future__ import annotations

from typing import Any

import click

from core.cli.api import as_json, open_hub, put, table
from plugins.base_health.services.health import Health, Installation, health, installation


@click.command("health")
@click.option("--tenant", "code", metavar="CODE", help="This company only.")
@as_json
@click.pass_context
def health_(click_ctx: click.Context, code: str | None, wants_json: bool) -> None:
    """What failed of plugins in each company, failed jobs, missing plugins, pending migrations. Ends with 1 where there is
    something to do."""
    hub = open_hub(ready=False)
    house = installation(hub)
    found: dict[str, Health] = {}
    if not house.pending and not house.fault:
        for tenant in [hub.tenant_info(code)] if code else hub.tenants():
            with hub.context(tenant, write=False) as ctx:
                found[tenant.code] = health(ctx)
    if wants_json:
        put(
            {
                "installation": vars(house),
                "tenants": {name: _plain(each) for name, each in found.items()},
            }
        )
    else:
        _say(house, found)
    if not (house.well and all(each.well for each in found.values())):
        click_ctx.exit(1)


def _plain(found: Health) -> dict[str, Any]:
    return {
        "failing": [_failure(f) for f in found.failing],
        "seen": len(found.seen),
        "jobs": dict(found.jobs),
        "missing": found.missing,
        "incomplete": found.incomplete,
    }


def _failure(failure: Any) -> dict[str, Any]:
    names = ("plugin", "part", "kind", "place", "message", "count")
    moments = {name: getattr(failure, name).isoformat(timespec="seconds") for name in ("first_at", "last_at")}
    return {name: getattr(failure, name) for name in names} | moments


def _say(house: Installation, found: dict[str, Health]) -> None:
    lines = [
        *(f"{n} is left out{f': it needs {why}' if why else ''}." for n, why in house.left_out.items()),
        *(f"{name} lacks migrations. Run `hub db upgrade`." for name in house.pending),
        *([house.fault] if house.fault else []),
        *(f"{name} has tables here and is not loaded." for name in house.orphans),
    ]
    for code, each in found.items():
        lines += [f"{code}: {name} is on and not loaded." for name in each.missing]
        lines += [
            f"{code}: {name} is on without {need}, which it requires." for name, need in each.incomplete
        ]
        lines += [f"{code}: {number} jobs {kind} failed." for kind, number in each.jobs]
    for line in lines:
        click.echo(line)
    rows = [
        (code, f.plugin, f.part, f.kind, f.count, f.last_at.isoformat(timespec="minutes"), f.message)
        for code, each in found.items()
        for f in each.failing
    ]
    if rows:
        table(("company", "plugin", "part", "kind", "times", "last", "message"), rows)
    if not lines and not rows:
        click.echo("In order.")

"""``hub audit``: seal the audit trail, and prove that nobody changed what was sealed."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.common import open_hub, tenant_code
from core.errors import StartError
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.vault import chain, heads, proof, trail


@click.group(name="audit")
def group() -> None:
    """The chain of audit entries, remarks, files and overrides: seal, verify."""


@group.command()
@click.option("--tenant", "code", metavar="CODE", envvar="HUB_TENANT", help="One company; else every one.")
def seal(code: str | None) -> None:
    """Seal what is not sealed yet, and print the end of each chain. The worker does it every few minutes."""
    hub = open_hub()
    for company in _companies(hub, code):
        done = chain.seal(hub, company)
        with hub.context(company, write=False) as ctx:
            end, day = chain.last_link(ctx), ctx.today().isoformat()
        click.echo(f"{heads.note(hub, company, day, end)}  ({done:,} rows sealed)")


@group.command()
@click.option("--tenant", "code", metavar="CODE", envvar="HUB_TENANT", help="One company; else every one.")
@click.option("--heads", "file", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="Ends of chains as they were noted elsewhere: a copy of audit_heads.txt, or a log.")  # fmt: skip
def verify(code: str | None, file: Path | None) -> None:
    """Compare every sealed row with its sum, every link with the one before it, and the ends with those noted; exit 1 where
    something was changed, taken away or put in."""
    hub = open_hub()
    faults = []
    for company in _companies(hub, code):
        noted = {
            *heads.noted(heads.place(hub), company.code),
            *(heads.noted(file, company.code) if file else ()),
        }
        with hub.context(company, write=False) as ctx:
            found = trail.verify(ctx, [(h.day, h.number, h.digest) for h in sorted(noted, key=str)])
        faults += [f"{company.code}: {fault}" for fault in found.faults]
        click.echo(f"{company.code}: {found.rows:,} sealed rows, {found.head[0]:,} links, {found.head[1]}")
        for table in sorted(found.unknown):
            click.echo(f"{company.code}: rows of {table} were not looked at; its plugin is not loaded.")
    if faults:
        raise StartError(
            "\n".join([*faults, f"{len(faults)} faults: somebody changed the trail behind the hub's back."])
        )
    click.echo("The trail is as it was sealed.")


def _companies(hub: Hub, code: str | None) -> list[TenantInfo]:
    return [hub.tenant_info(tenant_code(hub, code))] if code else proof.every_company(hub)


COMMANDS = (group,)

"""``hub import``: a sheet brought in from the command line."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import click

from core.api import Ctx
from core.cli.api import context, for_tenant
from plugins.imports.services import batches, running
from plugins.imports.words import MODES


@click.command("import")
@click.argument("entity")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Say what is wrong, and keep nothing.")
@click.option(
    "--mode", type=click.Choice([code for code, _words in MODES]), default="both", show_default=True
)
@click.option("--then", default="", help="The action that new documents go on with, e.g. post.")
@for_tenant
def import_(
    entity: str, file: Path, only_check: bool, mode: str, then: str, tenant: str | None, person: str | None
) -> None:
    """Bring a CSV or XLSX sheet in, e.g. hub import catalog.material materials.xlsx --as EMAIL."""

    def units() -> AbstractContextManager[Ctx]:
        return context(tenant, person)

    with units() as ctx:
        batch = batches.start_batch(ctx, entity, file.name, file.read_bytes())
        batches.set_columns(ctx, batch, batch.columns, mode, then)
        number = batch.id
    work = running.check if only_check else running.bring_in
    work(units, number, lambda done, total: click.echo(f"\r{done} / {total}", nl=False, err=True))
    click.echo("", err=True)
    with units() as ctx:
        batch = batches.get_batch(ctx, number)
        for line, heading, words in batch.problems:
            click.echo(f"{line}: {heading + ': ' if heading else ''}{words}", err=True)
        click.echo(
            f"new {len(batch.made)}, changed {len(batch.changed)}, left out {batch.left_out}, "
            f"refused {len(batch.problems)}"
        )
        if batch.problems:
            raise SystemExit(1)

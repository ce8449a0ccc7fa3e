"""``hub print``: a document as a PDF file, with the same rights as on its page."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from core.cli.api import context, for_tenant
from core.remote import entity_of, print_row, row_of


@click.command("print")
@click.argument("entity")
@click.argument("number")
@click.option("--kind", default="", help="Which document; not needed where there is one.")
@click.option("--language", default="", help="en, zh_Hant_TW or zh_Hans_CN; else the person's own.")
@click.option(
    "-o",
    "--output",
    default="",
    metavar="FILE",
    help="Where to; - for standard output; else its own name here.",
)
@for_tenant
def print_(
    entity: str, number: str, kind: str, language: str, output: str, tenant: str | None, person: str | None
) -> None:
    """Print a document as PDF, e.g. hub print purchasing.order PM-2026-0001 --language zh_Hant_TW."""
    with context(tenant, person, write=False) as ctx:
        found = entity_of(ctx, entity)
        name, data = print_row(ctx, found, row_of(ctx, found, number), kind, language)
    if output == "-":
        sys.stdout.buffer.write(data)
        return
    path = Path(output or name)
    path.write_bytes(data)
    click.echo(path)

"""``hub backup`` and ``hub restore``: everything in one archive, or one company."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from core.cli.common import open_hub
from core.errors import StartError
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.vault import backup as making
from core.vault import proof
from core.vault.archive import Archive, Manifest, Progress
from core.vault.company import restore_company
from core.vault.restore import restore as put_back

WHERE = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def _progress(label: str, length: int) -> Iterator[Progress]:
    """A bar in a terminal, the label elsewhere."""
    with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar.update


@click.command()
@click.argument("file", type=WHERE)
@click.option("--tenant", "code", metavar="CODE", help="One company only, without anybody's password.")
def backup(file: Path, code: str | None) -> None:
    """Write everything into the archive FILE, while people work: all companies, people, stored files.

    Not in it: config.toml and the secret key. Keep them apart from it.
    """
    hub = open_hub(ready=False)
    only = None
    if code is not None:
        only = next((c for c in proof.every_company(hub) if c.code == code), None)
        if only is None:
            raise StartError(f"there is no company {code}")
    with _progress("rows", making.size(hub, only=only)) as progress:
        made = making.make(hub, file, progress, only=only)
    click.echo(_told(made))
    if made.damaged:
        raise StartError(
            f"{file} is whole, but {len(made.damaged)} stored files are not what they were stored as: "
            + ", ".join(made.damaged)
        )


@click.command()
@click.argument("file", type=WHERE)
@click.option("--tenant", "code", metavar="CODE", help="Add this company of the archive to the hub.")
@click.option("--as", "new_code", metavar="CODE", help="Call the added company so.")
@click.option("--without", multiple=True, metavar="PLUGIN", help="Leave this plugin's rows in the archive.")
def restore(file: Path, code: str | None, new_code: str | None, without: tuple[str, ...]) -> None:
    """Put the archive FILE into an empty database and data folder; with --tenant, one company of it into a hub at work.

    Nothing is written over. The archive is verified before, rows, books and files after.
    """
    hub = open_hub(ready=code is not None)
    with Archive(file) as archive:
        said = archive.manifest
        with _progress("verified", sum(part.file_size for part in archive.zip.infolist())) as progress:
            archive.verify(progress)
        with _progress("rows", said.rows) as progress:
            if code is None:
                put_back(hub, archive, progress, without=without)
                hub.check_ready()
                restored = proof.every_company(hub)
            else:
                restored = [restore_company(hub, archive, code, new_code or code, progress)]
    click.echo(_told(said) if code is None else f"{code} was added as {restored[0].code}.")
    for plugin in without:
        click.echo(f"Not restored, still in {file}: the rows of {plugin}.")
    _prove(hub, restored)


def _prove(hub: Hub, companies: list[TenantInfo]) -> None:
    found = [fault for company in companies for fault in proof.faults(hub, company)]
    if found:
        raise StartError(
            "\n".join([*found, f"Everything of the archive is there; {len(found)} faults in it."])
        )
    click.echo("Rows, sums, books and files are right.")


def _told(said: Manifest) -> str:
    companies = ", ".join(company.code for company in said.companies) or "no company"
    return (
        f"{companies}: {said.rows:,} rows in {len(said.tables)} tables, {said.files:,} files ({said.bytes:,} bytes), "
        f"as of {said.at}."
    )


COMMANDS = (backup, restore)

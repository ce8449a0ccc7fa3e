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
from core.vault.upgrade import bring

WHERE = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def progress_bar(label: str, length: int) -> Iterator[Progress]:
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
    click.echo(told(written(hub, file, only)))


def written(hub: Hub, file: Path, only: TenantInfo | None) -> Manifest:
    """Write an archive of everything, or of one company. StartError where a stored file is damaged; the archive is whole."""
    with progress_bar("rows", making.size(hub, only=only)) as progress:
        made = making.make_backup(hub, file, progress, only=only)
    if made.damaged:
        raise StartError(
            f"{file} is whole, but {len(made.damaged)} stored files are not what they were stored as: "
            + ", ".join(made.damaged)
        )
    return made


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
    if code is not None:
        add_company(hub, file, code, new_code)
        return
    with Archive(file) as archive:
        said = archive.manifest
        _verify(archive)
        with progress_bar("rows", said.rows) as progress:
            put_back(hub, archive, progress, without=without)
    hub.check_ready()
    restored = proof.every_company(hub)
    click.echo(told(said))
    for plugin in without:
        click.echo(f"Not restored, still in {file}: the rows of {plugin}.")
    for line in bring(hub, restored):
        click.echo(line)
    _prove(hub, restored)


def add_company(hub: Hub, file: Path, code: str | None, new_code: str | None) -> None:
    """Add one company of an archive to a hub at work, and prove that it is right. ``code`` is not needed where it holds one."""
    with Archive(file) as archive:
        held = [company.code for company in archive.manifest.companies]
        if code is None and len(held) != 1:
            raise StartError(f"say which company of {file}: --tenant {' | '.join(held)}")
        code = code or held[0]
        _verify(archive)
        with progress_bar("rows", archive.manifest.rows) as progress:
            restored = restore_company(hub, archive, code, new_code or code, progress)
    click.echo(f"{code} was added as {restored.code}.")
    _prove(hub, [restored])


def _verify(archive: Archive) -> None:
    with progress_bar("verified", sum(part.file_size for part in archive.zip.infolist())) as progress:
        archive.verify(progress)


def _prove(hub: Hub, companies: list[TenantInfo]) -> None:
    found = [fault for company in companies for fault in proof.faults(hub, company)]
    if found:
        raise StartError(
            "\n".join([*found, f"Everything of the archive is there; {len(found)} faults in it."])
        )
    click.echo("Rows, sums, books and files are right.")


def told(said: Manifest) -> str:
    """What is in an archive, in a sentence."""
    companies = ", ".join(company.code for company in said.companies) or "no company"
    return (
        f"{companies}: {said.rows:,} rows in {len(said.tables)} tables, {said.files:,} files ({said.bytes:,} bytes), "
        f"as of {said.at}."
    )


COMMANDS = (backup, restore)

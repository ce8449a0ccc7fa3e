"""``hub i18n``: the catalogues of core and of every loaded plugin."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.common import open_hub
from core.errors import StartError
from core.kernel.hub import CORE_FOLDER
from core.kernel.plugins import kits
from core.text import catalogues
from core.text.i18n import compile_catalogues


def _packages(names: tuple[str, ...]) -> dict[str, Path]:
    every = {
        "core": CORE_FOLDER,
        **kits(),
        **{p.name: Path(str(p.module.__file__)).parent for p in open_hub(ready=False).plugins},
    }
    unknown = set(names) - set(every)
    if unknown:
        raise StartError(f"not loaded: {', '.join(sorted(unknown))}")
    return {name: folder for name, folder in every.items() if not names or name in names}


@click.group()
def i18n() -> None:
    """Translations; PACKAGES are core, kit and plugin names, all without any."""


@i18n.command()
@click.argument("packages", nargs=-1)
def extract(packages: tuple[str, ...]) -> None:
    """Print every translatable sentence."""
    for name, folder in _packages(packages).items():
        for message in catalogues.sentences(folder):
            if message.id:
                click.echo(f"{name}\t{message.id}")


@i18n.command()
@click.argument("packages", nargs=-1)
def update(packages: tuple[str, ...]) -> None:
    """Bring the .po files in line with the sentences; what is translated stays."""
    for name, folder in _packages(packages).items():
        for locale, missing in catalogues.update(folder).items():
            click.echo(f"{name} {locale}: {missing} to translate")


@i18n.command("compile")
@click.argument("packages", nargs=-1)
def compile_(packages: tuple[str, ...]) -> None:
    """Make the .mo files (the hub also does so when it starts)."""
    made = compile_catalogues(folder / "translations" for folder in _packages(packages).values())
    click.echo(f"{made} catalogues compiled.")


@i18n.command()
@click.argument("packages", nargs=-1)
def check(packages: tuple[str, ...]) -> None:
    """Fail where a sentence is missing, stale, has other values than the original, or two translations."""
    folders = list(_packages(packages).values())
    found = catalogues.conflicts(_packages(()).values(), folders)
    for folder in folders:
        found += catalogues.problems(folder)
        found += [f"{place}: T() needs a plain string" for place in catalogues.untranslatable(folder)]
    if found:
        raise StartError("\n".join(found))
    click.echo("Every sentence is translated.")


COMMANDS = (i18n,)

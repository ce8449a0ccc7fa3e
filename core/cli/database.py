"""``hub db``: migrations of core and of every loaded plugin."""

from __future__ import annotations

import click

from core.cli.common import as_json, open_hub, put, table
from core.data import migrate, revising, walls
from core.errors import StartError
from core.kernel.hub import Hub
from core.kernel.plugins import absence
from core.vault import standings
from core.vault import upgrade as bringing
from core.vault.tables import standing

SAID = {
    "pending": "pending: run `hub db upgrade`",
    "ahead": "made by a newer version: install that again",
    "left": "not loaded: load it again, or `hub plugin purge` it",
}


@click.group()
def db() -> None:
    """Migrate and check the database."""


@db.command()
def upgrade() -> None:
    """Bring every loaded plugin's tables up to date and protect them; give tenants what newer plugins declare."""
    for line in bringing.upgrade(open_hub(ready=False)):
        click.echo(line)


@db.command()
@as_json
def status(wants_json: bool) -> None:
    """Where each plugin's tables stand, those of plugins that are not loaded too."""
    found = [s for s in standings.standings(open_hub(ready=False), core=True) if s.migrations != "none"]
    if wants_json:
        put([{"plugin": s.name, "revision": s.revision, "migrations": s.migrations} for s in found])
    else:
        table(
            ("plugin", "revision", "migrations"),
            [(s.name, s.revision, SAID.get(s.migrations, s.migrations)) for s in found],
        )


@db.command()
@click.argument("plugin")
@click.option("-m", "--message", required=True, help="What changes.")
def revision(plugin: str, message: str) -> None:
    """Write a migration of PLUGIN from the difference between its models and the database."""
    hub = open_hub(ready=False)
    _known(hub, plugin)
    click.echo(str(revising.revision(hub, plugin, message)))


@db.command()
@click.argument("plugin")
@click.option("--to", "target", default="base", show_default=True, help="The revision to go back to.")
@click.option("--yes", "typed", prompt="This drops tables with their data. Type the plugin's name to go on",
              metavar="PLUGIN", help="The name again.")  # fmt: skip
def downgrade(plugin: str, target: str, typed: str) -> None:
    """Take PLUGIN's tables back; what is in them is lost."""
    hub = open_hub(ready=False)
    _known(hub, plugin)
    if typed != plugin:
        raise StartError("that is another name; nothing was done")
    migrate.downgrade(hub, plugin, target)
    click.echo(f"{plugin} is at {target}.")


@db.command()
def check() -> None:
    """Is the database migrated, as the models say, and protected?"""
    hub = open_hub(ready=False)
    found = [f"{name} lacks migrations. Run `hub db upgrade`." for name in migrate.pending_migrations(hub)]
    if not found:
        with hub.engine.connect() as connection:
            for name in migrate.lineages(hub):
                found += revising.difference_sentences(hub, name, connection)
        found += walls.problems(hub)
        with hub.engine.connect() as connection:
            left = standing(connection).keys() - set(migrate.lineages(hub))
    if found:
        raise StartError("\n".join(found))
    click.echo("The database is in order.")
    for name in sorted(left):
        click.echo(f"{name} is not loaded, and its tables are here: hub plugin status {name}")


def _known(hub: Hub, name: str) -> None:
    if name not in migrate.lineages(hub):
        with hub.engine.connect() as connection:
            kept = name in standing(connection)
        raise StartError(f"{absence(name, kept=kept)} Loaded are: {', '.join(migrate.lineages(hub))}")


COMMANDS = (db,)

"""``hub db``: migrations of core and of every loaded plugin."""

from __future__ import annotations

import click

from core.cli.common import open_hub
from core.data import migrate, walls
from core.errors import StartError
from core.kernel import enablement
from core.kernel.hub import Hub


@click.group()
def db() -> None:
    """Migrate and check the database."""


@db.command()
def upgrade() -> None:
    """Bring every loaded plugin's tables up to date and protect them; give tenants what newer plugins declare."""
    hub = open_hub(ready=False)
    behind = migrate.pending_migrations(hub)
    migrate.upgrade_database(hub)
    hub.check_ready()
    click.echo(f"Migrated: {', '.join(behind)}." if behind else "Everything is up to date.")
    for tenant in hub.tenants():
        with hub.context(tenant) as ctx:
            brought = enablement.sync(ctx)
        for plugin, names in brought.items():
            click.echo(f"{tenant.code}: {plugin}: {', '.join(names)}")


@db.command()
@click.argument("plugin")
@click.option("-m", "--message", required=True, help="What changes.")
def revision(plugin: str, message: str) -> None:
    """Write a migration of PLUGIN from the difference between its models and the database."""
    hub = open_hub(ready=False)
    _known(hub, plugin)
    click.echo(str(migrate.revision(hub, plugin, message)))


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
                found += [
                    f"{name}: {difference}" for difference in migrate.differences(hub, name, connection)
                ]
        found += walls.problems(hub)
    if found:
        raise StartError("\n".join(found))
    click.echo("The database is in order.")


def _known(hub: Hub, name: str) -> None:
    if name not in migrate.lineages(hub):
        raise StartError(f"there is no plugin '{name}'; loaded are: {', '.join(migrate.lineages(hub))}")


COMMANDS = (db,)

"""``hub plugin``: what is installed, loaded, and on for a tenant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.cli import scaffolding
from core.cli.common import as_json, context, for_tenant, put, table
from core.kernel import enablement
from core.kernel.plugins import discover


@click.group()
def plugin() -> None:
    """Installed plugins, and which are on for a tenant."""


@plugin.command("list")
@for_tenant
@as_json
def list_plugins(tenant: str | None, person: str | None, wants_json: bool) -> None:
    """Every installed plugin: loaded, on, and what it requires."""
    with context(tenant, person, write=False) as ctx:
        loaded = {p.name: p for p in ctx.hub.plugins}
        rows: list[dict[str, Any]] = [
            {
                "name": name,
                "version": loaded[name].manifest.version if name in loaded else "",
                "loaded": name in loaded,
                "on": name in ctx.enabled,
                "requires": list(loaded[name].manifest.requires) if name in loaded else [],
            }
            for name in [*loaded, *sorted(set(discover()) - set(loaded))]
        ]
    if wants_json:
        put(rows)
    else:
        shown = [(r["name"], r["version"], r["loaded"], r["on"], ", ".join(r["requires"])) for r in rows]
        table(("plugin", "version", "loaded", "on", "requires"), shown)


@plugin.command()
@click.argument("name")
@for_tenant
def enable(name: str, tenant: str | None, person: str | None) -> None:
    """Switch a plugin on for a tenant, and what it requires."""
    with context(tenant, person) as ctx:
        ctx.require(enablement.PLUGINS_RIGHT)
        done = enablement.enable_plugin(ctx, name, operator=person is None)
        click.echo(f"On: {', '.join(done)}." if done else f"{name} is on already.")


@plugin.command()
@click.argument("name")
@for_tenant
def disable(name: str, tenant: str | None, person: str | None) -> None:
    """Switch a plugin off for a tenant; its data stays."""
    with context(tenant, person) as ctx:
        ctx.require(enablement.PLUGINS_RIGHT)
        enablement.disable_plugin(ctx, name)
        click.echo(f"{name} is off.")


@plugin.command()
@click.argument("name")
@click.option("--entity", "noun", default="document", show_default=True, help="What its document is called.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where; else here."
)
def new(name: str, noun: str, folder: Path) -> None:
    """Write a plugin with one document: tables, lines typed or pasted, states, a migration, tests that pass."""
    home = scaffolding.write_plugin(folder, name, noun)
    made = scaffolding.write_first_migration(home, name)
    click.echo(f"Written: {home}\nIts tables: {made}\nGo on as {home / 'README.md'} says.")


COMMANDS = (plugin,)

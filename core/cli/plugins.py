"""``hub plugin``: what is installed, loaded, on for a tenant, and what is left of what was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from core.cli import checking, scaffolding
from core.cli.common import as_json, context, for_tenant, open_hub, put, table
from core.errors import NotFound, StartError
from core.kernel import enablement
from core.kernel.config import private_folder
from core.kernel.plugins import discover
from core.text.i18n import T
from core.vault import proof, standings
from core.vault import purge as purging
from core.vault.upgrade import bring


@click.group()
def plugin() -> None:
    """Installed plugins, and which are on for a tenant."""


@plugin.command()
@click.argument("name", required=False, default="")
@as_json
def status(name: str, wants_json: bool) -> None:
    """How plugins stand here, or the one that is named: distribution, migrations, companies, rows; what is left of others."""
    found = standings.standings(open_hub(ready=False), name)
    if not found:
        raise NotFound(T("There is no plugin {name}.", name=name))
    if wants_json:
        put([asdict(each) for each in found])
        return
    if name:
        (each,) = found
        table(("", ""), [
            ("distribution", each.distribution or "not installed"), ("version", each.version),
            ("loaded", each.loaded), ("migrations", f"{each.migrations} {each.revision}".strip()),
            ("on for", ", ".join(each.on)), *((f"rows in {t}", n) for t, n in each.rows.items()),
        ])  # fmt: skip
    else:
        head = ("plugin", "version", "distribution", "loaded", "migrations", "on for", "rows")
        table(head, [(e.name, e.version, e.distribution, e.loaded, e.migrations, len(e.on), sum(e.rows.values()))
                     for e in found])  # fmt: skip
    for each in found:
        if each.is_left:
            click.echo(
                f"{each.name} is not loaded, and {sum(each.rows.values())} rows of it are here. Load it again in config.toml, "
                f"or take them out: hub plugin purge {each.name}"
            )


@plugin.command()
@click.argument("name")
def check(name: str) -> None:
    """Is a plugin as it must be? Contract, translations, screens, tables down and up beside data, what its wheel holds.

    The database is copied for it and stays as it is.
    """
    failed = 0
    for what, found in checking.look(open_hub(ready=False), name):
        click.echo(f"{what}: {'in order' if not found else ''}")
        for problem in found:
            click.echo(f"  {problem}")
        failed += len(found)
    if failed:
        raise StartError(f"{name}: {failed} faults")


@plugin.command()
def sync() -> None:
    """Give every company what plugins newly declare (rights, series, lists, what they require), and bring its data on."""
    done = False
    for line in bring(open_hub()):
        click.echo(line)
        done = True
    if not done:
        click.echo("Nothing is new.")


@plugin.command()
@click.argument("name")
@click.option("--tenant", "code", metavar="CODE", help="Of this company only; else of all.")
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The archive; else in the data folder.",
)
@click.option("--yes", "typed", metavar="PLUGIN", help="The name again, where nobody can be asked.")
def purge(name: str, code: str | None, file: Path | None, typed: str | None) -> None:
    """Take out everything that belongs to a plugin: rows, rights, series, lists, settings, jobs, files. Exported first.

    It need not be installed any more. The audit trail and postings of stock stay.
    """
    hub = open_hub(ready=False)
    companies = [c for c in proof.every_company(hub) if code in (None, c.code)]
    if code and not companies:
        raise NotFound(T("There is no tenant {code}.", code=code))
    found = standings.standings(hub, name)
    if not found:
        raise NotFound(T("There is no plugin {name}.", name=name))
    purging.refuse(hub, name, companies, whole=code is None)
    if typed is None:
        whose = code or "all companies"
        click.echo(f"Of {whose} goes what belongs to {name}; in all companies there are:")
        table(("", ""), list(found[0].rows.items()))
        typed = click.prompt("Type the plugin's name to go on")
    if typed != name:
        raise StartError("that is another name; nothing was done")
    if file is None:
        folder = hub.config.data / "purged"
        private_folder(folder)
        file = folder / f"{name}-{code or 'all'}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.zip"
    made = purging.purge(hub, name, file, lambda _n: None, only=companies[0] if code else None)
    click.echo(f"Exported: {made.archive}")
    for where, rows in made.rows.items():
        click.echo(f"{where}: {rows} rows")
    if made.files:
        click.echo(f"{len(made.files)} stored files")
    if made.dropped:
        click.echo(f"Tables that are gone: {', '.join(made.dropped)}")
    elif code is None and name in hub.plugin_names:
        click.echo(
            f"Its tables stay, empty, while it is loaded. To drop them: take '{name}' out of config.toml and purge again."
        )
    for where, rows in made.history.items():
        click.echo(f"Stays as history in {where}: {rows} rows")


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
        enablement.disable_plugin(ctx, name, operator=person is None)
        click.echo(f"{name} is off.")


@plugin.command()
@click.argument("name")
@click.option("--entity", "noun", help="What its document is called; document, unless it extends another's.")
@click.option(
    "--extends", "near", metavar="ENTITY", help="Whose pages it adds to; orders.order, unless told otherwise."
)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where; else here."
)
def new(name: str, noun: str | None, near: str | None, folder: Path) -> None:
    """Write a plugin that works: a document with lines (--entity), or additions to others (--extends alone); a panel, a
    column, a veto, a setting, a daily job, a PDF, translations, a migration, tests that pass."""
    word = noun if noun is not None else "" if near else "document"
    scaffolding.check_name("plugin", name)
    found = scaffolding.find_near(near or scaffolding.NEAR)
    home = scaffolding.write_plugin(folder, name, word, found)
    made = scaffolding.write_first_migration(home, name)
    scaffolding.write_translations(home, name, word, found)
    click.echo(f"Written: {home}\nIts tables: {made}\nGo on as {home / 'README.md'} says.")


COMMANDS = (plugin,)

"""``hub demo``: the demo company, made on first use, and served on this machine only."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from core.base_api import StartError, Tenant, pending_migrations, upgrade_database
from core.cli.api import Config, Hub, is_loopback, load_config, run
from plugins.base_demo.demo import loader

HERE = ("127.0.0.1", "localhost")
"""Names of this machine. Everybody knows the passwords: a page elsewhere must not reach the demo under a name of its own."""


@click.command()
@click.option("--reset", is_flag=True, help="Throw the demo database away and start over.")
@click.option("--load-only", is_flag=True, help="Make the database, do not serve it.")
def demo(reset: bool, load_only: bool) -> None:
    """Serve the demo company with made-up data. Its passwords are known to all, so only on this machine."""
    config = load_config()
    here = () if ":" in config.host else HERE  # an address of IPv6 is no name that Werkzeug can compare
    config = replace(config, demo=True, trusted_hosts=config.trusted_hosts or here)
    if not is_loopback(config.host):
        raise StartError(f"the demo is served on 127.0.0.1 only, not on {config.host}.")
    if reset:
        clear(config)
    hub = Hub(config)
    if pending_migrations(hub):
        upgrade_database(hub)
    hub.check_ready()
    if not loader.exists(hub):
        click.echo("Loading the demo company …")
        today = config.pinned_today or datetime.now(UTC).astimezone(ZoneInfo("Asia/Taipei")).date()
        loader.load(hub, today)
    if not load_only:
        run(hub, config.host, config.port, announcement(config.host, config.port))


def announcement(host: str, port: int) -> str:
    """The address and the login of each role."""
    logins = "\n".join(f"  {loader.email_of(role):22} {title}" for role, _name, title in loader.PEOPLE)
    return (
        f"\n  http://{host}:{port}/\n\n{logins}\n\n  password: {loader.PASSWORD}\n\n"
        "Ctrl+C stops it. The data stays; make demo-reset starts over."
    )


def clear(config: Config) -> None:
    """Remove the demo's database and files. StartError where anything else is in there."""
    if not config.is_sqlite:
        raise StartError("only the embedded database can be reset; drop this one by hand.")
    path = Path(config.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        return
    hub = Hub(config)
    try:
        with hub.platform(write=False) as session:
            real = session.scalars(select(Tenant.code).where(Tenant.demo.is_(False))).all()
    except DatabaseError:  # never migrated: there is nobody in it
        real = []
    finally:
        hub.engine.dispose()
    if real:
        raise StartError(
            f"{path} also holds {', '.join(real)}, which is no demo. Remove it by hand if you mean it."
        )
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        each.unlink(missing_ok=True)
    shutil.rmtree(config.data / "files", ignore_errors=True)

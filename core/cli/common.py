"""What the commands share: the loaded hub, the tenant and the person they act for, and how they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from pluggy import PluginManager
from sqlalchemy import select

from core.data.models import Tenant
from core.data.retry import retrying
from core.errors import StartError
from core.kernel.config import load_config
from core.kernel.context import Ctx
from core.kernel.hub import Hub
from core.kernel.leaving_out import leave_out, told
from core.kernel.plugins import import_plugins, make_manager

F = TypeVar("F", bound=Callable[..., Any])
Result = TypeVar("Result")
WIDE = 100_000
"""Columns of a file or a pipe: what reads it wants one line a row."""


@dataclass
class Opened:
    """The hub that a command works on, as soon as it is there; before it, the hooks that were asked for commands."""

    hub: Hub | None = None
    manager: PluginManager | None = None


def open_hub(*, ready: bool = True) -> Hub:
    """The hub of config.toml; one a command. StartError, with the remedy, where its database is not ready."""
    current = click.get_current_context().find_root()
    opened = current.ensure_object(Opened)
    if opened.hub is None:
        opened.hub = Hub(load_config())
        if opened.hub.left_out:
            click.echo(f"hub: left out this time: {told(opened.hub.left_out)}", err=True)
    found = opened.hub
    if ready:
        found.check_ready()
    return found


def plugin_manager(ctx: click.Context) -> PluginManager:
    """The hooks of the plugins that config.toml names, without a hub where none is open. StartError, with the remedy,
    where they cannot be loaded."""
    opened = ctx.find_root().ensure_object(Opened)
    if opened.hub is not None:
        return opened.hub.manager
    if opened.manager is None:
        config = load_config()
        opened.manager = make_manager(import_plugins(config.plugins, without=leave_out(config)))
    return opened.manager


def for_tenant(command: F) -> F:
    """Adds ``--tenant`` and ``--as``."""
    person = click.option(
        "--as", "person", metavar="EMAIL", help="Act as this person, with their rights; else as the system."
    )
    tenant = click.option(
        "--tenant", metavar="CODE", envvar="HUB_TENANT", help="The company; not needed where there is one."
    )
    return tenant(person(command))


def as_json(command: F) -> F:
    """Adds ``--json``."""
    return click.option("--json", "wants_json", is_flag=True, help="Print JSON; decimals are exact strings.")(
        command
    )


def tenant_code(hub: Hub, code: str | None) -> str:
    """``code``, or the only tenant's where none was given. StartError where it must be said."""
    if code:
        return code
    with hub.platform(write=False) as session:
        codes = session.scalars(select(Tenant.code).where(Tenant.active).order_by(Tenant.code)).all()
    if len(codes) == 1:
        return codes[0]
    if not codes:
        raise StartError("there is no company yet. Make one: hub tenant create CODE NAME")
    raise StartError(f"say which company: --tenant {' | '.join(codes)}")


@contextmanager
def context(tenant: str | None, person: str | None = None, *, write: bool = True) -> Iterator[Ctx]:
    """A unit of work for the tenant and person named on the command line."""
    hub = open_hub()
    with hub.context(tenant_code(hub, tenant), person, write=write) as ctx:
        yield ctx


def carry_out(tenant: str | None, work: Callable[[Ctx], Result], person: str | None = None) -> Result:
    """``work`` in a unit of work for them, begun anew after a collision with somebody else's."""
    hub = open_hub()
    return retrying(hub, tenant_code(hub, tenant), work, person)


def put(value: Any) -> None:
    """Print JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print columns, as wide as they need; in a terminal too narrow for them cells go on below. No heads: no line of heads."""
    from rich.console import Console  # these cost a start of the hub 50 ms
    from rich.table import Table

    shown = Table(
        *head, box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(head), header_style=""
    )
    for row in rows:
        shown.add_row(*map(_cell, row))
    console = Console(
        width=None if sys.stdout.isatty() else WIDE, markup=False, emoji=False, highlight=False, no_color=True
    )
    with console.capture() as printed:
        console.print(shown)
    for line in printed.get().splitlines():
        click.echo(line.rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value).replace("\n", " ")

"""The ``hub`` command: it reaches what the screens reach, with the same rights and the same audit trail.

Each topic has a file. What went wrong is said in one line on stderr, never as a traceback.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError

from core.cli import (
    accounts,
    audit,
    database,
    doing,
    jobs,
    keeping,
    ledger,
    plugins,
    records,
    serving,
    tenants,
    texts,
)
from core.cli.common import Opened, plugin_manager
from core.errors import HubError, PluginFailed, Refused, StartError
from core.kernel import garbage
from core.kernel.blame import culprit, describe
from core.kernel.config import load_config
from core.kernel.hub import Hub
from core.kernel.plugins import BASE_GROUP, discover

TRACE = "HUB_TRACE"
"""Set in the environment, it lets an unforeseen error through with all that Python has to say of it."""


class Commands(click.Group):
    """Core's commands; where the one that was asked for is none of them, those of plugins (hook ``register_commands``)."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name. StartError where plugins would have to be asked and cannot be loaded."""
        return super().get_command(ctx, cmd_name) or self._of_plugins(ctx).get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order; core's alone where the plugins cannot be loaded."""
        try:
            more = self._of_plugins(ctx)
        except StartError:
            more = {}
        return sorted({*super().list_commands(ctx), *more})

    def _of_plugins(self, ctx: click.Context) -> MutableMapping[str, click.Command]:
        found = _Offered(self.commands)
        plugin_manager(ctx).hook.register_commands(group=found)
        return found.commands


class _Offered(click.Group):
    """Takes the commands that plugins add, each name once."""

    def __init__(self, taken: MutableMapping[str, click.Command]) -> None:
        super().__init__()
        self.taken = taken

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Keep it; StartError where there is one of that name."""
        wanted = name or cmd.name or ""
        if wanted in self.taken or wanted in self.commands:
            raise StartError(
                f"two commands are called 'hub {wanted}'. A plugin must give its own another name."
            )
        super().add_command(cmd, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="oem-hub")
@click.option(
    "--without",
    multiple=True,
    metavar="PLUGIN",
    help="Start without this plugin and those that require it; its data stays. Repeatable.",
)
@click.option("--safe", is_flag=True, help="Start with the default plugins only.")
@click.pass_context
def cli(ctx: click.Context, without: tuple[str, ...], safe: bool) -> None:
    """OEM Hub: a production hub for OEM businesses."""
    if without or safe:
        ctx.with_resource(_in_environment(HUB_WITHOUT=" ".join(without), HUB_SAFE="1" if safe else ""))


@contextmanager
def _in_environment(**values: str) -> Iterator[None]:
    """For this command, and for the processes that it starts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


for topic in (
    accounts,
    audit,
    database,
    doing,
    jobs,
    keeping,
    ledger,
    plugins,
    records,
    serving,
    tenants,
    texts,
):
    for command in topic.COMMANDS:
        cli.add_command(command)


def run(arguments: list[str] | None = None, hub: Hub | None = None) -> int:
    """Run one command (on ``hub`` instead of config.toml's); returns the exit code: 0, 1 refused, 2 written wrongly."""
    opened = Opened(hub)
    try:
        left = cli.main(arguments, prog_name="hub", standalone_mode=False, obj=opened)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:
        if os.environ.get(TRACE) and not isinstance(error, HubError | OperationalError):
            raise
        say_fault(error, opened.hub)
        return 1
    finally:
        if opened.hub is not None:
            opened.hub.failures.flush(now=True)
    return left if isinstance(left, int) else 0


def say_fault(error: Exception, hub: Hub | None = None) -> None:
    """What went wrong, in a sentence (or one for each problem) on stderr, with the plugin whose fault it is."""
    if isinstance(error, Refused):
        lines = [f"{f'{p.field}: ' if p.field else ''}{p.message}" for p in error.problems]
    elif isinstance(error, HubError):
        lines = [str(error), *way_out(error)]
    elif isinstance(error, OperationalError):
        lines = [f"the database cannot be used: {error.orig}"]
    else:
        name = error.plugin if isinstance(error, PluginFailed) else culprit(error, hub.plugins) if hub else ""
        who = (hub.speakers.named(name) if hub else name) if name else "the hub"
        cause = error.cause if isinstance(error, PluginFailed) else describe(error)
        lines = [f"{who} failed, and nothing was saved: {cause}. {TRACE}=1 shows where."]
    for line in lines:
        click.echo(f"hub: {line}", err=True)


def way_out(error: HubError) -> list[str]:
    """How to start without the plugin that a sentence about the start names first; nothing where there is none."""
    named = re.search(r"plugin '([a-z0-9_]+)'", str(error)) if isinstance(error, StartError) else None
    try:
        known = {*discover(BASE_GROUP), *load_config().plugins} if named else set()
    except StartError:
        known = set()
    if named is None or named[1] not in known:
        return []
    return [
        f"`hub --without {named[1]} …` does it without that plugin, whose data stays; `hub --safe …` with the default "
        "plugins alone."
    ]


def main() -> None:
    """Entry point of the script."""
    garbage.spare_start()
    sys.exit(run())


if __name__ == "__main__":
    main()

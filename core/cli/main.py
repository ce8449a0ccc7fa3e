"""The ``hub`` command: it reaches what the screens reach, with the same rights and the same audit trail.

Each topic has a file. What went wrong is said in one line on stderr, never as a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

import click
from sqlalchemy.exc import OperationalError

from core.cli import accounts, audit, database, doing, keeping, ledger, plugins, records, serving, texts
from core.cli.common import Opened, plugin_manager
from core.errors import HubError, PluginFailed, Refused, StartError
from core.kernel import garbage
from core.kernel.blame import culprit, describe
from core.kernel.hub import Hub

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
def cli() -> None:
    """OEM Hub: a production hub for OEM businesses."""


for topic in (accounts, audit, database, doing, keeping, ledger, plugins, records, serving, texts):
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
    except Refused as refused:
        for problem in refused.problems:
            where = f"{problem.field}: " if problem.field else ""
            click.echo(f"hub: {where}{problem.message}", err=True)
        return 1
    except HubError as error:
        click.echo(f"hub: {error}", err=True)
        return 1
    except OperationalError as error:
        click.echo(f"hub: the database cannot be used: {error.orig}", err=True)
        return 1
    except PluginFailed as error:
        if os.environ.get(TRACE):
            raise
        who = opened.hub.speakers.named(error.plugin) if opened.hub else error.plugin
        click.echo(
            f"hub: {who} failed, and nothing was saved: {error.cause}. {TRACE}=1 shows where.", err=True
        )
        return 1
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        name = culprit(error, opened.hub.plugins) if opened.hub else ""
        who = opened.hub.speakers.named(name) if opened.hub and name else "the hub"
        click.echo(
            f"hub: {who} failed, and nothing was saved: {describe(error)}. {TRACE}=1 shows where.", err=True
        )
        return 1
    return left if isinstance(left, int) else 0


def main() -> None:
    """Entry point of the script."""
    garbage.spare_start()
    sys.exit(run())


if __name__ == "__main__":
    main()

"""``hub serve``, ``hub worker``, ``hub check``."""

from __future__ import annotations

import ipaddress
import logging
import signal
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from core.cli.common import open_hub
from core.data import migrate, revising
from core.data.models import Tenant
from core.errors import HubError, StartError
from core.kernel import deployment
from core.kernel import garbage as memory
from core.kernel.config import find_config, load_config
from core.kernel.hub import CORE_FOLDER, Hub
from core.kernel.logs import log_to_terminal
from core.kernel.plugins import BASE_GROUP, discover, kits


def is_loopback(host: str) -> bool:
    """Can only this machine reach a server on ``host``?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open_demo(hub: Hub, host: str) -> None:
    """Raise StartError where a demo tenant, whose passwords everybody knows, could be reached from elsewhere."""
    with hub.platform(write=False) as session:
        codes = session.scalars(select(Tenant.code).where(Tenant.demo, Tenant.active)).all()
    if codes and not is_loopback(host):
        raise StartError(
            f"{', '.join(codes)} is a demo company with known passwords; it is served on 127.0.0.1 only, not on {host}. "
            "Use a database without it for anything else."
        )


def run(hub: Hub, host: str, port: int, announcement: str = "", *, fresh: bool = False) -> None:
    """Serve until interrupted, with a worker for background jobs beside it. Says so once it listens. ``fresh``: a template
    that was changed is read again."""
    refuse_open_demo(hub, host)
    from core.cli.listening import listen
    from core.web.app import create_app
    from core.work.jobs import Worker

    app = create_app(hub)
    app.jinja_env.auto_reload = fresh
    try:
        server = listen(
            app,
            host=host,
            port=port,
            threads=hub.config.threads,
            clear_untrusted_proxy_headers=not hub.config.trusted_proxies,  # else they are read, or not, by the application
        )
    except (OSError, ValueError) as error:
        raise StartError(f"cannot listen on {host}:{port} ({error}). PORT= chooses another port.") from error
    if threading.current_thread() is threading.main_thread():  # a watched server runs beside its watcher
        signal.signal(signal.SIGTERM, _interrupt)
    worker = Worker(hub)
    worker.start()
    hub.manager.hook.hub_started(hub=hub)
    memory.settle()
    click.echo(announcement or f"http://{host}:{port}/")
    try:
        server.run()
    finally:
        server.close()
        worker.stop()


def run_watched(open_: Callable[[], Hub], host: str | None, port: int | None) -> None:
    """Serve, begin anew where code, configuration or a translation changes, and show templates as they are now. What cannot
    start says so and is tried again after the next change. For whoever writes plugins, on this machine only."""
    from werkzeug._reloader import run_with_reloader  # run_simple, which gives it, would serve by itself

    logging.getLogger("werkzeug").setLevel(logging.INFO)

    def serve_once() -> None:
        from core.cli.main import say_fault

        try:
            hub = open_()
            address = host or hub.config.host
            if not is_loopback(address):
                raise StartError(f"--reload is for this machine only, not for {address}.")
            run(hub, address, port or hub.config.port, fresh=True)
        except (HubError, OperationalError) as error:
            say_fault(error)

    # every file that the start reads and Python does not import
    said = [
        find_config().resolve(),
        *(p for f in _translated() for p in f.glob("translations/*/LC_MESSAGES/*.po")),
    ]
    run_with_reloader(serve_once, extra_files=[str(p) for p in said], interval=1)


def _translated() -> list[Path]:
    """Folders of everything with sentences, loaded or not."""
    points = [*discover().values(), *discover(BASE_GROUP).values()]
    found = [find_spec(p.value.rpartition(".")[0]) for p in points]
    return [CORE_FOLDER, *kits().values(), *(Path(s.origin).parent for s in found if s and s.origin)]


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


@click.command()
@click.option("--host", help="Default: [server] host of config.toml.")
@click.option("--port", type=int, help="Default: PORT, else [server] port.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Web processes; from two on, background jobs have a process of their own.")  # fmt: skip
@click.option(
    "--reload",
    "watched",
    is_flag=True,
    help="Begin anew where code changes, show templates as they are now: for writing plugins.",
)
def serve(host: str | None, port: int | None, workers: int, watched: bool) -> None:
    """Serve the web application, with background jobs."""
    log_to_terminal()
    if watched:
        if workers > 1:
            raise click.UsageError("--reload is for one process; leave out --workers.")
        run_watched(_ready_hub, host, port)
        return
    hub = open_hub()
    log_to_terminal(hub.config.log_form)
    host, port = host or hub.config.host, port or hub.config.port
    if workers == 1:
        run(hub, host, port)
        return
    from core.cli.processes import run_processes

    refuse_open_demo(hub, host)
    run_processes(hub, host, port, workers)


def _ready_hub() -> Hub:
    hub = Hub(load_config())
    hub.check_ready()
    return hub


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, what a new day brings too, and stop.")
def worker(once: bool) -> None:
    """Carry out background jobs only (beside web processes that run elsewhere)."""
    from core.work import clock
    from core.work.jobs import Worker, run_due

    log_to_terminal()
    hub = open_hub()
    log_to_terminal(hub.config.log_form)
    if once:
        clock.ask_all(hub)
        done = 0
        while some := run_due(hub):
            done += some
        click.echo(f"{done} jobs done")
        return
    busy = Worker(hub)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: busy.stop(0))
    busy.loop()


@click.command()
@click.option(
    "--deploy",
    is_flag=True,
    help="And may it be put before people? Secrets, cookies, host names, folders, demo.",
)
def check(deploy: bool) -> None:
    """Could the hub be served? Configuration, plugins, database, models as migrated, and a right on every address."""
    from core.web.app import create_app

    hub = open_hub()
    create_app(hub)
    with hub.engine.connect() as connection:
        ahead = [
            s for name in migrate.lineages(hub) for s in revising.difference_sentences(hub, name, connection)
        ]
    if ahead:
        raise StartError("\n".join(ahead))
    if deploy and (faults := deployment.faults(hub)):
        raise StartError("\n".join(["not to be put before people:", *faults]))
    click.echo(f"In order. Loaded: {', '.join(hub.plugin_names) or 'no plugins'}.")


COMMANDS = (serve, worker, check)

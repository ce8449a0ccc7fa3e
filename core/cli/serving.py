"""``hub serve``, ``hub worker``, ``hub check``."""

from __future__ import annotations

import ipaddress
import signal
from typing import Any, NoReturn

import click
from sqlalchemy import select

from core.cli.common import open_hub
from core.data.models import Tenant
from core.errors import StartError
from core.kernel import deployment
from core.kernel import garbage as memory
from core.kernel.hub import Hub
from core.kernel.logs import log_to_terminal


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


def run(hub: Hub, host: str, port: int, announcement: str = "") -> None:
    """Serve until interrupted, with a worker for background jobs beside it. Says so once it listens."""
    refuse_open_demo(hub, host)
    from core.cli.listening import listen
    from core.web.app import create_app
    from core.work.jobs import Worker

    app = create_app(hub)
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


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


@click.command()
@click.option("--host", help="Default: [server] host of config.toml.")
@click.option("--port", type=int, help="Default: PORT, else [server] port.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Web processes; from two on, background jobs have a process of their own.")  # fmt: skip
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Serve the web application, with background jobs."""
    log_to_terminal()
    hub = open_hub()
    log_to_terminal(hub.config.log_form)
    host, port = host or hub.config.host, port or hub.config.port
    if workers == 1:
        run(hub, host, port)
        return
    from core.cli.processes import run_processes

    refuse_open_demo(hub, host)
    run_processes(hub, host, port, workers)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and stop.")
def worker(once: bool) -> None:
    """Carry out background jobs only (beside web processes that run elsewhere)."""
    from core.work.jobs import Worker, run_due

    log_to_terminal()
    hub = open_hub()
    log_to_terminal(hub.config.log_form)
    if once:
        click.echo(f"{run_due(hub)} jobs done")
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
    """Could the hub be served? Configuration, plugins, database, and a right on every address."""
    from core.web.app import create_app

    hub = open_hub()
    create_app(hub)
    if deploy and (faults := deployment.faults(hub)):
        raise StartError("\n".join(["not to be put before people:", *faults]))
    click.echo(f"In order. Loaded: {', '.join(hub.plugin_names) or 'no plugins'}.")


COMMANDS = (serve, worker, check)

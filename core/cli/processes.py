"""Several web processes on one port (gunicorn), and one beside them for background jobs: a slow page keeps nobody waiting."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from core.cli.listening import REST, receive_timeout
from core.errors import StartError
from core.kernel import garbage as memory
from core.kernel.hub import Hub

LOOK = 1.0
"""Seconds between two looks at whether the process for jobs is still there."""


class JobProcess:
    """``hub worker`` as a child; started again where it ended by itself."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and a thread that looks after it."""
        self._run()
        threading.Thread(target=self._watch, name="hub-jobs", daemon=True).start()

    def stop(self) -> None:
        """End it after the job at hand."""
        self._stopping.set()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                self._child.kill()

    def _run(self) -> None:
        self._child = subprocess.Popen([sys.executable, "-m", "core.cli", "worker"])

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK):
            if self._child is not None and self._child.poll() is not None and not self._stopping.is_set():
                self._run()


class Threads(ThreadWorker):  # type: ignore[misc]
    """A web process whose threads do not wait for ever for the rest of a request."""

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection to a thread."""
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, receive_timeout(REST))
        super().enqueue_req(conn)


class Processes(BaseApplication):  # type: ignore[misc]
    """gunicorn around the application of a hub, which is made once, before the processes are forked from this one."""

    def __init__(self, hub: Hub, host: str, port: int, workers: int, announcement: str) -> None:
        from core.web.app import create_app

        self.hub, self.application, self.jobs = hub, create_app(hub), JobProcess()
        self.options: dict[str, Any] = {
            "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
            "workers": workers,
            "worker_class": Threads,
            "threads": hub.config.threads,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 30,
            "keepalive": 5,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # https behind a proxy is decided by the application, for all servers alike
            "when_ready": lambda _server: self._ready(announcement or f"http://{host}:{port}/"),
            "post_fork": lambda _server, _worker: self._forked(),
            "on_exit": lambda _server: self.jobs.stop(),
        }
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn is told."""
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application."""
        return self.application

    def _ready(self, announcement: str) -> None:
        self.jobs.start()
        click.echo(announcement)

    def _forked(self) -> None:
        self.hub.engine.dispose(close=False)  # the connections are the parent's
        self.hub.manager.hook.hub_started(hub=self.hub)


def run_processes(hub: Hub, host: str, port: int, workers: int, announcement: str = "") -> None:
    """Serve with ``workers`` processes until interrupted. Raises StartError where nothing can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartError(
                f"cannot listen on {host}:{port} ({error}). PORT= chooses another port."
            ) from error
    if os.environ.get("HUB_METRICS_TOKEN") and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        # before the client is imported: all processes count in files of this folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="hub-metrics-")
    served = Processes(hub, host, port, workers, announcement)
    hub.engine.dispose()  # no connection is handed to a child
    memory.settle()
    served.run()

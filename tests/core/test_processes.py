"""``hub serve --workers``: several web processes and one for jobs; what dies comes back, what is stopped is gone."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.thorough, pytest.mark.once]


def within(seconds: float, wanted: Callable[[], bool]) -> bool:
    """Whether it comes true in time."""
    ends = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def children(pid: int) -> dict[int, str]:
    """The processes that ``pid`` started, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(") ")[2].split()[1]) == pid:
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (OSError, IndexError):
            continue
    return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
    env |= {"HUB_DATA": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    hub = [sys.executable, "-m", "core.cli"]
    subprocess.run([*hub, "db", "upgrade"], cwd=tmp_path, env=env, check=True, capture_output=True)
    command = [*hub, "serve", "--workers", "2", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process, f"http://127.0.0.1:{port}/login"
    finally:
        process.kill()
        process.wait()


def test_web_processes_and_one_for_jobs(served: tuple[subprocess.Popen[bytes], str]) -> None:
    process, address = served

    def answers() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def jobs() -> set[int]:
        return {pid for pid, command in children(process.pid).items() if command.rstrip().endswith("worker")}

    def web() -> set[int]:
        return set(children(process.pid)) - jobs()

    assert within(60, answers)
    assert within(10, lambda: len(web()) == 2 and len(jobs()) == 1)
    first_web, first_job = web(), jobs()
    os.kill(min(first_web), signal.SIGKILL)
    os.kill(min(first_job), signal.SIGKILL)
    assert within(20, lambda: len(web()) == 2 and web() != first_web)
    assert within(20, lambda: len(jobs()) == 1 and jobs() != first_job)
    assert answers()
    everybody = web() | jobs()
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert within(10, lambda: not any(Path(f"/proc/{pid}").exists() for pid in everybody))


def test_half_sent_requests_give_the_threads_back(served: tuple[subprocess.Popen[bytes], str]) -> None:
    _process, address = served
    place = urlsplit(address)

    def answers() -> bool:
        try:
            return bool(urllib.request.urlopen(address, timeout=30).status == 200)
        except OSError:
            return False

    assert within(60, answers)
    with contextlib.ExitStack() as held:
        for _n in range(40):  # more than all threads of both processes
            slow = held.enter_context(socket.create_connection((place.hostname, place.port)))
            slow.sendall(b"GET /login HTTP/1.1\r\nHost: 127")
        assert within(60, answers)

"""Warm child processes that make and inspect PDFs, for the process that asks: see kit.printing.worker."""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from json import dumps, loads
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).parent.parent.parent
INLINE_SECONDS = 30
WORKERS = 2
RECYCLE = 200
"""Documents after which a worker is replaced: the PDF libraries keep every font they have seen."""


Answer = TypeVar("Answer")


class WorkerError(RuntimeError):
    """The worker died, hung or could not do it."""


class WorkerGone(WorkerError):
    """The worker was ended from outside while it was asked."""


OWN_FAULT = (signal.SIGXCPU, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
"""How a worker ends by what it was given: beyond its time, or on a fault in a library. The same again would end it again."""


class Worker:
    """One child process that draws documents, one at a time."""

    def __init__(self) -> None:
        environ = {
            k: v
            for k, v in os.environ.items()
            if k in ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV")
        }
        environ["PYTHONPATH"] = str(ROOT)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kit.printing.worker"],  # our own module, nothing from outside
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environ,
            cwd=ROOT,
        )
        self.made = 0

    def _read(self, size: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        handle, parts = self.process.stdout.fileno(), b""
        while len(parts) < size:
            ready, _, _ = select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise WorkerError("time is up")
            part = os.read(handle, min(size - len(parts), 1 << 16))
            if not part:
                raise self._ended()
            parts += part
        return parts

    def _ended(self) -> WorkerError:
        """Why there is no answer: the process has gone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        code = self.process.returncode
        by_itself = code is not None and -code in OWN_FAULT
        return (WorkerError if by_itself else WorkerGone)(f"the worker ended ({code})")

    def _message(self, deadline: float) -> dict[str, Any]:
        found: dict[str, Any] = loads(self._read(struct.unpack(">I", self._read(4, deadline))[0], deadline))
        return found

    def send(self, message: Mapping[str, Any], tail: bytes = b"") -> None:
        """Write a request and the bytes it announces. Raises WorkerError where the process has gone."""
        assert self.process.stdin is not None
        body = dumps(message).encode()
        try:
            self.process.stdin.write(struct.pack(">I", len(body)) + body + tail)
            self.process.stdin.flush()
        except OSError as error:
            raise self._ended() from error

    def render(
        self, request: Mapping[str, Any], seconds: float, page: Callable[[int], None] | None
    ) -> tuple[bytes, dict[str, Any]]:
        """The PDF and the answer; ``page`` hears of every page drawn. Raises WorkerError, with what the answer says."""
        deadline = time.monotonic() + seconds
        self.send(request)
        self.made += 1
        while True:
            answer = self._message(deadline)
            if "page" in answer:
                if page is not None:
                    page(answer["page"])
                continue
            if "error" in answer:
                raise WorkerError(answer["detail"] or answer["error"])
            return (self._read(answer["size"], deadline) if "size" in answer else b""), answer

    def inspect(self, data: bytes, seconds: float) -> dict[str, Any]:
        """What is wrong with a PDF somebody brought: ``{"problem": "" | "encrypted" | …}``."""
        self.send({"inspect": len(data), "seconds": seconds}, data)
        return self._message(time.monotonic() + seconds)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait(5)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe and pipe.close()


class Pool:
    """The warm workers of this process: at most ``WORKERS`` at once, others wait."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(WORKERS)
        self._pid = os.getpid()

    @contextlib.contextmanager
    def worker(self) -> Iterator[Worker]:
        """A worker for one document. One that failed is thrown away."""
        with self._slots:
            with self._lock:
                if self._pid != os.getpid():  # after a fork the pipes belong to the parent
                    self._idle, self._pid = [], os.getpid()
                found = self._idle.pop() if self._idle else None
            if found is None or found.process.poll() is not None:
                found = Worker()
            try:
                yield found
            except BaseException:
                found.stop()
                raise
            if found.made >= RECYCLE:
                found.stop()
                return
            with self._lock:
                self._idle.append(found)

    def ask(self, question: Callable[[Worker], Answer]) -> Answer:
        """What a worker answers. Where it ends under the question it is asked once more, of a fresh one: whoever ended it (out
        of memory, an administrator) did not mean this document. Raises WorkerGone where that one ends too."""
        try:
            with self.worker() as worker:
                return question(worker)
        except WorkerGone:
            self.close()  # those that wait may have been ended with it
            with self.worker() as worker:
                return question(worker)

    def close(self) -> None:
        """End all idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.stop()

    def warm(self) -> None:
        """Start one worker ahead of need."""
        with self.worker() as worker:
            worker.render({"warm": True}, INLINE_SECONDS, None)


pool = Pool()
atexit.register(pool.close)

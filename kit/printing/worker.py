"""The process that makes and inspects PDFs, over its standard input and output. Started by :mod:`kit.printing.pool`.

A process of its own, because a document can be made to eat memory or never end: it has a limit on memory and processor
time, reads no file outside the hub's own assets and fonts, opens no network connection, and is given no secrets.

A message is four bytes of length and JSON. Answers: ``{"page": n}`` for every page drawn, then
``{"pages", "size", "missing"}`` followed by the PDF, or ``{"error", "detail"}``.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import struct
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from kit.printing.renderer import Renderer

MEMORY = 768 * 2**20


def receive_task(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message; None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    found: dict[str, Any] = json.loads(stream.read(struct.unpack(">I", head)[0]))
    return found


def write(stream: BinaryIO, message: dict[str, Any], tail: bytes = b"") -> None:
    """Send a message, and the bytes it announces."""
    body = json.dumps(message).encode()
    stream.write(struct.pack(">I", len(body)) + body + tail)
    stream.flush()


def limit_time(seconds: float) -> None:
    """So much processor time from now on; the process is killed beyond it."""
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + int(seconds) + 5, resource.RLIM_INFINITY))


@cache
def renderer() -> Renderer:
    """The one that keeps libraries and fonts warm. Imported within the limits, and only by a process that draws."""
    from kit.printing.renderer import Renderer

    return Renderer()


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Draw one document."""
    try:
        pdf, pages, missing = renderer().render(request, lambda message: write(out, message))
    except MemoryError:
        write(out, {"error": "memory", "detail": ""})
    except Exception as error:  # noqa: BLE001 - whatever it is, it is answered; the parent logs it and gives up
        write(out, {"error": "render", "detail": f"{type(error).__name__}: {error}"[:2000]})
    else:
        write(out, {"pages": pages, "size": len(pdf), "missing": missing}, pdf)


def main() -> None:
    """Answer requests until the input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to the log, not into an answer
    os.umask(0o077)  # fonts that are kept hold the characters of documents
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.set_threshold(
        100_000, 20, 20
    )  # a long document makes millions of small objects: a quarter of the time otherwise
    while (request := receive_task(sys.stdin.buffer)) is not None:
        if "warm" in request:
            import pikepdf
            import xhtml2pdf.pisa

            write(out, {"ready": f"{pikepdf.__name__} {xhtml2pdf.__name__}"})
            continue
        limit_time(request["seconds"])
        if "inspect" in request:
            from kit.printing.inspection import problem_of

            write(out, {"problem": problem_of(sys.stdin.buffer.read(request["inspect"]))})
            continue
        answer(request, out)


if __name__ == "__main__":
    main()

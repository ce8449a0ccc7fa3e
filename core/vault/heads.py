"""Ends of chains, written down outside the database: a line a day and company in the data folder, and in the log.

Whoever makes a chain anew has to make these lines anew too: let the log go to another machine, or copy the file there.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.kernel.context import TenantInfo

if TYPE_CHECKING:
    from core.kernel.hub import Hub

log = logging.getLogger("hub")
FILE = "audit_heads.txt"


@dataclass(frozen=True)
class Head:
    """A line: the day, whose chain, how many links it had, and the digest of the last."""

    day: str
    company: str
    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.day} {self.company} {self.number} {self.digest}"


def place(hub: Hub) -> Path:
    """The file in the data folder."""
    return hub.config.data / FILE


def note(hub: Hub, tenant: TenantInfo, day: str, head: tuple[int, str]) -> Head:
    """Write the end of a chain down, in the file (a line that is there already is not repeated) and in the log."""
    made = Head(day, tenant.code, *head)
    if made not in noted(place(hub), tenant.code):
        handle = os.open(place(hub), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.write(f"{made}\n")
            out.flush()
            os.fsync(out.fileno())
    log.info("audit chain: %s", made)
    return made


def noted(file: Path, company: str) -> list[Head]:
    """What a file says of a company's chain; lines in another form are passed over (a log may stand around them)."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8") as lines:
        return list(_heads(lines, company))


def _heads(lines: Iterable[str], company: str) -> Iterable[Head]:
    for line in lines:
        words = line.split()[-4:]
        if len(words) == 4 and words[1] == company and words[2].isdigit() and len(words[3]) == 64:
            yield Head(words[0], words[1], int(words[2]), words[3])


def forget(hub: Hub, company: str) -> None:
    """Take the lines of a company out of the file: it was deleted, and another one may be called the same some day."""
    file = place(hub)
    if not noted(file, company):
        return
    gone = {str(head) for head in noted(file, company)}
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip() not in gone]
    beside = file.with_suffix(".new")
    beside.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(file)

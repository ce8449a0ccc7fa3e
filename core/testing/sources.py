"""What a prepared database was made from, as one hash: code and data of the hub, its kit, its plugins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = {"__pycache__", "static", "templates", "translations"}
"""Folders whose files do not reach the database."""


@cache
def _folder_hash(folder: Path) -> bytes:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not LEFT_OUT.intersection(inside.parts) and path.suffix not in (".md", ".pyc"):
            found.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.digest()


def hub_hash(folders: Iterable[Path], *words: str) -> str:
    """One hash of core, ``kit`` and ``plugins`` beside it, of further folders of plugins, and of settings."""
    own = [ROOT / name for name in ("core", "kit", "plugins")]
    others = sorted(
        f for f in {Path(f).resolve() for f in folders} if not any(f.is_relative_to(o) for o in own)
    )
    found = hashlib.sha256("\0".join(words).encode())
    for folder in (*own, *others):
        if folder.is_dir():
            found.update(_folder_hash(folder))
    return found.hexdigest()[:16]


@cache
def scene_hash(folders: tuple[Path, ...], files: tuple[Path, ...]) -> str:
    """One hash of what tests share (every module under ``folders`` that holds no tests) and of these ``files``."""
    shared = {p for f in folders for p in f.rglob("*.py") if not p.name.startswith("test_")}
    found = hashlib.sha256()
    for path in sorted(shared | set(files)):
        found.update(str(path).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]

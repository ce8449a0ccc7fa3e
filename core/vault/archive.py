"""The archive of a backup: a zip with a manifest, a part of JSON lines for each table, and the stored files.

Every part has its sum in the manifest, a stored file is called by its own. What was cut off or changed is refused, with
the part named. A sum is no signature: who can write the archive can make it anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from core.errors import StartError
from core.kernel.config import private_folder

FORMAT = 1
MANIFEST = "manifest.json"
STORED = re.compile(r"files/(\d+)/[0-9a-f]{2}/([0-9a-f]{64})")
"""A stored file: the tenant, and the sum that it is called by."""
PIECE = 1 << 20
LOCAL = struct.Struct("<4s5H3I2H")
"""A part's header in a zip: mark, five numbers, sum, packed size, size, lengths of name and extras (APPNOTE 4.3.7)."""

Progress = Callable[[int], None]
Row = list[object]


class Part(msgspec.Struct):
    """A table in the archive: its columns as (name, kind), how many rows, their sum, and the last id it has given."""

    plugin: str
    columns: list[tuple[str, str]]
    rows: int
    sha256: str
    last_id: int | None = None


class Company(msgspec.Struct):
    """A company of the archive."""

    id: int
    code: str
    name: str


class Manifest(msgspec.Struct):
    """What is in an archive, and what made it. ``alone``: one company with the people who work there, without passwords."""

    format: int
    hub: str
    engine: str
    at: str
    alone: bool
    companies: list[Company]
    plugins: dict[str, str]
    revisions: dict[str, str]
    tables: dict[str, Part]
    files: int = 0
    bytes: int = 0
    files_sha256: str = ""
    damaged: list[str] = []
    purged: str = ""
    """The plugin whose rows these are, taken out of a hub; "" for a backup."""

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(part.rows for part in self.tables.values())


def part_name(table: str) -> str:
    """Where the rows of a table are in the archive."""
    return f"tables/{table}.jsonl"


class Writer:
    """Writes an archive beside its name and puts it there when it is whole; nothing stays of one that was not finished."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise StartError(f"{path} is there already. Choose another name; no backup is written over.")
        self.path, self.beside = path, path.with_name(f"{path.name}.part")
        try:
            self.beside.unlink(missing_ok=True)
            handle = os.open(self.beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise StartError(f"{path} cannot be written: {error.strerror}") from error
        self.out = os.fdopen(handle, "w+b")
        self.zip = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.names: list[str] = []
        self.bytes = 0

    def rows(self, table: str, rows: Iterable[Row]) -> tuple[int, str]:
        """Write the rows of a table; how many, and their sum."""
        count, digest = 0, hashlib.sha256()
        with self.zip.open(part_name(table), "w", force_zip64=True) as out:
            for row in rows:
                line = msgspec.json.encode(row) + b"\n"
                out.write(line)
                digest.update(line)
                count += 1
        return count, digest.hexdigest()

    def file(self, name: str, source: Path) -> bool:
        """Add a stored file as it is; False where it is no longer what it was stored as."""
        digest = hashlib.sha256()
        part = zipfile.ZipInfo(name)  # stored as it is: pictures and PDFs are packed already
        with source.open("rb") as stored, self.zip.open(part, "w", force_zip64=True) as out:
            while piece := stored.read(PIECE):
                out.write(piece)
                digest.update(piece)
                self.bytes += len(piece)
        self.names.append(name)
        return name.endswith(digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and put the archive in its place, on disk."""
        manifest.files, manifest.bytes = len(self.names), self.bytes
        manifest.files_sha256 = _sum_of_names(self.names)
        self.zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        self.zip.close()
        self.out.flush()
        os.fsync(self.out.fileno())
        self.out.close()
        self.beside.rename(self.path)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            with contextlib.suppress(OSError, ValueError):  # the disk may be full
                self.zip.close()
            self.out.close()
            self.beside.unlink(missing_ok=True)


class Archive:
    """An archive that is read. StartError where it is none, was cut off, or is of another format."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
        except OSError as error:
            raise StartError(f"{path} cannot be read: {error.strerror}") from error
        except zipfile.BadZipFile as error:
            raise StartError(f"{path} {_where_it_ends(path)}. Nothing was restored.") from error
        try:
            self.manifest = msgspec.json.decode(self.zip.read(MANIFEST), type=Manifest)
        except (KeyError, zipfile.BadZipFile, zlib.error, msgspec.MsgspecError) as error:
            raise self._fault(MANIFEST, "is missing or was changed") from error
        if self.manifest.format != FORMAT:
            raise StartError(
                f"{path} is an archive of format {self.manifest.format}, and this version reads {FORMAT}. "
                "Restore it with the version that made it."
            )

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.zip.close()

    def verify(self, progress: Progress) -> None:
        """Read every part once and compare it with its sum; StartError names the first that differs. Counts bytes."""
        names, said = self.zip.namelist(), self.manifest
        wanted = {MANIFEST, *map(part_name, said.tables)}
        stored = [name for name in names if name not in wanted]
        for name in sorted(wanted - set(names)):
            raise self._fault(name, "is missing")
        if len(names) != len(set(names)) or not all(map(STORED.fullmatch, stored)):
            raise StartError(f"{self.path} holds parts that no backup writes. Nothing was restored.")
        if len(stored) != said.files or _sum_of_names(stored) != said.files_sha256:
            raise self._fault("files/", f"are not the {said.files} that its manifest names")
        for table, part in said.tables.items():
            if self._sum(part_name(table), progress) != part.sha256:
                raise self._fault(part_name(table), "was changed")
        for name in stored:
            if name not in said.damaged and not name.endswith(self._sum(name, progress)):
                raise self._fault(name, "was changed")

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table, one after the other."""
        with self.zip.open(part_name(table)) as lines:
            for line in lines:
                row: Row = msgspec.json.decode(line)
                yield row

    def files(self, company: int | None = None) -> Iterator[tuple[str, int, str]]:
        """Stored files as (part, company, sum), of one company or of all."""
        for name in self.zip.namelist():
            if (found := STORED.fullmatch(name)) and company in (None, int(found[1])):
                yield name, int(found[1]), found[2]

    def unpack(self, name: str, target: Path) -> None:
        """Write a stored file to ``target``, for nobody else to read."""
        private_folder(target.parent)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out, self.zip.open(name) as stored:
            while piece := stored.read(PIECE):
                out.write(piece)

    def _sum(self, name: str, progress: Progress) -> str:
        digest = hashlib.sha256()
        try:
            with self.zip.open(name) as stored:
                while piece := stored.read(PIECE):
                    digest.update(piece)
                    progress(len(piece))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise self._fault(name, "was changed or cut off") from error
        return digest.hexdigest()

    def _fault(self, name: str, words: str) -> StartError:
        return StartError(f"{self.path}: {name} {words}. Nothing was restored.")


def _sum_of_names(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _where_it_ends(path: Path) -> str:
    """Which part a zip without its table of contents was cut off in: each begins with a header that says its length."""
    at, size, name = 0, path.stat().st_size, ""
    with path.open("rb") as stored:
        while at + LOCAL.size <= size:
            stored.seek(at)
            mark, *_, packed, _whole, named, extra = LOCAL.unpack(stored.read(LOCAL.size))
            if mark == b"PK\x01\x02":
                return "is cut off in its table of contents"
            if mark != b"PK\x03\x04":
                break
            name = stored.read(named).decode("utf-8", "replace")
            more = stored.read(extra)
            if packed == 0xFFFFFFFF and len(more) >= 20:
                packed = int.from_bytes(more[12:20], "little")
            at += LOCAL.size + named + extra + packed
    return f"is cut off in {name}" if name else "is no backup of a hub"

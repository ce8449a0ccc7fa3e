"""Where stored files lie: the data folder, or an S3-compatible store. Names are ``<company>/<two letters>/<sum>``; a file is
there whole before the row that names it is, and is never changed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core.errors import StartError, Unavailable
from core.kernel.config import Config, private_folder
from core.text.i18n import T

if TYPE_CHECKING:
    from obstore.store import S3Store

    from core.kernel.object_store import ObjectStore

FOLDER = "files"
PROBE = "probe"


class FileStore(Protocol):
    """What the hub asks of a place for files."""

    def put(self, name: str, data: bytes) -> None:
        """Keep a file; one that is there is left as it is. It lasts once this returns."""

    def get(self, name: str) -> bytes:
        """A file's bytes; FileNotFoundError where it is gone."""

    def exists(self, name: str) -> bool:
        """Is it there?"""

    def local(self, name: str) -> AbstractContextManager[Path]:
        """A file on this machine with the same bytes, for as long as it is used; FileNotFoundError where it is gone."""

    def names(self, prefix: str = "") -> list[str]:
        """Names below ``prefix``, in order."""

    def delete(self, name: str) -> None:
        """Take a file away, if it is there."""

    def clear(self, prefix: str) -> None:
        """Take away all that lies below ``prefix`` ("": everything)."""

    def take_in(self, folder: Path) -> None:
        """Move all that lies below ``folder`` in, under the same names."""


class Folder:
    """Files in a folder of this machine, for nobody else to read."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, data: bytes) -> None:
        """On disk before it returns: the file, then the folders that lead to it."""
        import obstore
        from obstore.exceptions import AlreadyExistsError
        from obstore.store import LocalStore

        private_folder((self.root / name).parent)
        # one that is there is whole, for it was linked into place; whether it is on disk by now nobody knows
        with contextlib.suppress(AlreadyExistsError):
            store = LocalStore(self.root, automatic_cleanup=False)
            obstore.put(store, name, data, mode="create")
        file = self.root / name
        for place in (file, file.parent, file.parent.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                if place is file:
                    os.fchmod(handle, 0o600)
                os.fsync(handle)
            finally:
                os.close(handle)

    def get(self, name: str) -> bytes:
        """Read it."""
        return (self.root / name).read_bytes()

    def exists(self, name: str) -> bool:
        """Is the file there?"""
        return (self.root / name).is_file()

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """The file itself."""
        if not self.exists(name):
            raise FileNotFoundError(name)
        yield self.root / name

    def names(self, prefix: str = "") -> list[str]:
        """By their paths."""
        return sorted(f.relative_to(self.root).as_posix() for f in self.root.glob(f"{prefix or '*'}/*/*"))

    def delete(self, name: str) -> None:
        """Unlink it."""
        (self.root / name).unlink(missing_ok=True)

    def clear(self, prefix: str) -> None:
        """Remove the folder."""
        shutil.rmtree(self.root / prefix, ignore_errors=True)

    def take_in(self, folder: Path) -> None:
        """Renamed into place: never half of them."""
        if not self.root.is_dir():
            private_folder(self.root.parent)
            folder.rename(self.root)
            return
        for each in sorted(folder.iterdir()):
            each.rename(self.root / each.name)
        folder.rmdir()


class Bucket:
    """Files in a bucket of an S3-compatible store, below ``part`` of its prefix."""

    def __init__(self, place: ObjectStore, part: str = FOLDER) -> None:
        self.store = bucket_of(place, part)

    def put(self, name: str, data: bytes) -> None:
        """Sent as a whole: the store has it once it answers. The same name has the same bytes."""
        import obstore

        with answered():
            obstore.put(self.store, name, data)

    def get(self, name: str) -> bytes:
        """Fetch it."""
        import obstore

        with answered():
            return bytes(obstore.get(self.store, name).bytes())

    def exists(self, name: str) -> bool:
        """Ask for its head."""
        import obstore

        try:
            with answered():
                obstore.head(self.store, name)
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """A copy that goes when it was used."""
        import obstore

        with tempfile.NamedTemporaryFile() as copy:
            with answered():
                for piece in obstore.get(self.store, name).stream():
                    copy.write(piece)
            copy.flush()
            yield Path(copy.name)

    def names(self, prefix: str = "") -> list[str]:
        """As the store lists them."""
        import obstore

        with answered():
            parts = obstore.list(self.store, f"{prefix}/" if prefix else None)
            return sorted(str(found["path"]) for part in parts for found in part)

    def delete(self, name: str) -> None:
        """Take it away."""
        import obstore

        with contextlib.suppress(FileNotFoundError), answered():
            obstore.delete(self.store, name)

    def clear(self, prefix: str) -> None:
        """All of them by name."""
        import obstore

        if found := self.names(prefix):
            with answered():
                obstore.delete(self.store, found)

    def take_in(self, folder: Path) -> None:
        """Sent one after the other; the caller clears what came where one is refused."""
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            self.put(file.relative_to(folder).as_posix(), file.read_bytes())
        shutil.rmtree(folder)


@contextmanager
def answered() -> Iterator[None]:
    """What the store refuses, or does not answer to, is Unavailable; FileNotFoundError stays what it is."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise Unavailable(T("The store for files does not answer. Try again in a moment.")) from error


def file_store(config: Config) -> FileStore:
    """Where this hub's stored files lie."""
    return Bucket(config.object_store) if config.object_store is not None else Folder(config.data / FOLDER)


def store_fault(config: Config) -> str:
    """Why the store cannot be used, in words; "" for one that takes a file, gives it back and lets it go."""
    if config.object_store is None:
        return ""
    store = Bucket(config.object_store, PROBE)
    try:
        store.put(PROBE, b"1")
        whole = store.get(PROBE) == b"1" and store.names() == [PROBE]
        store.delete(PROBE)
    except (Unavailable, OSError) as error:
        said = str(error.__cause__ or error).strip().splitlines()
        return f"the bucket {config.object_store.bucket} of [files] cannot be used: {said[0] if said else error!r}"
    return (
        ""
        if whole
        else f"the bucket {config.object_store.bucket} of [files] gives back other than it was given"
    )


@lru_cache(maxsize=8)
def bucket_of(place: ObjectStore, part: str) -> S3Store:
    """The client of a bucket; one for each part, kept, for it keeps connections."""
    from obstore.store import S3Store

    options: Any = {
        "client_options": {"allow_http": place.endpoint.startswith("http:"), "timeout": "30s"},
        "retry_config": {
            "max_retries": 2,
            "retry_timeout": timedelta(seconds=15),
        },  # somebody waits for the page
    }
    named: Any = {"endpoint": place.endpoint} if place.endpoint else {}
    prefix = "/".join(step for step in (place.prefix, part) if step)
    try:
        return S3Store(
            place.bucket, prefix=prefix, region=place.region, access_key_id=place.key,
            secret_access_key=place.secret, **named, **options,
        )  # fmt: skip
    except Exception as error:
        raise StartError(f"[files] names no store that can be used: {error}") from error

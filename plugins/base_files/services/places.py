"""Where files lie that are fetched within a week."""

from __future__ import annotations

from obstore.store import LocalStore, S3Store

from core.base_api import Hub, bucket_of

PASSING = "passing"


def passing_store(hub: Hub) -> LocalStore | S3Store:
    """What is made for one person to fetch; no part of a backup."""
    if hub.config.object_store is not None:
        return bucket_of(hub.config.object_store, PASSING)
    folder = hub.config.data / PASSING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(folder, automatic_cleanup=True)


def shut(hub: Hub, path: str) -> None:
    """What was just put there under ``path`` is for nobody else of this machine to read."""
    if hub.config.object_store is None:
        file = hub.config.data / PASSING / path
        file.parent.chmod(0o700)
        file.chmod(0o600)

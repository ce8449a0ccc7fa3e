"""Where files lie that are fetched within a week."""

from __future__ import annotations

from obstore.store import LocalStore, S3Store

from core.base_api import Hub, bucket_of

PASSING = "passing"


def passing_store(hub: Hub) -> LocalStore | S3Store:
    """What is made for one person to fetch; no part of a backup."""
    if hub.config.object_store is not None:
        return bucket_of(hub.config.object_store, PASSING)
    return LocalStore(hub.config.data / PASSING, automatic_cleanup=True, mkdir=True)

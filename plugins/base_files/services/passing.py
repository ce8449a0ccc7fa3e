"""Files that lie in the store for a week, under the name of who made them: what is made for one person to fetch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import IO

import obstore

from core.api import Ctx, NotFound, T
from plugins.base_files.services.places import passing_store, shut

KEPT = timedelta(days=7)


def lay_down(ctx: Ctx, name: str, content: IO[bytes]) -> None:
    """Keep what ``content`` holds from where it stands under ``name`` (letters, digits, dots); what was there is replaced."""
    obstore.put(passing_store(ctx.hub), _path(ctx, name), content)
    shut(ctx.hub, _path(ctx, name))


def fetch(ctx: Ctx, name: str) -> Iterator[bytes]:
    """The file in pieces; NotFound where it is gone. Whether this person may have it is the caller's question."""
    try:
        found = obstore.get(passing_store(ctx.hub), _path(ctx, name))
    except FileNotFoundError as error:
        raise NotFound(T("This file is gone: it is kept for a week. Make it again.")) from error
    return (bytes(piece) for piece in found.stream())


def clear_old(ctx: Ctx, before: datetime | None = None) -> int:
    """Take away those of this company that are older than a week (than ``before``); returns how many."""
    store, limit = passing_store(ctx.hub), before or datetime.now(UTC) - KEPT
    old = [
        found["path"]
        for part in obstore.list(store, f"{ctx.tenant.id}/")
        for found in part
        if found["last_modified"] < limit
    ]
    if old:
        obstore.delete(store, old)
    return len(old)


def _path(ctx: Ctx, name: str) -> str:
    return f"{ctx.tenant.id}/{name}"

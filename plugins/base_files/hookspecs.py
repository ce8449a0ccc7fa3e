"""What other plugins may tell about files."""

from __future__ import annotations

from collections.abc import Collection

from core.api import Ctx, hookspec


@hookspec
def attachments_shown_elsewhere(ctx: Ctx, entity: str) -> Collection[str] | None:
    """Kinds of attachments of this entity's documents that parts of your own show: the list of files leaves them out."""


@hookspec
def attachments_unseen(ctx: Ctx, entity: str) -> Collection[str] | None:
    """Kinds of attachments of this entity's documents that this person may not see: neither in lists nor by their address."""

"""Parts of other plugins on printed documents: asked while a document is a draft, kept when it is issued or revised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, DocumentBlock, DocumentKind
from kit.papers import plain_values
from plugins.base_printing.models import FrozenBlocks

Part = tuple[str, DocumentBlock | Exception]


def printed(ctx: Ctx, kind: DocumentKind, row: Any) -> Sequence[Part]:
    """(plugin, part) of what is printed beside the template; of a plugin that is off nothing."""
    said = getattr(row, "snapshot", None)
    if said is None:
        return _now(ctx, kind, row)
    wanted = (
        select(FrozenBlocks.blocks)
        .where(FrozenBlocks.entity == kind.entity, FrozenBlocks.entity_id == row.id)
        .where(FrozenBlocks.kind == kind.name, FrozenBlocks.digest == _digest(said))
    )
    kept = ctx.session.scalars(wanted.order_by(FrozenBlocks.id.desc()).limit(1)).first() or ()
    return [(plugin, DocumentBlock(name, values)) for plugin, name, values in kept if ctx.is_on(plugin)]


def keep(ctx: Ctx, entity: str, row: Any) -> None:
    """Where a document says something new since it was issued, or was just issued: keep the parts as they are now."""
    if not hasattr(type(row), "snapshot"):
        return
    kinds = [k for k in ctx.registry.documents.all_standing(ctx.enabled) if k.entity == entity]
    found = {kind.name: _now(ctx, kind, row) for kind in kinds}
    if not any(found.values()) or row.snapshot is None:
        return
    digest = _digest(row.snapshot)
    mine = (FrozenBlocks.entity == entity, FrozenBlocks.entity_id == row.id, FrozenBlocks.digest == digest)
    known = set(ctx.session.scalars(select(FrozenBlocks.kind).where(*mine)))
    for name, parts in found.items():
        if name not in known:
            blocks = [[p, b.template, dict(b.values)] for p, b in parts if isinstance(b, DocumentBlock)]
            ctx.session.add(
                FrozenBlocks(entity=entity, entity_id=row.id, kind=name, digest=digest, blocks=blocks)
            )


def _now(ctx: Ctx, kind: DocumentKind, row: Any) -> list[Part]:
    found = list(ctx.hooks.isolated("document_blocks", kind=kind, row=row)) if row is not None else []
    return sorted(found, key=lambda part: getattr(part[1], "order", 99))


def _digest(said: Any) -> str:
    plain = json.dumps(plain_values(said), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()

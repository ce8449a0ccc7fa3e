"""The documents behind timelines, of whatever kind: their kinds, what a timeline is counted from, whose events count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from core.api import Ctx, EntityRef
from plugins.tna.hookspecs import Course, TimelineKind


def kinds(ctx: Ctx) -> dict[str, TimelineKind]:
    """Kinds of documents that have timelines, by entity; once a page."""
    return ctx.memo.once(
        "tna.kinds", lambda: {kind.entity: kind for kind in ctx.hooks.each("timeline_kinds")}
    )


def by_entity(refs: Iterable[EntityRef]) -> dict[str, list[int]]:
    """Ids by kind, each once, in order."""
    found: dict[str, set[int]] = defaultdict(set)
    for ref in refs:
        found[ref.entity].add(ref.id)
    return {entity: sorted(ids) for entity, ids in sorted(found.items())}


def courses(ctx: Ctx, refs: Iterable[EntityRef]) -> dict[EntityRef, Course]:
    """What timelines of these documents are counted from; those of a plugin that is off are left out."""
    found: dict[EntityRef, Course] = {}
    for entity, ids in by_entity(refs).items():
        for answer in ctx.hooks.timeline_courses(entity=entity, ids=ids):
            found |= {EntityRef(entity, id): course for id, course in (answer or {}).items()}
    return found


def parts(
    ctx: Ctx, entity: str, ids: Sequence[int], wanted: Collection[str]
) -> dict[str, dict[int, set[int]]]:
    """Per kind of document in ``wanted``: which of them belong to which of these; each belongs to itself."""
    found: dict[str, dict[int, set[int]]] = {entity: {id: {id} for id in ids}}
    if not set(wanted) - {entity}:
        return found
    for answer in ctx.hooks.timeline_parts(entity=entity, ids=ids):
        for id, refs in (answer or {}).items():
            for ref in refs:
                found.setdefault(ref.entity, {}).setdefault(id, set()).add(ref.id)
    return found


def touched(ctx: Ctx, entity: str, ids: Collection[int]) -> list[EntityRef]:
    """Documents whose timelines may be different because of these."""
    if not ids:
        return []
    if entity in kinds(ctx):
        return [EntityRef(entity, id) for id in sorted(ids)]
    return list(dict.fromkeys(ctx.hooks.each("timeline_owners", entity=entity, ids=sorted(ids))))


def due(found: Mapping[EntityRef, Course], ref: EntityRef) -> Course:
    """The course of one document; one that nobody tells of has no day to count from."""
    return found.get(ref) or Course("", None)


def address(ref: EntityRef) -> str:
    """Where the document is."""
    return f"/{ref.entity.replace('.', '/')}/{ref.id}"

"""The search over all documents: by number, customer PO, words, the partner behind; then what plugins find.

It stays quick however much there is. What begins with the text is looked up in indexes over everything; what contains it
is looked for in the newest ``SCANNED`` rows of each kind. Both are one statement for all kinds together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, String, and_, literal, or_, select, union_all
from sqlalchemy.orm import selectinload

from core.api import Ctx, EntityType, SearchHit, pick
from core.base_api import searched_columns, searched_links, searched_words, text_begins, text_within
from core.db import among

HITS = 8
SCANNED = 5_000
TARGETS = 25
EXACT, BEGINS, CONTAINS, BEHIND, TOLD = range(5)
"""How well a document fits: best first."""


@dataclass(frozen=True)
class Found:
    """A hit as it is shown: with the state and the partner of the document."""

    hit: SearchHit
    state: str = ""
    partner: str = ""


@dataclass
class Group:
    """Hits of one kind; ``rank`` is the best of them."""

    entity: EntityType
    rank: int
    hits: list[Found] = field(default_factory=list)


def search_everything(ctx: Ctx, text: str, limit: int = HITS) -> list[Group]:
    """Documents that fit ``text``, at most ``limit`` of a kind, the kind with the best hit first.

    Two statements, one more for each kind that something was found in, and those of the plugins.
    """
    text = text.strip()
    if not text:
        return []
    kinds = {
        e.name: e
        for e in ctx.registry.entities.values()
        if e.search and e.plugin not in ctx.hub.always_on and ctx.can(f"{e.name}.view")
    }
    ranks = _own(ctx, list(kinds.values()), text, limit)
    told: dict[str, dict[int, SearchHit]] = {}
    loose: list[SearchHit] = []
    for plugin, hit in ctx.hooks.isolated("search", query=text, limit=limit):
        if isinstance(hit, Exception):
            ctx.failed.add(plugin)
        elif isinstance(hit, SearchHit) and hit.entity in kinds and hit.row_id:
            told.setdefault(hit.entity, {}).setdefault(hit.row_id, hit)
            ranks.setdefault(hit.entity, {}).setdefault(hit.row_id, TOLD)
        elif isinstance(hit, SearchHit) and hit.entity in kinds and not _limited(ctx, kinds[hit.entity]):
            loose.append(hit)
    groups = {
        name: _group(ctx, kinds[name], ids, told.get(name, {}), text, limit)
        for name, ids in ranks.items()
        if ids
    }
    for hit in loose:
        group = groups.setdefault(hit.entity, Group(kinds[hit.entity], TOLD))
        if len(group.hits) < limit and hit.href not in {f.hit.href for f in group.hits}:
            group.hits.append(Found(hit))
    places = {name: i for i, name in enumerate(kinds)}
    # among equals: documents before master data, who gave the number before who carries it, then what was declared first
    return sorted(
        (g for g in groups.values() if g.hits),
        key=lambda g: (g.rank, not g.entity.states, not g.entity.series, places[g.entity.name]),
    )


def _limited(ctx: Ctx, kind: EntityType) -> bool:
    """Of a hit that does not say which row it is about, it cannot be asked whether the person may see it."""
    return ctx.scope.condition(kind) is not None


def _own(ctx: Ctx, kinds: Sequence[EntityType], text: str, limit: int) -> dict[str, dict[int, int]]:
    """Ids by kind with how well they fit, from their own columns and references: two statements."""
    wanted = {f.ref for e in kinds for f in searched_links(e)}
    targets = [ctx.registry.get(name) for name in sorted(wanted)]
    behind: dict[str, list[int]] = {}
    for name, _rank, row_id in _run(ctx, (p for t in targets for p in _parts(ctx, t, text, TARGETS))):
        behind.setdefault(name, []).append(row_id)
    parts = [part for entity in kinds for part in _parts(ctx, entity, text, limit)]
    for entity in kinds:
        tests = [
            among(getattr(entity.model, f.attr), behind[f.ref])
            for f in searched_links(entity)
            if f.ref in behind
        ]
        if tests:
            parts.append(_part(ctx, entity, BEHIND, or_(*tests), limit))
    found: dict[str, dict[int, int]] = {}
    for name, rank, row_id in _run(ctx, parts):
        ids = found.setdefault(name, {})
        ids[row_id] = min(rank, ids.get(row_id, rank))
    return found


def _run(ctx: Ctx, parts: Iterable[Select[Any]]) -> Iterable[Any]:
    made = list(parts)
    return ctx.session.execute(union_all(*made)).all() if made else ()


def _parts(ctx: Ctx, entity: EntityType, text: str, limit: int) -> list[Select[Any]]:
    """What begins with the text, over everything; what contains it, in the newest rows."""
    indexed = _indexed(entity)
    columns = [getattr(entity.model, n) for n in (entity.key, *searched_words(entity)) if n in indexed]
    tests = [test for column in columns for test in text_begins(column, text)]
    # each by itself, so that each is served by its own index
    parts = [_part(ctx, entity, BEGINS, test, limit) for test in tests]
    if len(text) > 1:
        names = [entity.key, *searched_columns(entity)]
        every = select(
            entity.model.id, *(getattr(entity.model, n) for n in dict.fromkeys(names) if n != "id")
        )
        newest = (
            ctx.scope.narrow(entity, every)
            .where(entity.model.tenant_id == ctx.session.tenant_id)
            .order_by(entity.model.id.desc())
            .limit(SCANNED)
            .subquery()
        )
        inside = text_within(text, [newest.c[n] for n in names])
        if inside:
            found = (
                select(newest.c.id).where(or_(*inside)).order_by(newest.c.id.desc()).limit(limit).subquery()
            )
            parts.append(select(literal(entity.name, String), literal(CONTAINS), found.c.id))
    return parts


def _part(ctx: Ctx, entity: EntityType, rank: int, test: Any, limit: int) -> Select[Any]:
    inner = (
        ctx.scope.narrow(entity, select(entity.model.id))
        .where(and_(entity.model.tenant_id == ctx.session.tenant_id, test))
        .order_by(entity.model.id.desc())
        .limit(limit)
        .subquery()
    )
    return select(literal(entity.name, String), literal(rank), inner.c.id)


def _indexed(entity: EntityType) -> set[str]:
    """Columns that an index or a unique constraint leads with, after the tenant."""
    table = entity.model.table()
    keys = [[c.name for c in index.columns] for index in table.indexes]
    keys += [[c.name for c in each.columns] for each in table.constraints if hasattr(each, "columns")]
    return {names[1] for names in keys if len(names) > 1 and names[0] == "tenant_id"}


def _group(
    ctx: Ctx, entity: EntityType, ranks: dict[int, int], told: dict[int, SearchHit], text: str, limit: int
) -> Group:
    """Load the best of a kind, with the partner of each: one statement for the rows, one for the partners."""
    wanted = sorted(ranks, key=lambda i: (ranks[i], -i))[: limit * 2]
    links = searched_links(entity)
    statement = ctx.scope.narrow(entity, select(entity.model)).where(among(entity.model.id, wanted))
    for link in links:
        statement = statement.options(selectinload(getattr(entity.model, link.name)))
    rows = {row.id: row for row in ctx.session.scalars(statement)}
    group = Group(entity, TOLD)
    exact = {i: r for i, r in rows.items() if str(getattr(r, entity.key)).casefold() == text.casefold()}
    for row_id in sorted(rows, key=lambda i: (i not in exact, ranks[i], -i))[:limit]:
        group.rank = min(group.rank, EXACT if row_id in exact else ranks[row_id])
        group.hits.append(_shown(ctx, entity, rows[row_id], told.get(row_id)))
    return group


def _shown(ctx: Ctx, entity: EntityType, row: Any, told: SearchHit | None) -> Found:
    behind = ((link, getattr(row, link.name)) for link in searched_links(entity))
    partner = next((_called(ctx.registry.get(f.ref), p) for f, p in behind if p is not None), "")
    title = told.title if told is not None else _title(entity, row)
    href = told.href if told is not None else f"/{entity.name.replace('.', '/')}/{row.id}"
    hit = SearchHit(entity.name, str(getattr(row, entity.key)), title, href, row.id)
    return Found(hit, str(row.state) if entity.states else "", partner)


def _called(entity: EntityType, row: Any) -> str:
    """The name of a partner; a document behind another one has a number instead."""
    return pick(getattr(row, "names", None), str(getattr(row, "name", "") or "")) or str(
        getattr(row, entity.key)
    )


def _title(entity: EntityType, row: Any) -> str:
    name = pick(getattr(row, "names", None), str(getattr(row, "name", "") or ""))
    if name:
        return name
    return " · ".join(str(v) for a in searched_words(entity) if (v := getattr(row, a)))

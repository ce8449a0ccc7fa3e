"""Reading what a list was asked for from its address, and making the addresses of its links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from core.data.models import UserPref
from core.declare.declarations import EntityType, Filter
from core.entities.filtering import filter_names, filters_of
from core.entities.query import PAGE, ListQuery
from core.kernel.context import Ctx
from core.values import parse_id

RESERVED = {"q", "sort", "page", "size", "match", "group"}
ANY = "any"
"""The value of ``match`` in an address: what fits any of the filters."""


def list_query(ctx: Ctx, entity: EntityType, args: Any) -> ListQuery:
    """The query in the address; unknown names are ignored, numbers out of range are brought into it."""
    filters = {
        n: [v for v in args.getlist(n) if v] for n in filter_names(ctx, entity) if any(args.getlist(n))
    }
    return ListQuery(
        search=args.get("q", "")[:100],
        filters=filters,
        sort=args.get("sort", "")[:60],
        page=_whole(args.get("page"), 1, 1_000_000),
        size=_whole(args.get("size"), PAGE, 500),
        columns=chosen_columns(ctx, entity),
        either=args.get("match") == ANY,
    )


def _whole(raw: str | None, default: int, most: int) -> int:
    return max(1, min(parse_id(raw) or default, most))


def chosen_columns(ctx: Ctx, entity: EntityType) -> tuple[str, ...]:
    """The columns this person chose for this list; empty: as declared."""
    if ctx.user is None:
        return ()
    value = ctx.session.scalar(
        select(UserPref.value).where(
            UserPref.user_id == ctx.user.id, UserPref.kind == "columns", UserPref.screen == entity.name
        )
    )
    return tuple(value or ())


def choose_columns(ctx: Ctx, entity: EntityType, names: list[str]) -> None:
    """Keep a person's choice of columns; an empty choice forgets it."""
    if ctx.user is None:
        return
    row = ctx.session.scalars(
        select(UserPref).where(
            UserPref.user_id == ctx.user.id, UserPref.kind == "columns", UserPref.screen == entity.name
        )
    ).one_or_none()
    if row is None:
        ctx.session.add(
            UserPref(user_id=ctx.user.id, kind="columns", screen=entity.name, name="", value=names)
        )
    else:
        row.value = names


def list_address(query: ListQuery, **changes: Any) -> str:
    """The query as ``?…`` with some parts changed; a page change keeps the rest, anything else starts at page 1."""
    parts: list[tuple[str, str]] = []
    values = {
        "q": query.search,
        "sort": query.sort,
        "page": query.page if "page" in changes else 1,
        **changes,
    }
    for name in ("q", "sort", "page"):
        if values[name] and not (name == "page" and values[name] == 1):
            parts.append((name, str(values[name])))
    if query.size != PAGE:
        parts.append(("size", str(query.size)))
    for name, wanted in sorted(query.filters.items()):
        parts += [(name, v) for v in wanted]
    if query.either:
        parts.append(("match", ANY))
    return "?" + urlencode(parts)


def list_filters(ctx: Ctx, entity: EntityType, query: ListQuery) -> list[dict[str, Any]]:
    """What the filter form shows: kind, name, label, options, current values."""
    shown: list[dict[str, Any]] = []
    if entity.states:
        states = [("open", None), *((s.code, s.label) for s in entity.states)]
        shown.append(
            {"kind": "state", "name": "state", "options": states, "values": query.filters.get("state", ())}
        )
    for spec in filters_of(ctx, entity):
        values = query.filters.get(spec.name, ())
        if isinstance(spec, Filter):
            options = _options(ctx, entity, spec.name, spec.choices)
            if options is not None:
                shown.append({"kind": "one", "name": spec.name, "label": spec.label,
                              "options": options, "values": values})  # fmt: skip
        elif spec.kind == "choice":
            options = _options(ctx, entity, spec.name, spec.options)
            if options is not None:
                shown.append({"kind": "one", "name": spec.name, "label": spec.label,
                              "options": options, "values": values})  # fmt: skip
        elif spec.kind == "date":
            shown.append({"kind": "range", "name": spec.name, "label": spec.label,
                          "from": query.filters.get(f"{spec.name}_from", [""])[0],
                          "to": query.filters.get(f"{spec.name}_to", [""])[0]})  # fmt: skip
        elif spec.kind == "bool":
            shown.append({"kind": "bool", "name": spec.name, "label": spec.label, "values": values})
        else:
            asked = spec.ref or (spec.lookup(ctx) if spec.lookup is not None else "")
            shown.append({"kind": "ref" if asked else "text", "name": spec.name, "label": spec.label, "ref": asked,
                          "values": values})  # fmt: skip
    return shown


def _options(
    ctx: Ctx, entity: EntityType, name: str, read: Callable[[Ctx], Any]
) -> list[tuple[str, Any]] | None:
    """The choices of a filter; None where they cannot be told: the list lives without it."""
    what = f"choices of filter {name} of {entity.name}"
    found: list[tuple[str, Any]] | None = ctx.hooks.guarded(
        entity.plugin, what, lambda: [(code, label) for code, label in read(ctx)], None
    )
    return found

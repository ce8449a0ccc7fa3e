"""Numbers of items and places: found or made, remembered for the session; and what people call them.

:mod:`core.ledger_numbers` goes the other way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, any_, bindparam, event, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import InstrumentedAttribute

from core.data.bulk import FEW, insert_of_arrays
from core.data.tenancy import TenantSession
from core.declare.names import EntityRef
from core.ledger.tables import StockItem, StockPlace
from core.ledger.values import Item, Named, Place

if TYPE_CHECKING:
    from core.kernel.context import Ctx

CHUNK = 500
"""Values in one IN list."""
ARRAY_CHUNK = 10_000
"""Values in one array parameter of PostgreSQL."""
ITEM_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    StockItem.kind, StockItem.ref_id, StockItem.color_id, StockItem.size_id, StockItem.dest_id, StockItem.lot,
    StockItem.owner_id,
)  # fmt: skip
PLACE_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    StockPlace.kind,
    StockPlace.ref_id,
    StockPlace.document,
    StockPlace.document_id,
)
_item, _place = StockItem.table(), StockPlace.table()


def any_of(dialect: str, column: Any, name: str) -> Any:
    """``column`` is one of the values of parameter ``name``, for statements that are made once."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(bindparam(name, expanding=True))


@lru_cache
def _find_items(dialect: str, lots: bool) -> Any:
    """Items by kind, id and lot: a statement on the table, made once, the tenant named in it."""
    query = select(_item.c.id, *(_item.c[c.key] for c in ITEM_COLUMNS)).where(
        _item.c.tenant_id == bindparam("tenant"),
        any_of(dialect, _item.c.kind, "kinds"),
        any_of(dialect, _item.c.ref_id, "refs"),
    )
    return query.where(any_of(dialect, _item.c.lot, "lots")) if lots else query


@lru_cache
def _find_places(dialect: str, documents: bool) -> Any:
    query = select(_place.c.id, *(_place.c[c.key] for c in PLACE_COLUMNS)).where(
        _place.c.tenant_id == bindparam("tenant"),
        any_of(dialect, _place.c.kind, "kinds"),
        any_of(dialect, _place.c.ref_id, "refs"),
    )
    return query.where(any_of(dialect, _place.c.document_id, "documents")) if documents else query


def outside_kinds(ctx: Ctx) -> frozenset[str]:
    """Kinds of places that may go below zero. A kind that no loaded plugin declares any more is guarded."""
    return frozenset(kind.code for kind in ctx.registry.place_kinds.values() if not kind.inside)


def chunks(values: Iterable[int], most: int = CHUNK) -> list[list[int]]:
    """Sorted distinct values in lists of at most ``most``."""
    ordered = sorted(set(values))
    return [ordered[i : i + most] for i in range(0, len(ordered), most)]


def upsert(session: TenantSession, model: type[Any]) -> Any:
    """The engine's ``INSERT`` that knows ``ON CONFLICT``."""
    make: Any = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    return make(model)


def insert_missing(
    session: TenantSession, model: type[Any], rows: Sequence[dict[str, Any]], unique: Sequence[str]
) -> None:
    """Insert rows in the given order, leaving alone those that are there; waits for others who insert the same."""
    stamped = [{"tenant_id": session.tenant_id, **row} for row in rows]
    at = ["tenant_id", *unique]
    if len(rows) >= FEW and session.get_bind().dialect.name == "postgresql":
        session.execute(
            insert_of_arrays(model.table(), stamped, pg_insert).on_conflict_do_nothing(index_elements=at)
        )
    else:
        session.execute(upsert(session, model).on_conflict_do_nothing(index_elements=at), stamped)


@event.listens_for(TenantSession, "after_soft_rollback")
def _forget(session: TenantSession, _previous: Any) -> None:
    session.info.pop("ledger_items", None)
    session.info.pop("ledger_places", None)


def item_ids(ctx: Ctx, items: Collection[Item], *, make: bool = False) -> dict[Item, int]:
    """The number of each item; those never posted are left out, or made with ``make``."""
    known: dict[Item, int] = ctx.session.info.setdefault("ledger_items", {})
    missing = [item for item in dict.fromkeys(items) if item not in known]
    if missing:
        _load_items(ctx, missing, known)
        absent = [item for item in missing if item not in known]
        if absent and make:
            rows = sorted((i.kind, i.id, i.color_id, i.size_id, i.dest_id, i.lot, i.owner_id) for i in absent)
            names = [c.key for c in ITEM_COLUMNS]
            insert_missing(ctx.session, StockItem, [dict(zip(names, r, strict=True)) for r in rows], names)
            _load_items(ctx, absent, known)
    return {item: known[item] for item in items if item in known}


def _load_items(ctx: Ctx, items: Sequence[Item], known: dict[Item, int]) -> None:
    wanted, connection = set(items), ctx.session.reading_connection()
    kinds, lots = sorted({i.kind for i in items}), sorted({i.lot for i in items})
    for part in chunks(i.id for i in items):
        given = {"tenant": ctx.session.tenant_id, "kinds": kinds, "refs": part}
        few = len(lots) <= CHUNK
        query = _find_items(connection.dialect.name, few)
        rows = connection.execute(query, {**given, "lots": lots} if few else given).all()
        for number, *values in rows:
            item = Item(*values)
            if item in wanted:
                known[item] = number


def place_ids(ctx: Ctx, places: Collection[Place], *, make: bool = False) -> dict[Place, int]:
    """The number of each place; those never posted to are left out, or made with ``make``."""
    known: dict[Place, int] = ctx.session.info.setdefault("ledger_places", {})
    missing = [place for place in dict.fromkeys(places) if place not in known]
    if missing:
        _load_places(ctx, missing, known)
        absent = [place for place in missing if place not in known]
        if absent and make:
            rows = sorted(_place_values(p) for p in absent)
            names = [c.key for c in PLACE_COLUMNS]
            insert_missing(ctx.session, StockPlace, [dict(zip(names, r, strict=True)) for r in rows], names)
            _load_places(ctx, absent, known)
    return {place: known[place] for place in places if place in known}


def make_place(kind: str, id: int, document: str, document_id: int) -> Place:
    """A place from its columns."""
    return Place(kind, id, EntityRef(document, document_id) if document else None)


def _place_values(place: Place) -> tuple[str, int, str, int]:
    document = place.document
    return (place.kind, place.id, document.entity, document.id) if document else (place.kind, place.id, "", 0)


def _load_places(ctx: Ctx, places: Sequence[Place], known: dict[Place, int]) -> None:
    wanted, connection = set(places), ctx.session.reading_connection()
    kinds = sorted({p.kind for p in places})
    documents = sorted({p.document.id if p.document else 0 for p in places})
    for part in chunks(p.id for p in places):
        given = {"tenant": ctx.session.tenant_id, "kinds": kinds, "refs": part}
        few = len(documents) <= CHUNK
        query = _find_places(connection.dialect.name, few)
        rows = connection.execute(query, {**given, "documents": documents} if few else given)
        for number, *values in rows:
            place = make_place(*values)
            if place in wanted:
                known[place] = number


def names(ctx: Ctx, items: Iterable[Item] = (), places: Iterable[Place] = ()) -> dict[Item | Place, Named]:
    """What people call these items and places: asked of the plugins that are on (hook ``stock_names``)."""
    things, spots = tuple(dict.fromkeys(items)), tuple(dict.fromkeys(places))
    keys: tuple[Item | Place, ...] = (*things, *spots)
    found: dict[Item | Place, Named] = {}
    registry = ctx.registry
    for key in keys:
        declared = (
            registry.item_kinds.get(key.kind) if isinstance(key, Item) else registry.place_kinds.get(key.kind)
        )
        kind = str(declared.label) if declared is not None else key.kind
        found[key] = Named(key, f"{kind} {key.id}" if key.id else kind)
    for plugin, named in ctx.hooks.isolated("stock_names", items=things, places=spots):
        if isinstance(named, Named):
            found[named.key] = named
        else:
            ctx.failed.add(plugin)
    return found

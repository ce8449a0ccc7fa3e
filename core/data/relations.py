"""Relationships between rows of tenants, found by table: what another plugin calls its classes does not matter.

A reference says which table it points to (:func:`core.data.db.ref`), and a table is there once. So two plugins may both have a
class ``Store``, and what belongs to a row is looked up when all models are known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import foreign, relationship, remote

from core.errors import StartError


class Pending:
    """A relationship of a class that is still being written; made when the class is mapped."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make


def make_pending(cls: type) -> None:
    """Make the relationships that the body of ``cls`` asks for. Called just before it is mapped."""
    for name, value in list(vars(cls).items()):
        if isinstance(value, Pending):
            setattr(cls, name, value.make(cls))


def link(column: str, target: str, **kw: Any) -> Any:
    """The many-to-one relationship over ``column`` (``"OrderLine.order_id"``) to the model ``target``.

    Only the non-tenant column is ``foreign()``: a plain relationship over the composite key would blank
    ``tenant_id`` when it is emptied and would let a form move a row to another tenant.
    """

    def make(owner: Any) -> Any:
        name = _column(column, owner.__name__, owner)
        return relationship(
            lambda: _target(owner, name, target),
            primaryjoin=lambda: _join(owner, name, _target(owner, name, target), remote),
            **kw,
        )

    return Pending(make)


def children(column: str, parent: str, *, order_by: str | None = None, **kw: Any) -> Any:
    """The rows owned by a document: deleted with it, ordered by ``order_by`` (``"OrderLine.position"``).

    ``column`` is the child's reference to its parent (``"OrderLine.order_id"``), ``parent`` the parent's class name.
    """
    child, _, name = column.rpartition(".")

    def make(owner: Any) -> Any:
        if owner.__name__ != parent:
            raise StartError(f"{_named(owner)}: children('{column}', '{parent}') stands in another class")
        order = _column(order_by, child, owner) if order_by else ""
        return relationship(
            lambda: _child(owner, child, name),
            primaryjoin=lambda: _join(_child(owner, child, name), name, owner, lambda c: c),
            order_by=(lambda: getattr(_child(owner, child, name), order)) if order else False,
            cascade="all, delete-orphan",
            passive_deletes=True,
            **kw,
        )

    return Pending(make)


def _column(path: str, expected: str, owner: Any) -> str:
    cls, _, name = path.rpartition(".")
    if cls != expected:
        raise StartError(f"{_named(owner)}: '{path}' names a column of another class than {expected}")
    return name


def _join(child: Any, name: str, parent: Any, far: Callable[[Any], Any]) -> Any:
    """The two rows belong together, and to one tenant. ``far`` marks the parent where both are of one table."""
    far = far if child is parent else lambda column: column
    mine, theirs = child.__table__.c, parent.__table__.c
    return and_(foreign(mine[name]) == far(theirs.id), mine.tenant_id == far(theirs.tenant_id))


def _target(owner: Any, name: str, expected: str) -> Any:
    table = owner.__table__.c[name].info.get("ref") if name in owner.__table__.c else None
    if table is None:
        raise StartError(
            f"{_named(owner)}: link('{owner.__name__}.{name}', '{expected}') has no reference. "
            f'Declare the column: {name}: Mapped[int] = ref("…").'
        )
    for mapper in owner.registry.mappers:
        if mapper.local_table.name == table:
            if mapper.class_.__name__ == expected:
                return mapper.class_
            raise StartError(
                f"{_named(owner)}: '{name}' refers to table {table}, whose class is {mapper.class_.__name__}, "
                f"not {expected}. Write that name into link(…)."
            )
    raise StartError(
        f"{_named(owner)}: '{name}' refers to table {table}, which no loaded plugin has. Write the table's name as it is "
        "there, and name its plugin in `requires`."
    )


def _child(owner: Any, child: str, name: str) -> Any:
    table = owner.__table__.name
    found = [
        m.class_
        for m in owner.registry.mappers
        if m.class_.__name__ == child
        and name in m.local_table.c
        and m.local_table.c[name].info.get("ref") == table
    ]
    near = [c for c in found if c.__module__ == owner.__module__] or found
    if len(near) == 1:
        return near[0]
    if near:
        raise StartError(
            f"{_named(owner)}: there are several classes {child} whose {name} refers to {table}: "
            f"{', '.join(sorted(c.__module__ for c in near))}. Give yours another name."
        )
    raise StartError(
        f"{_named(owner)}: children('{child}.{name}', …) finds no class {child} whose {name} is ref('{table}')."
    )


def _named(cls: Any) -> str:
    return f"model {cls.__name__} in {cls.__module__}"

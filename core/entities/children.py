"""Rows of child tables: the lines that are edited with their parent, dropped, changed and added as one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.declare.declarations import ChildTable
from core.declare.fields import Field
from core.entities import audit
from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def shown_value(value: Any, spec: Field, ctx: Ctx) -> Any:
    """A field's value as the audit trail keeps it: the code of a reference, the name of a file, exact decimals, ISO dates."""
    if spec.kind == "ref" and value is not None:
        return getattr(value, ctx.registry.get(spec.ref).key)
    if spec.kind == "file" and value is not None:
        return value[0] if isinstance(value, tuple) else value.name
    return audit.json_value(value)


def rows_of(row: Any, table: ChildTable) -> list[Any]:
    """The lines of ``row`` in this table, as the mapper's own list."""
    found: list[Any] = getattr(row, table.attr or table.name)
    return found


def drop_left_out(row: Any, wanted: Iterable[tuple[ChildTable, Sequence[Mapping[str, Any]]]]) -> bool:
    """Take off the lines that are left out; returns whether there were any. Flush before others take their place: a flush
    inserts first and deletes last."""
    gone = False
    for table, lines in wanted:
        kept = {values.get("id") for values in lines}
        collection = rows_of(row, table)
        left = [child for child in collection if child.id in kept]
        if len(left) != len(collection):
            collection[:], gone = left, True
    return gone


def write_children(
    ctx: Ctx, row: Any, table: ChildTable, wanted: Sequence[Mapping[str, Any]], is_new: bool
) -> list[dict[str, Any]]:
    """Make the lines those of ``wanted``, in its order; returns their values. Refused where one is gone meanwhile."""
    collection = rows_of(row, table)
    have = {} if is_new else {child.id: child for child in collection}
    kept = []
    for position, values in enumerate(wanted):
        child = have.get(values.get("id") or 0)
        if values.get("id") and child is None:
            raise Refused(T("A line was removed by somebody else. Open the document again."))
        if child is None:
            child = table.model()
        for spec in table.fields:
            if spec.readonly or spec.name not in values:
                continue
            if spec.kind == "ref":
                setattr(child, spec.attr, values[spec.name].id if values[spec.name] is not None else None)
            setattr(child, spec.name, values[spec.name])
        if hasattr(child, "position"):
            child.position = position
        kept.append(child)
    collection[:] = kept
    return [line_values(ctx, child, table) for child in kept]


def line_values(ctx: Ctx, child: Any, table: ChildTable) -> dict[str, Any]:
    """The values of one line, as the audit trail keeps them."""
    return {f.name: shown_value(getattr(child, f.name), f, ctx) for f in table.fields}

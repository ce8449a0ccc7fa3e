"""The payload of an action, checked: one parser for posted forms, the command line and whatever sends JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.declare.action import Action
from core.declare.fields import PLACES, Field, KeptFile, PayloadTable
from core.entities.forms import Cleaner
from core.entities.inputs import resolve_refs
from core.entities.seen import seen_fields
from core.errors import Problem, Refused
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Values = dict[str, Any]
Cleaners = dict[tuple[int, tuple[str, ...]], Cleaner]
"""What checks the rows of a table, by table and the names of the fields that count."""


class NotTyped(ValueError):
    """A value is of a kind that the field does not take; its words say what is meant."""


def parse(ctx: Ctx, action: Action, given: Mapping[str, Any], row: Any = None) -> Values:
    """Cleaned values of an action's fields, and a list of cleaned rows for each of its tables.

    ``given`` holds texts as people type them, or plain JSON values: decimals as text (or Decimal, never a binary fraction),
    days as ISO text, references as the code or number of the row, a file as ``{"name": …, "content": base64}``. What is left
    out starts as in the action's dialog (``start_values`` of ``row``). Raises Refused with every Problem; one of a table is
    at ``lines.3.qty``, rows counted from 0, whatever the values came from. Tables within a row are in it where they were given.
    """
    problems: list[Problem] = []
    tables = {t.name: t for t in action.tables}
    fields = seen_fields(ctx, action.all_fields())
    flat = {n: v for n, v in given.items() if n not in tables}
    flat = {**_unless_given(start_values(ctx, action, row), flat), **flat}
    data = _values(ctx, fields, flat, "", problems)
    for name, table in tables.items():
        data[name] = _rows(ctx, table, given.get(name), name, problems, {})
    if action.check is not None:
        problems += action.check(ctx, row, data)
    if problems:
        raise Refused(problems)
    return data


def clean_values(ctx: Ctx, fields: Sequence[Field], given: Mapping[str, Any]) -> Values:
    """Cleaned values of fields from texts or plain JSON values; raises Refused with every Problem."""
    problems: list[Problem] = []
    data = _values(ctx, fields, given, "", problems)
    if problems:
        raise Refused(problems)
    return data


def clean_rows(
    ctx: Ctx,
    table: PayloadTable,
    given: Any,
    path: str = "",
    check: Callable[[list[Values]], Iterable[Problem]] | None = None,
) -> list[Values]:
    """Cleaned rows of one table; raises Refused with every Problem at ``<path>.<row>.<field>``.

    ``check``: what is wrong with the rows that can be read, told together with what cannot; the latter is not in them.
    """
    problems: list[Problem] = []
    cleaned = _rows(ctx, table, given, path or table.name, problems, {})
    if check is not None:
        problems += check(cleaned)
    if problems:
        raise Refused(problems)
    return cleaned


def start_values(ctx: Ctx, action: Action, row: Any) -> Values:
    """What the dialog of an action starts with: the row's own value of a field that its kind of document has too, or the
    default; and what the action proposes for the row (for the rows, where it takes them together)."""
    alone = row is not None and action.batch != "together"
    own = {f.name for f in ctx.registry.get(action.entity).fields} if alone else set()
    found = {
        f.name: getattr(row, f.name) if f.default is None and f.name in own else f.initial(ctx)
        for f in seen_fields(ctx, action.all_fields())
        if not f.readonly
    }
    if action.start is not None and row is not None:
        found |= action.start(ctx, row)
    return found


def _unless_given(start: Values, given: Mapping[str, Any]) -> Values:
    """Start values that still count; of a name, one language that is given leaves the others."""
    left = {n: v for n, v in start.items() if n not in given and v is not None}
    for name in {n.split(".")[0] for n in given if "." in n}:
        for locale, text in dict(left.pop(name, None) or {}).items():
            left.setdefault(f"{name}.{locale}", text)
    return left


def _rows(
    ctx: Ctx, table: PayloadTable, given: Any, path: str, problems: list[Problem], cleaners: Cleaners
) -> list[Values]:
    """The rows with what is right of each; what is wrong goes to ``problems``."""
    if given is None:
        given = ()
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Sequence):
        problems.append(Problem(T("A table is a JSON list of objects."), path))
        return []
    if table.required and not given:
        problems.append(Problem(T("At least one row is needed."), path))
    for spec in table.fields:
        if spec.kind == "ref":
            codes = (r.get(spec.name) for r in given if isinstance(r, Mapping))
            resolve_refs(
                ctx, spec, [str(c) for c in codes if isinstance(c, str | int) and "\0" not in str(c)]
            )
    cleaned = []
    for i, one in enumerate(given):
        if not isinstance(one, Mapping):
            problems.append(Problem(T("A table is a JSON list of objects."), path))
            return []
        cleaned.append(_row(ctx, table, one, f"{path}.{i}", problems, cleaners))
    return cleaned


def _row(
    ctx: Ctx,
    table: PayloadTable,
    given: Mapping[str, Any],
    path: str,
    problems: list[Problem],
    cleaners: Cleaners,
) -> Values:
    inner = {t.name: t for t in table.tables}
    flat = {n: v for n, v in given.items() if n not in inner}
    known = bool(table.key) and flat.get(table.key) not in (None, "")
    fields = table.fields
    if known:  # a row that is there already keeps what is left out
        named = {n.split(".")[0] for n in flat}
        fields = tuple(f for f in table.fields if f.name in named)
    else:
        start = {f.name: f.initial(ctx) for f in fields if not f.readonly}
        flat = {**_unless_given(start, flat), **flat}
    key = (id(table), tuple(f.name for f in fields))
    if key not in cleaners:
        cleaners[key] = Cleaner(ctx, fields)
    data = _values(ctx, fields, flat, f"{path}.", problems, cleaners[key])
    for name, table_within in inner.items():
        if given.get(name) is not None:
            data[name] = _rows(ctx, table_within, given.get(name), f"{path}.{name}", problems, cleaners)
    return data


def _values(
    ctx: Ctx,
    fields: Sequence[Field],
    given: Mapping[str, Any],
    path: str,
    problems: list[Problem],
    cleaner: Cleaner | None = None,
) -> Values:
    """Values of fields as a form would clean them, those that are right; ``cleaner`` is one for all of ``fields``."""
    by_name = {f.name: f for f in fields}
    typed: Values = {}
    for name, value in given.items():
        spec = by_name.get(name)
        try:
            if spec is None:
                typed[name] = (
                    value if isinstance(value, str) else ""
                )  # one language of a name; or unknown: clean says so
            elif spec.kind == "names" and isinstance(value, Mapping):
                typed |= {f"{name}.{locale}": _text(words) for locale, words in value.items()}
            elif value is not None:
                typed[name] = as_typed(ctx, spec, value)
        except NotTyped as error:
            problems.append(Problem(str(error), path + name))
            del by_name[name]
    if cleaner is None or len(by_name) < len(fields):
        cleaner = Cleaner(ctx, [f for f in fields if f.name in by_name])
    data, wrong = cleaner.clean(typed)
    problems += [Problem(p.message, path + p.field, p.params) for p in wrong]
    return data


def as_typed(ctx: Ctx, spec: Field, value: Any) -> Any:
    """A plain value as the text that a person would have typed; rows and files as they are. Raises NotTyped."""
    kind = spec.kind
    if kind == "file":
        return _file(value)
    if isinstance(value, str):
        return value
    if kind == "bool" and isinstance(value, bool):
        return "1" if value else ""
    if kind == "date" and isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if kind == "ref" and isinstance(value, ctx.registry.get(spec.ref).model):
        return value
    if kind == "choices" and isinstance(value, Sequence | set | frozenset):
        return ",".join(_text(v) for v in value)
    if spec.numeric:
        return _number(spec, value)
    if kind in ("names", "choices", "bool", "date"):
        raise NotTyped(T("“{value}” is not understood.", value=value))
    return _text(value)


def _number(spec: Field, value: Any) -> str:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, float) and spec.kind in PLACES:
        raise NotTyped(
            T("Write a decimal as text, such as “{value}”; a binary fraction is not exact.", value=value)
        )
    raise NotTyped(T("“{value}” is not a number.", value=value))


def _text(value: Any) -> str:
    if isinstance(value, str | Text) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise NotTyped(T("“{value}” is not understood.", value=value))


def _file(value: Any) -> tuple[str, bytes] | KeptFile:
    match value:
        case KeptFile():  # the one that is there already
            return value
        case (str(name), bytes(content)):
            return name, content
        case {"name": str(name), "content": str(content), **more} if not more:
            try:
                return name, base64.b64decode(content, validate=True)
            except binascii.Error as error:
                raise NotTyped(T("The content of a file is base64.")) from error
    raise NotTyped(T("A file is an object with name and content."))

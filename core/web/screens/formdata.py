"""Reading a posted form of an entity: header fields and child tables, with every message at its input."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from typing import Any

from werkzeug.datastructures import CombinedMultiDict, MultiDict

from core.declare.declarations import ChildTable, EntityType
from core.declare.fields import Field
from core.entities import audit, crud
from core.entities.additions import additions, every_field, values_of
from core.entities.forms import HubForm, build_form, cleaned_values, form_problems
from core.entities.inputs import resolve_refs
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.text.i18n import T
from core.values import parse_id

MOST_ROWS = 500
"""Rows of one table of a form; further ones are refused, not looked at."""
MOST_MESSAGES = 200
"""Messages at one place of a page."""


class EntityForm:
    """The form of an entity with its child tables: filled from a row, from what was posted, or a new one with ``start``, texts
    that the address brought beside what each field starts with.

    ``errors`` maps an input's name to its messages; ``tables`` maps a child table to its row forms; ``uploads`` says whether
    it asks for files.
    """

    def __init__(
        self,
        ctx: Ctx,
        entity: EntityType,
        row: Any = None,
        posted: Any = None,
        start: Mapping[str, str] | None = None,
        files: Any = None,
    ) -> None:
        self.ctx = ctx
        self.entity = entity
        self.row = row
        self.posted = posted
        self.fields = [f for f in every_field(ctx, entity) if not f.readonly]
        self.uploads = any(f.kind == "file" for f in self.fields)
        empty = {f.name: f.initial(ctx) for f in self.fields} if row is None else None
        values = empty if empty is not None else values_of(ctx, entity, row, self.fields)
        typed = MultiDict({**self._texts(values), **start}) if start and posted is None else posted
        if posted is not None and files:
            typed = CombinedMultiDict([posted, files])
        self.header: HubForm = build_form(ctx, self.fields, typed, values)
        self.errors: dict[str, list[str]] = {}
        self.problems: list[Problem] = []
        self.tables: dict[str, list[tuple[int | None, HubForm]]] = {
            t.name: list(self._rows(t)) for t in entity.children
        }

    def _texts(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What fields start with, as somebody would have typed it."""
        found = {}
        for spec in self.fields:
            value = values.get(spec.name)
            if value not in (None, "", False) and spec.kind not in ("names", "choices", "file"):
                key = self.ctx.registry.get(spec.ref).key if spec.kind == "ref" else ""
                found[spec.name] = str(audit.json_value(getattr(value, key) if key else value))
        return found

    def _rows(self, table: ChildTable) -> Iterable[tuple[int | None, HubForm]]:
        if self.posted is None:
            for index, child in enumerate(
                getattr(self.row, table.attr or table.name) if self.row is not None else ()
            ):
                values = crud.field_values(child, table.fields)
                yield child.id, build_form(self.ctx, table.fields, None, values, f"{table.name}-{index}-")
            return
        indices = row_indices(self.posted, table.name)
        self.problems += too_many(table.name, len(indices))
        indices = indices[:MOST_ROWS]
        for spec in table.fields:
            if spec.kind == "ref":
                resolve_refs(
                    self.ctx, spec, [self.posted.get(f"{table.name}-{i}-{spec.name}", "") for i in indices]
                )
        for index in indices:
            prefix = f"{table.name}-{index}-"
            own = self.posted.get(f"{prefix}id", "")
            if self.posted.get(f"{prefix}_delete") or (not own and blank(self.posted, prefix, table.fields)):
                continue
            yield (
                parse_id(own),
                build_form(self.ctx, table.fields, self.posted, None, prefix),
            )

    def blank(self, table: ChildTable, index: str) -> HubForm:
        """An empty row of a child table, for adding."""
        return build_form(
            self.ctx,
            table.fields,
            None,
            {f.name: f.initial(self.ctx) for f in table.fields},
            f"{table.name}-{index}-",
        )

    def clean(self) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
        """Header values and child rows; raises Refused with every problem found.

        Each row's ``input`` is how the names of its inputs begin (``lines-3-``), for messages at the right place.
        """
        problems = list(self.problems)
        if not self.header.validate():
            problems += form_problems(self.header)
        children: dict[str, list[dict[str, Any]]] = {}
        for table in self.entity.children:
            rows = []
            for own, form in self.tables[table.name]:
                if not form.validate():
                    problems += form_problems(form)
                else:
                    rows.append({**cleaned_values(form, table.fields), "id": own, "input": form._prefix})
            children[table.name] = rows
        if problems:
            raise Refused([*problems, *self._beyond(children)])
        return cleaned_values(self.header, self.fields), children

    def _beyond(self, children: Mapping[str, list[dict[str, Any]]]) -> list[Problem]:
        """What is wrong beyond single fields, as far as those that can be read tell: everything is said at once."""
        wrong = set(self.header.errors)
        data = {n: v for n, v in cleaned_values(self.header, self.fields).items() if n not in wrong}
        found: list[Problem] = []
        if self.entity.validate is not None:
            with suppress(KeyError, TypeError, AttributeError):  # it needs what cannot be read
                found = list(self.entity.validate(self.ctx, self.row, data, children))
        with suppress(KeyError, TypeError, AttributeError):
            found += additions(self.ctx, self.entity).problems(self.row, data, children)
        return [problem for problem in found if problem.field not in wrong]

    def show(self, refused: Refused) -> None:
        """Put the messages where they belong."""
        inputs = {f.name for f in self.header} | {t.name for t in self.entity.children}
        inputs |= {f.name for rows in self.tables.values() for _own, form in rows for f in form}
        self.errors = by_input(refused.problems, inputs)


def by_input(problems: Iterable[Problem], inputs: Container[str] | None = None) -> dict[str, list[str]]:
    """Messages by input name; "" for the whole form, which also takes those of inputs that are not on the page
    (``inputs``: those that are), so that none goes unseen."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for problem in problems:
        place = problem.field if inputs is None or problem.field in inputs else ""
        found[place][str(problem.message)] = None
    return {place: _shortened(list(messages)) for place, messages in found.items()}


def _shortened(messages: list[str]) -> list[str]:
    """As many messages as anybody reads at one place, and how many more there are."""
    left = len(messages) - MOST_MESSAGES
    return messages if left <= 0 else [*messages[:MOST_MESSAGES], str(T("And {n} more.", n=left))]


def too_many(table: str, rows: int) -> list[Problem]:
    """What is said of a table with more rows than one form takes."""
    if rows <= MOST_ROWS:
        return []
    return [Problem(T("At most {n} rows at once; these are {many}.", n=MOST_ROWS, many=rows), table)]


def row_indices(posted: Any, table: str) -> list[int]:
    """Numbers of the rows of a table that were posted, in order: ``lines-0-qty`` → 0."""
    pattern = re.compile(rf"^{re.escape(table)}-(\d{{1,12}})-")
    return sorted({int(m.group(1)) for name in posted if (m := pattern.match(name))})


def blank(posted: Mapping[str, str], prefix: str, fields: Iterable[Field]) -> bool:
    """Was nothing typed in this row (choices and ticks alone do not count)?"""
    return not any(
        (posted.get(f"{prefix}{f.name}") or "").strip()
        for f in fields
        if f.kind not in ("choice", "bool") and f.default is None
    )

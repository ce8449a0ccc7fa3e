"""Rows of a sheet as documents: which rows belong together, and the payload of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.api import LOCALE_NAMES, Ctx, EntityType, Field, Text
from core.base_api import locale_scope
from kit.sheets import heading_key
from plugins.imports.services.targets import SIZE, Target, list_targets

YES = frozenset(map(heading_key, ("1", "yes", "y", "true", "x", "✓", "✔", "v", "是", "有", "真")))
NO = frozenset(map(heading_key, ("", "0", "no", "n", "false", "-", "–", "否", "無", "无", "假")))


@dataclass
class Document:
    """One document of the sheet. ``start`` is the index of its first row, ``stop`` the one behind its last; ``places`` says in
    which line and column of the sheet a value of the payload stands, by its path (``fee``, ``lines.0.qty``)."""

    key: str
    start: int
    stop: int
    header: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    line: int = 0
    digest: str = ""
    """What it is known again by, where it names no row (:mod:`fingerprints`)."""
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By table, what the newest line says beside the tables within it."""


Cells = list[tuple[Target, int, str]]


class Reader:
    """Makes documents of rows; reads choices in any of our languages."""

    def __init__(self, ctx: Ctx, entity: EntityType, headings: Sequence[str], columns: Sequence[str]) -> None:
        self._ctx, self._entity, self._headings = ctx, entity, headings
        known: dict[str, Target] = {t.name: t for t in list_targets(ctx, entity)}
        self._columns = [known.get(name) for name in columns]
        self._has_tables = any(t is not None and t.table for t in self._columns)
        self._choices: dict[str, dict[str, str]] = {}

    def documents(self, rows: Sequence[Sequence[Any]]) -> Iterator[Document]:
        """The documents. Rows that say nothing of the document, or the same as the row
        above, bring further lines of it."""
        current: Document | None = None
        said: tuple[str, ...] = ()
        for at in range(len(rows)):
            line, cells = int(rows[at][0]), [str(cell) for cell in rows[at][1]]
            head = tuple(
                c for c, t in zip(cells, self._columns, strict=False) if t is not None and not t.table
            )
            if current is None or not self._has_tables or (any(head) and head != said):
                if current is not None:
                    yield current
                current, said = Document("", at, at, line=line), head
                self._fill_header(current, line, cells)
            if self._has_tables:
                self._add_lines(current, line, cells)
            current.stop = at + 1
        if current is not None:
            yield current

    def _fill_header(self, document: Document, line: int, cells: Sequence[str]) -> None:
        for at, (target, text) in enumerate(zip(self._columns, cells, strict=False)):
            if target is None or target.table:
                continue
            if target.name == self._entity.key:
                document.key = text
            if target.field is not None and text:
                document.header[target.name] = self._value(target, text)
                document.places[target.name] = (line, self._headings[at])

    def _add_lines(self, document: Document, line: int, cells: Sequence[str]) -> None:
        for table in dict.fromkeys(t.table for t in self._columns if t is not None and t.table):
            rows = document.tables.setdefault(table, [])
            own, within = self._cells(table, cells)
            said = tuple(text for _target, _at, text in own)
            if within and rows and said in ((), document.said.get(table)):
                own = []  # a further roll of the line above
            elif own or within:
                rows.append({})
                document.said[table] = said
            else:
                continue
            path = f"{table}.{len(rows) - 1}"
            document.places.setdefault(path, (line, ""))
            for target, at, text in own:
                name = target.name.removeprefix(f"{table}.")
                if name.startswith("*"):
                    self._spread(document, rows[-1], path, target, line, at, text)
                    continue
                rows[-1][name] = self._value(target, text)
                document.places[f"{path}.{name}"] = (line, self._headings[at])
            for inner in dict.fromkeys(t.inner for t, _at, _text in within):
                each = rows[-1].setdefault(inner, [])
                each.append({})
                for target, at, text in (found for found in within if found[0].inner == inner):
                    name = target.name.rpartition(".")[2]
                    each[-1][name] = self._value(target, text)
                    document.places[f"{path}.{inner}.{len(each) - 1}.{name}"] = (line, self._headings[at])

    def _cells(self, table: str, cells: Sequence[str]) -> tuple[Cells, Cells]:
        """What a row says in the columns of a table, and in those of the tables within its rows."""
        found = [
            (target, at, text)
            for at, (target, text) in enumerate(zip(self._columns, cells, strict=False))
            if target is not None and target.table == table and text
        ]
        return [c for c in found if not c[0].inner], [c for c in found if c[0].inner]

    def _spread(
        self,
        document: Document,
        values: dict[str, Any],
        path: str,
        target: Target,
        line: int,
        at: int,
        text: str,
    ) -> None:
        """A number under the heading of a size."""
        if text in ("0", "-", "–", "—") or target.field is None:
            return
        inner, name = target.name.partition(".*")[2], target.field.name
        rows = values.setdefault(inner, [])
        place = (line, self._headings[at])
        for each in (SIZE, name):
            document.places[f"{path}.{inner}.{len(rows)}.{each}"] = place
        rows.append({SIZE: self._headings[at], name: text})

    def _value(self, target: Target, text: str) -> Any:
        spec = target.field
        if spec is None:
            return text
        if spec.kind == "bool":
            key = heading_key(text)
            return True if key in YES else False if key in NO else text
        if spec.kind == "choice":
            return self._codes(target, spec).get(heading_key(text), text)
        if spec.kind == "choices":
            codes = self._codes(target, spec)
            return ",".join(codes.get(heading_key(part), part) for part in text.replace("、", ",").split(","))
        return text

    def _codes(self, target: Target, spec: Field) -> dict[str, str]:
        """Codes of a choice by what people call them, in every language."""
        if target.name not in self._choices:
            options = list(spec.options(self._ctx))
            found: dict[str, str] = {}
            for locale in LOCALE_NAMES:
                with locale_scope(locale):
                    found |= {heading_key(_words(label)): str(code) for code, label in options}
            found |= {heading_key(str(code)): str(code) for code, _label in options}
            self._choices[target.name] = found
        return self._choices[target.name]


def _words(label: Text | str) -> str:
    return str(label)


def place_of(document: Document, path: str) -> tuple[int, str]:
    """(line, heading) in the sheet of a place in the payload; of what stands around it where it is nowhere itself."""
    steps = path.replace("-", ".")
    while steps:
        if steps in document.places:
            return document.places[steps]
        steps = steps.rpartition(".")[0]
    return document.line, ""


def first_rows(rows: Iterable[Sequence[Any]], most: int = 6) -> list[tuple[int, list[str]]]:
    """The first rows, to look at."""
    found = []
    for line, cells in rows:
        found.append((int(line), [str(c) for c in cells]))
        if len(found) == most:
            break
    return found

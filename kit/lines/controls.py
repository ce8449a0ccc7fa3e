"""What is typed, chosen and ticked in a table of lines, each as HTML with its messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from core.api import Ctx, Field, T, Text
from kit.lines.columns import Chosen, Column, Nested, Spread, Ticks, Together, Typed, input_name
from kit.lines.declared import LineRow, LineTable

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Controls:
    """Writes the inputs of one table for one document; ``errors`` are messages by input, ``filters`` the template's."""

    def __init__(
        self,
        table: LineTable,
        ctx: Ctx,
        document: Any,
        errors: Mapping[str, Sequence[str]],
        filters: Mapping[str, Callable[..., Any]],
    ) -> None:
        self.table, self.ctx, self.document, self.errors, self.filters = table, ctx, document, errors, filters
        self.fields = table.fields
        self.options: dict[str, list[tuple[str, str]]] = {}
        self.typed = {c.name: c for c in table.leaves if isinstance(c, Typed)}
        self.written = {name: self._attributes(name) for name in table.inputs if name in self.fields}
        self.labels = {id(c): str(escape(column_label(table, c))) for c in (*table.columns, *table.leaves)}
        self.called = {input_name(c): self.labels[id(c)] for c in table.leaves}
        self.across = table.across(ctx, document)
        self.names: dict[str, dict[str, Any]] = {}
        inside = [leaf for c in table.columns if isinstance(c, Together) for leaf in (*c.columns, *c.behind)]
        self.inside = {input_name(leaf) for leaf in inside}
        self.remove = escape(T("Remove this row"))
        self.whole = escape(T("All of it"))
        self.skip = escape(T("Leave out columns that are not known"))

    def _chosen(self, column: Chosen, line: LineRow, start: str) -> str:
        if line.chosen is None:
            return ""
        name = self._named(self.labels[id(column)], line.name)
        return f'<input type="checkbox" name="{start}_take" value="1"{" checked" if line.chosen else ""} aria-label="{name}">'

    def _ticks(self, column: Ticks, line: LineRow, at: str) -> str:
        found = line.ticks.get(column.table, ())
        if not found:
            return ""
        ticked = line.typed.get(column.table, "").splitlines()
        boxes = "".join(
            f'<label class="tick"><input type="checkbox" name="{at}" value="{escape(key)}"{" checked" if key in ticked else ""}'
            f"{self.wrong(at)}> {escape(label)}</label>"
            for key, label in found
        )
        words = f'<span class="help">{escape(column.help)}</span>' if column.help else ""
        name = self._named(self.labels[id(column)], line.name)
        return f'<span role="group" aria-label="{name}">{words}{boxes}</span>{self.messages(at)}'

    def _nested(self, column: Nested, line: LineRow, start: str, text: str) -> str:
        name, more = column.field.name, ""
        if column.placeholder:
            more = f' placeholder="{escape(column.placeholder)}"'
        control = self.control(name, start, text, more, line.name)
        if column.skips and (line.skips or start + name in self.errors):
            ticked = " checked" if line.skips else ""
            control += f'<label class="tick"><input type="checkbox" name="{start}_skips" value="1"{ticked}> {self.skip}</label>'
        return control + (f'<span class="help">{escape(column.help)}</span>' if column.help else "")

    def control(self, name: str, start: str, text: str, more: str = "", row_name: str = "") -> str:
        """The input of a column for the row whose names begin with ``start``, with its messages."""
        spec, at = self.fields[name], start + name
        more += f' aria-label="{self._named(self.called[name], row_name)}"{self.wrong(at)}'
        if spec.kind == "choice":
            options, typed = self._options(spec), str(escape(text))
            if text and typed not in dict(options):  # what was pasted is seen, and refused where it stands
                options = [*options, (typed, typed)]
            chosen = "".join(
                f'<option value="{code}"{" selected" if code == typed else ""}>{label}</option>'
                for code, label in options
            )
            control = f'<select name="{at}"{more}{self.written[name]}>{chosen}</select>'
        elif spec.kind == "bool":
            control = f'<input type="checkbox" name="{at}" value="1"{" checked" if text else ""}{more}{self.written[name]}>'
        elif spec.kind == "long":
            rows = '<textarea rows="3" wrap="off" spellcheck="false"'
            control = f'{rows} name="{at}"{more}{self.written[name]}>\n{escape(text)}</textarea>'
        else:
            if spec.kind == "date":
                more += (
                    ' type="date"'
                    if not text or (DAY.fullmatch(text) and at not in self.errors)
                    else ' type="text"'
                )
            control = f'<input name="{at}" value="{escape(text)}"{more}{self.written[name]}>'
        return control + self.messages(at)

    def _attributes(self, name: str) -> str:
        """What every input of a column has."""
        spec = self.fields[name]
        column = self.typed.get(name)
        if spec.kind in ("choice", "bool"):
            return ""
        found = ' autocomplete="off"'
        if spec.kind == "ref" or spec.lookup:
            where = column.where(self.document) if column and column.where else spec.where or {}
            kind = spec.lookup(self.ctx) if spec.lookup else spec.ref
            return f'{found} class="ref" data-lookup="{escape(kind)}" data-where="{escape(json.dumps(dict(where)))}"'
        if spec.numeric:
            return found + ' class="num" inputmode="decimal"'
        return found if spec.kind in ("date", "long") else f'{found} maxlength="{spec.max_length}"'

    def _options(self, spec: Field) -> list[tuple[str, str]]:
        if spec.name not in self.options:
            found = [(escape(code), escape(label)) for code, label in spec.options(self.ctx)]
            if not spec.required and not self.table.starts.get(spec.name):
                found.insert(
                    0, (Markup(), escape(self.called[spec.name] if spec.name in self.inside else ""))
                )
            self.options[spec.name] = [(str(code), str(label)) for code, label in found]
        return self.options[spec.name]

    def _named(self, label: str, row_name: str) -> str:
        return f"{label}: {escape(row_name)}" if row_name else label

    def wrong(self, name: str) -> str:
        """What an input with messages has."""
        return f' aria-invalid="true" aria-describedby="e-{escape(name)}"' if name in self.errors else ""

    def messages(self, name: str) -> str:
        """Messages at an input."""
        return "".join(
            f'<span class="error" id="e-{escape(name)}">{escape(message)}</span>'
            for message in self.errors.get(name, ())
        )


def column_label(table: LineTable, column: Column) -> Text | str:
    """The words at the head of a column."""
    match column:
        case Typed():
            return column.label or table.fields[column.name].label
        case Nested():
            return column.field.label
        case Spread():
            return ""
        case _:
            return column.label

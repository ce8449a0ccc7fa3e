"""The rows of a table of lines as HTML: a thousand inputs are most of the page, and a template takes three times as long."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from core.api import Ctx, Field, T
from kit.lines.declared import Column, LineRow, LineTable, Nested, Shown, Spread, Typed
from kit.lines.posted import prefix

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Rows:
    """Writes rows of one table for one document; ``errors`` are messages by input."""

    def __init__(
        self, table: LineTable, ctx: Ctx, document: Any, errors: Mapping[str, Sequence[str]], number: Any
    ) -> None:
        self.table, self.ctx, self.document, self.errors, self.number = table, ctx, document, errors, number
        self.fields = table.fields
        self.options: dict[str, list[tuple[str, str]]] = {}
        self.written = {name: self._attributes(name) for name in table.inputs}
        self.remove = escape(T("Remove this row"))

    def html(self, lines: Iterable[LineRow]) -> Markup:
        """``<tr>`` for each line, with the numbers of their inputs."""
        return Markup("".join(self._row(line, prefix(self.table, line.index)) for line in lines))  # noqa: S704 - escaped

    def blank(self) -> Markup:
        """A row for the script to add, numbered ``__N__``."""
        start = f"{self.table.payload.name}-__N__-"
        return Markup(self._row(LineRow(typed=dict(self.table.starts)), start))  # noqa: S704 - escaped

    def _row(self, line: LineRow, start: str) -> str:
        parts = ["<tr data-own>" if line.own else "<tr>"]
        parts += [self._cell(column, line, start) for column in self.table.columns]
        parts.append("<td>")
        if line.own:
            parts.append(f'<input type="hidden" name="{start}id" value="{line.own}">')
        if not line.stays and (self.table.spare or not line.own):
            parts.append(
                f'<label class="x"><input type="checkbox" name="{start}_delete" value="1" aria-label="{self.remove}"> ✕</label>'
            )
        return "".join([*parts, "</td></tr>\n"])

    def _cell(self, column: Column, line: LineRow, start: str) -> str:
        if isinstance(column, Typed):
            text = line.typed.get(column.name, "")
            total = f' data-sum="{column.name}"' if column.sum else ""
            fixed = " readonly" if column.fixed and line.own else ""
            return f'<td class="c-{column.name}"{total}>{self.control(column.name, start, text, fixed)}</td>'
        if isinstance(column, Nested):
            name = column.field.name
            return f'<td class="c-{name}">{self.control(name, start, line.typed.get(name, ""), "")}</td>'
        if isinstance(column, Spread):
            return f'<td class="spread">{"".join(self._spread(column, line, start))}</td>'
        return self._shown(column, line)

    def _shown(self, column: Shown, line: LineRow) -> str:
        value = line.shown.get(column.name)
        shown = "" if value is None else self.number(value) if column.numeric else value
        added = f' data-add="{column.name}" data-value="{escape(value or 0)}"' if column.sum else ""
        return f'<td class="{"num " if column.numeric else ""}shown"{added}>{escape(shown)}</td>'

    def _spread(self, column: Spread, line: LineRow, start: str) -> Iterable[str]:
        for key, label in line.spread:
            at = f"{start}{column.table}.{key}"
            name = escape(at)
            text = escape(line.typed.get(f"{column.table}.{key}", ""))
            yield (
                f'<label class="size">{escape(label)}<input class="num" name="{name}" value="{text}" inputmode="numeric" '
                f'autocomplete="off" data-sum="{column.table}"{self._wrong(at)}>{self._messages(at)}</label>'
            )

    def control(self, name: str, start: str, text: str, more: str = "") -> str:
        """The input of a column for the row whose names begin with ``start``, with its messages."""
        spec, at = self.fields[name], start + name
        more += self._wrong(at)
        if spec.kind == "choice":
            chosen = "".join(
                f'<option value="{code}"{" selected" if code == text else ""}>{label}</option>'
                for code, label in self._options(spec)
            )
            control = f'<select name="{at}"{more}{self.written[name]}>{chosen}</select>'
        elif spec.kind == "bool":
            control = f'<input type="checkbox" name="{at}" value="1"{" checked" if text else ""}{more}{self.written[name]}>'
        else:
            if spec.kind == "date":
                more += (
                    ' type="date"'
                    if not text or (DAY.fullmatch(text) and at not in self.errors)
                    else ' type="text"'
                )
            control = f'<input name="{at}" value="{escape(text)}"{more}{self.written[name]}>'
        return control + self._messages(at)

    def _attributes(self, name: str) -> str:
        """What every input of a column has."""
        spec = self.fields[name]
        column = next((c for c in self.table.columns if isinstance(c, Typed) and c.name == name), None)
        found = f' aria-label="{escape(spec.label)}"'
        if spec.kind in ("choice", "bool"):
            return found
        found += ' autocomplete="off"'
        if spec.kind == "ref" or spec.lookup:
            where = column.where(self.document) if column and column.where else spec.where or {}
            kind = spec.lookup(self.ctx) if spec.lookup else spec.ref
            return f'{found} class="ref" data-lookup="{escape(kind)}" data-where="{escape(json.dumps(dict(where)))}"'
        if spec.numeric:
            return found + ' class="num" inputmode="decimal"'
        return found if spec.kind == "date" else f'{found} maxlength="{spec.max_length}"'

    def _options(self, spec: Field) -> list[tuple[str, str]]:
        if spec.name not in self.options:
            found = [(escape(code), escape(label)) for code, label in spec.options(self.ctx)]
            if not spec.required and not self.table.starts.get(spec.name):
                found.insert(0, (Markup(), Markup()))
            self.options[spec.name] = [(str(code), str(label)) for code, label in found]
        return self.options[spec.name]

    def _wrong(self, name: str) -> str:
        return f' aria-invalid="true" aria-describedby="e-{escape(name)}"' if name in self.errors else ""

    def _messages(self, name: str) -> str:
        return "".join(
            f'<span class="error" id="e-{escape(name)}">{escape(message)}</span>'
            for message in self.errors.get(name, ())
        )

"""The rows of a table of lines as HTML: a thousand inputs are most of the page, and a template takes three times as long."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from core.api import Ctx, Field, T, Text, pick, resolve_refs
from core.db import json_value
from kit.lines.declared import (
    Chosen,
    Column,
    Leaf,
    LineRow,
    LineTable,
    Nested,
    Shown,
    Spread,
    Ticks,
    Together,
    Typed,
    input_name,
)
from kit.lines.posted import numbers_itself, prefix

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Rows:
    """Writes rows of one table for one document; ``errors`` are messages by input, ``filters`` the template's."""

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
        self.across = table.across(ctx, document)
        self.names: dict[str, dict[str, Any]] = {}
        self.remove = escape(T("Remove this row"))
        self.whole = escape(T("All of it"))
        self.skip = escape(T("Leave out columns that are not known"))

    def html(self, lines: Iterable[LineRow]) -> Markup:
        """``<tr>`` for each line, with the numbers of their inputs."""
        lines = list(lines)
        for name, column in self.typed.items():
            if column.named:
                typed = [line.typed.get(name, "") for line in lines]
                self.names[name] = resolve_refs(self.ctx, self.fields[name], typed)
        return Markup("".join(self._row(line, prefix(self.table, line.index)) for line in lines))  # noqa: S704 - escaped

    def blank(self) -> Markup:
        """A row for the script to add, numbered ``__N__``."""
        start = f"{self.table.payload.name}-__N__-"
        return Markup(self._row(LineRow(typed=dict(self.table.starts)), start))  # noqa: S704 - escaped

    def _row(self, line: LineRow, start: str) -> str:
        scan = f' data-scan-row="{escape(line.scan)}"' if line.scan else ""
        parts = [f"<tr{' data-own' if line.own else ''}{scan}>"]
        parts += [self._cell(column, line, start) for column in self.table.columns]
        hidden = []
        if line.own:
            hidden.append(f'<input type="hidden" name="{start}id" value="{line.own}">')
        elif line.offer:
            if self.table.spare or not numbers_itself(line) or int(line.offer) != line.index:
                hidden.append(f'<input type="hidden" name="{start}_offer" value="{escape(line.offer)}">')
            if line.name:
                hidden.append(f'<input type="hidden" name="{start}_name" value="{escape(line.name)}">')
        if self.table.removes:
            if not line.stays and not line.offer:
                tick = f'<input type="checkbox" name="{start}_delete" value="1" aria-label="{self.remove}">'
                hidden.append(f'<label class="x">{tick} ✕</label>')
            parts.append(f"<td>{''.join(hidden)}</td>")
        elif hidden:
            parts[-1] = parts[-1].removesuffix("</td>") + "".join(hidden) + "</td>"
        return "".join([*parts, "</tr>\n"])

    def _cell(self, column: Column, line: LineRow, start: str) -> str:
        if isinstance(column, Shown):
            return self._shown(column, line)
        label = f' data-label="{self.labels[id(column)]}"' if self.table.cards else ""
        if isinstance(column, Together):
            return f'<td class="together"{label}>{self._together(column, line, start)}</td>'
        if isinstance(column, Spread):
            return "".join(self._spread(column, line, start))
        if isinstance(column, Chosen):
            return f'<td class="chosen"{label}>{self._chosen(column, line, start)}</td>'
        total = f' data-sum="{column.name}"' if isinstance(column, Typed) and column.sum else ""
        return f'<td class="c-{input_name(column)}"{label}{total}>{self._control(column, line, start)}</td>'

    def _control(self, column: Leaf, line: LineRow, start: str) -> str:
        """What is typed or ticked in one column, with its messages; nothing where the row does not have it."""
        name = input_name(column)
        if name in line.lacks:
            return ""
        if isinstance(column, Ticks):
            return self._ticks(column, line, start + name)
        text = line.typed.get(name, "")
        if isinstance(column, Nested):
            return self._nested(column, line, start, text)
        if not isinstance(column, Typed) or (column.asked and not text and start + name not in self.errors):
            return ""
        control = self.control(name, start, text, " readonly" if column.fixed and line.own else "", line.name)
        whole = line.shown.get(column.all_from) if column.all_from else None
        if whole:
            said = self._named(str(self.whole), line.name)
            button = (
                f'data-fill="{escape(json_value(whole))}" title="{self.whole}" aria-label="{said}">=</button>'
            )
            control = (
                f'<span class="with-all">{control}<button type="button" class="small js" {button}</span>'
            )
        unit = line.shown.get(column.unit, "") if column.unit else ""
        if row := self.names.get(name, {}).get(text.strip().upper()):
            control += f'<span class="muted name">{escape(pick(row.names, row.name))}</span>'
        return control + (f' <span class="unit">{escape(unit)}</span>' if unit else "")

    def _together(self, column: Together, line: LineRow, start: str) -> str:
        parts, open_ = [], False
        for leaf in column.columns:
            name = input_name(leaf)
            control = self._control(leaf, line, start)
            if not control:
                continue
            open_ = open_ or bool(line.typed.get(name)) or start + name in self.errors
            if isinstance(leaf, Ticks):
                parts.append(control)
            elif name in self.fields and self.fields[name].kind == "bool":
                parts.append(f'<label class="tick">{control} {self.labels[id(leaf)]}</label>')
            else:
                parts.append(f'<label class="part"><span>{self.labels[id(leaf)]}</span> {control}</label>')
        inside = "".join(parts)
        if column.folded is None or not parts:
            return inside
        return (
            f"<details{' open' if open_ else ''}><summary>{escape(column.folded)}</summary>{inside}</details>"
        )

    def _shown(self, column: Shown, line: LineRow) -> str:
        value = line.shown.get(column.name)
        shown: Any = "" if value is None else value
        if value is not None and column.numeric:
            shown = self.filters["number"](value)
        elif isinstance(value, date):
            shown = self.filters["day"](value)
        unit = f" {escape(line.shown.get(column.unit, ''))}" if column.unit and value is not None else ""
        added = f' data-add="{column.name}" data-value="{escape(value or 0)}"' if column.sum else ""
        label = f' data-label="{self.labels[id(column)]}"' if self.table.cards and not column.head else ""
        kinds = f"{'num ' if column.numeric else ''}shown {'what ' if column.head else ''}{column.name}"
        return f'<td class="{kinds}"{label}{added}>{escape(shown)}{unit}</td>'

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
            f"{self._wrong(at)}> {escape(label)}</label>"
            for key, label in found
        )
        words = f'<span class="help">{escape(column.help)}</span>' if column.help else ""
        name = self._named(self.labels[id(column)], line.name)
        return f'<span role="group" aria-label="{name}">{words}{boxes}</span>{self._messages(at)}'

    def _nested(self, column: Nested, line: LineRow, start: str, text: str) -> str:
        name, more = column.field.name, ""
        if column.placeholder:
            more = f' placeholder="{escape(column.placeholder)}"'
        control = self.control(name, start, text, more, line.name)
        if column.skips and (line.skips or start + name in self.errors):
            ticked = " checked" if line.skips else ""
            control += f'<label class="tick"><input type="checkbox" name="{start}_skips" value="1"{ticked}> {self.skip}</label>'
        return control + (f'<span class="help">{escape(column.help)}</span>' if column.help else "")

    def _spread(self, column: Spread, line: LineRow, start: str) -> Iterable[str]:
        hint = f' placeholder="{escape(line.typed.get(column.hint, ""))}"' if column.hint else ""
        for key, label in self.across[column.table]:
            cell = column.cell(key)
            at, total = start + cell, f' data-sum="{escape(cell)}"' if column.sum else ""
            card = f' data-label="{escape(label)}"' if self.table.cards else ""
            yield (
                f'<td class="num across"{card}{total}><input class="num" name="{escape(at)}" inputmode="decimal" '
                f'value="{escape(line.typed.get(cell, ""))}" aria-label="{self._named(str(escape(label)), line.name)}" '
                f'autocomplete="off"{hint}{self._wrong(at)}>{self._messages(at)}</td>'
            )

    def control(self, name: str, start: str, text: str, more: str = "", row_name: str = "") -> str:
        """The input of a column for the row whose names begin with ``start``, with its messages."""
        spec, at = self.fields[name], start + name
        more += f' aria-label="{self._named(str(escape(spec.label)), row_name)}"{self._wrong(at)}'
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
        return control + self._messages(at)

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
                found.insert(0, (Markup(), Markup()))
            self.options[spec.name] = [(str(code), str(label)) for code, label in found]
        return self.options[spec.name]

    def _named(self, label: str, row_name: str) -> str:
        return f"{label}: {escape(row_name)}" if row_name else label

    def _wrong(self, name: str) -> str:
        return f' aria-invalid="true" aria-describedby="e-{escape(name)}"' if name in self.errors else ""

    def _messages(self, name: str) -> str:
        return "".join(
            f'<span class="error" id="e-{escape(name)}">{escape(message)}</span>'
            for message in self.errors.get(name, ())
        )


def column_label(table: LineTable, column: Column) -> Text | str:
    """The words at the head of a column."""
    match column:
        case Typed():
            return table.fields[column.name].label
        case Nested():
            return column.field.label
        case Spread():
            return ""
        case _:
            return column.label

"""The rows of a table of lines as HTML: a thousand inputs are most of the page, and a template takes three times as long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from core.api import pick
from core.db import json_value
from core.remote import resolve_refs
from kit.lines.columns import Chosen, Column, Leaf, Nested, Shown, Spread, Ticks, Together, Typed, input_name
from kit.lines.controls import Controls
from kit.lines.declared import LineRow
from kit.lines.posted import numbers_itself, prefix

FEW = 3
"""So many folded columns stand open where something is in them; of more the fold says how many are filled."""


class Rows(Controls):
    """Writes rows of one table for one document."""

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
            own = any(self.labels[id(leaf)] == self.labels[id(column)] for leaf in column.columns)
            return f'<td class="together"{label if own else ""}>{self._together(column, line, start)}</td>'
        if isinstance(column, Spread):
            return "".join(self._spread(column, line, start))
        total = f' data-sum="{column.name}"' if isinstance(column, Typed) and column.sum else ""
        return f'<td class="c-{input_name(column) or "take"}"{label}{total}>{self._control(column, line, start)}</td>'

    def _control(self, column: Leaf, line: LineRow, start: str) -> str:
        """What is typed or ticked in one column, with its messages; nothing where the row does not have it."""
        name = input_name(column)
        if isinstance(column, Chosen):
            return self._chosen(column, line, start)
        if name in line.lacks:
            return str(escape(line.shown.get(name, "")))
        if isinstance(column, Ticks):
            return self._ticks(column, line, start + name)
        text = line.typed.get(name, "")
        if isinstance(column, Nested):
            return self._nested(column, line, start, text)
        if not isinstance(column, Typed) or (column.asked and not text and start + name not in self.errors):
            return ""
        control = self.control(name, start, text, " readonly" if column.fixed and line.own else "", line.name)
        whole = line.shown.get(column.all_from) if column.all_from else None
        unit = (
            f' <span class="unit">{escape(line.shown[column.unit])}</span>'
            if line.shown.get(column.unit)
            else ""
        )
        if whole:
            said = self._named(str(self.whole), line.name)
            button = (
                f'data-fill="{escape(json_value(whole))}" title="{self.whole}" aria-label="{said}">=</button>'
            )
            control = f'{control}<button type="button" class="small js" {button}'
        if row := self.names.get(name, {}).get(text.strip().upper()):
            control += f'<span class="muted name">{escape(pick(row.names, row.name))}</span>'
        return f'<span class="with-all">{control}{unit}</span>' if whole or unit else control

    def _together(self, column: Together, line: LineRow, start: str) -> str:
        parts = [self._part(column, leaf, line, start) for leaf in column.columns]
        behind = "".join(self._part(column, leaf, line, start) for leaf in column.behind)
        if behind:
            names = [input_name(leaf) for leaf in column.behind]
            filled = sum(bool(line.typed.get(name)) for name in names)
            open_ = any(start + name in self.errors for name in names) or (filled and len(names) <= FEW)
            words = escape(column.folded or column.label)
            if filled and not open_:
                words += Markup(" <b>({})</b>").format(filled)
            parts.append(f"<details{' open' if open_ else ''}><summary>{words}</summary>{behind}</details>")
        return "".join(parts)

    def _part(self, column: Together, leaf: Leaf, line: LineRow, start: str) -> str:
        """One of several columns in a cell, with its label."""
        control, label = self._control(leaf, line, start), self.labels[id(leaf)]
        if not control or isinstance(leaf, Ticks):
            return control
        if label == self.labels[id(column)] or (isinstance(leaf, Typed) and self._says_itself(leaf)):
            return f"<div>{control}</div>"
        if isinstance(leaf, Nested):
            return f'<div class="part"><span>{label}</span> {control}</div>'
        if isinstance(leaf, Chosen) or self.fields[input_name(leaf)].kind == "bool":
            return f'<label class="tick">{control} {label}</label>'
        return f'<label class="part"><span>{label}</span> {control}</label>'

    def _says_itself(self, column: Typed) -> bool:
        """A choice whose empty option is its label."""
        spec = self.fields[column.name]
        return spec.kind == "choice" and not spec.required and not self.table.starts.get(column.name)

    def _shown(self, column: Shown, line: LineRow) -> str:
        value = line.shown.get(column.name)
        shown: Any = "" if value is None else value
        if value is not None and column.numeric and not isinstance(value, Markup):
            shown = self.filters["number"](value)
        elif isinstance(value, date):
            shown = self.filters["day"](value)
        unit = f" {escape(line.shown.get(column.unit, ''))}" if column.unit and value is not None else ""
        note = line.shown.get(column.note) if column.note else None
        if note:
            unit += (
                f"<small>{self.filters['badge'](note, column.tone) if column.tone else escape(note)}</small>"
            )
        added = f' data-add="{column.name}" data-value="{escape(value or 0)}"' if column.sum else ""
        label = f' data-label="{self.labels[id(column)]}"' if self.table.cards and not column.head else ""
        kinds = f"{'num ' if column.numeric else ''}shown {'what ' if column.head else ''}{column.name}"
        return f'<td class="{kinds}"{label}{added}>{escape(shown)}{unit}</td>'

    def _spread(self, column: Spread, line: LineRow, start: str) -> Iterable[str]:
        hint = f' placeholder="{escape(line.typed.get(column.hint, ""))}"' if column.hint else ""
        for key, label in self.across[column.table]:
            cell = column.cell(key)
            at, total = start + cell, f' data-sum="{escape(cell)}"' if column.sum else ""
            card = f' data-label="{escape(label)}"' if self.table.cards else ""
            yield (
                f'<td class="num across"{card}{total}><input class="num" name="{escape(at)}" inputmode="decimal" '
                f'value="{escape(line.typed.get(cell, ""))}" aria-label="{self._named(str(escape(label)), line.name)}" '
                f'autocomplete="off"{hint}{self.wrong(at)}>{self.messages(at)}</td>'
            )

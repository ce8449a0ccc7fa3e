"""A table on one page, whatever the page is for: opened, posted, refused and shown again with every message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from core.api import Ctx, Problem, Refused, Text
from core.db import json_value
from core.web.api import clean_rows
from kit.lines.columns import Shown, Spread, Typed
from kit.lines.controls import column_label
from kit.lines.declared import LineRow, LineTable
from kit.lines.pasted import rows_from_sheet
from kit.lines.posted import (
    dress_rows,
    gone_problems,
    numbered,
    opened_rows,
    payload_rows,
    placed,
    posted_rows,
    sent_rows,
)
from kit.lines.render import Rows


@dataclass(frozen=True)
class Head:
    """The head of a column; ``total`` is the name under which it is added up at the foot."""

    words: Text | str
    numeric: bool
    required: bool
    total: str


class TableForm:
    """The table of one page: opened for a document (None where it is not about one), or with what was ``posted``.

    ``rows`` are those of the form; ``errors`` messages by input. Raises Refused where more rows were posted than a form may
    have.
    """

    def __init__(
        self, table: LineTable, ctx: Ctx, document: Any = None, posted: Mapping[str, str] | None = None
    ) -> None:
        self.table, self.ctx, self.document, self.posted = table, ctx, document, posted
        self.errors: dict[str, list[str]] = {}
        self.sent: list[LineRow] = []
        self.rows: list[LineRow] = []
        if posted is None:
            self.rows = opened_rows(table, table.rows(ctx, document))
        else:
            self.rows = posted_rows(table, posted)

    def payload(self) -> list[dict[str, Any]]:
        """The posted rows as the action takes them.

        Raises Refused where a line or an offer is gone in which something was typed, and with what cells that hold rows refuse.
        """
        lost = dress_rows(self.table, self.ctx, self.document, self.rows)
        self.sent = sent_rows(self.table, self.rows)
        if lost:
            raise Refused(gone_problems(self.table, lost))
        return payload_rows(self.table, self.sent, self.document)

    def values(
        self, check: Callable[[list[dict[str, Any]]], Iterable[Problem]] | None = None
    ) -> list[dict[str, Any]]:
        """The posted rows as clean values, for a page that is no action of one document. Raises Refused as :meth:`payload`
        does, and with every value that is not understood; ``check`` says what is wrong with those that are."""
        return clean_rows(self.ctx, self.table.payload, self.payload(), check=check)

    def refuse(self, document: Any, problems: Sequence[Problem], others: set[str]) -> None:
        """Get ready to show again what was posted, after ``undo``, beside what there is now for ``document``.

        Messages go to their inputs, those of inputs beside the table (``others``) too. What somebody else removed meanwhile no
        longer stands in the way: a line becomes a new one, an offer goes, and a message says what was typed for it.
        """
        table, self.document = self.table, document
        current = list(table.rows(self.ctx, document))
        known = {row.offer for row in current}
        more = [row.offer for row in self.rows if row.offer and row.offer not in known]
        if table.again and more:
            current = [*table.again(self.ctx, document, more), *current]
        lost = dress_rows(table, self.ctx, document, self.rows, current)
        said = {str(p.message) for p in problems}
        problems = [*problems, *(p for p in gone_problems(table, lost) if str(p.message) not in said)]
        sent = self.sent or sent_rows(table, self.rows)
        others = others | {f"{table.payload.name}_sheet"}
        self.errors = placed(table, problems, sent, others, table.across(self.ctx, document))
        for row in lost:
            row.own = 0
        typed = {row.offer: row for row in self.rows if row.offer}
        new = [row for row in opened_rows(table, current) if row.offer and row.offer not in typed]
        if {row.index for row in new} & {row.index for row in self.rows}:
            new = numbered(new, self._following())
        offers = {row.offer: row for row in new} | typed
        there = [offers[row.offer] for row in current if row.offer]
        self.rows = [row for row in self.rows if not row.offer and (table.spare or row not in lost)] + there

    def take_all(self, column: str) -> int:
        """Fill a column where nothing was typed with all there is; how many cells."""
        spec = next(c for c in self.table.leaves if isinstance(c, Typed) and c.name == column)
        found = [
            row
            for row in self.rows
            if row.shown.get(spec.all_from) and column not in row.lacks and not row.typed.get(column)
        ]
        for row in found:
            row.typed[column] = str(json_value(row.shown[spec.all_from]))
        return len(found)

    def paste(self, text: str, *, leave_out: bool) -> int:
        """Put the rows of a pasted sheet behind those that are there; how many. Raises Refused at ``<table>_sheet``."""
        field = f"{self.table.payload.name}_sheet"
        made = rows_from_sheet(self.table, self.ctx, self.document, text, field, leave_out=leave_out)
        self.rows += numbered(made, self._following())
        return len(made)

    @property
    def blank(self) -> list[LineRow]:
        """The empty rows behind the others."""
        empty = [LineRow(typed=dict(self.table.starts)) for _ in range(self.table.spare)]
        return numbered(empty, self._following())

    @property
    def written(self) -> Rows:
        """What writes the rows of the page."""
        env = current_app.jinja_env
        filters = {**env.filters, "badge": env.globals["badge"]}
        return Rows(self.table, self.ctx, self.document, self.errors, filters)

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        found = []
        across = self.table.across(self.ctx, self.document)
        for column in self.table.columns:
            if isinstance(column, Spread):
                found += [
                    Head(label, True, False, column.cell(key) if column.sum else "")
                    for key, label in across[column.table]
                ]
                continue
            spec = self.table.fields.get(column.name) if isinstance(column, Typed) else None
            numeric = spec.numeric if spec else isinstance(column, Shown) and column.numeric
            summed = isinstance(column, Typed | Shown) and column.sum
            found.append(
                Head(
                    column_label(self.table, column),
                    numeric,
                    bool(spec and spec.required),
                    getattr(column, "name", "") if summed else "",
                )
            )
        return found

    @property
    def whole(self) -> list[tuple[str, Any]]:
        """Columns of which all there is can be taken over at once, with their words."""
        if not any(row.shown for row in self.rows):
            return []
        typed = [c for c in self.table.leaves if isinstance(c, Typed) and c.all_from]
        return [(c.name, column_label(self.table, c)) for c in typed]

    def _following(self) -> int:
        return 1 + max((row.index for row in self.rows), default=-1)

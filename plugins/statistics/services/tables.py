"""What a view shows: rows of figures under declared columns, for the page, the picture, the file and programs alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from core.api import T, Text
from core.money import percent_of
from core.values import ZERO
from kit.exports.tables import TableColumn
from plugins.statistics.services.sums import Converter

Value = Decimal | int | str | None


@dataclass(frozen=True)
class Column:
    """A figure of a view. ``opens`` is the figure whose documents are behind it; ``total``: it is added up at the foot."""

    name: str
    label: Text | str
    kind: Literal["int", "money", "pct", "text", "date"] = "int"
    opens: str = ""
    total: bool = False


@dataclass(slots=True)
class Row:
    """A group, or a document: its code and name, its figures by the names of the columns; ``href`` its page, ``links`` where
    single figures lead, by the names of their columns."""

    code: str
    name: str
    figures: dict[str, Any]
    href: str = ""
    links: dict[str, str] = field(default_factory=dict)


@dataclass
class Table:
    """A view: ``columns``, ``rows`` in its own order, ``picture`` the columns that are drawn, the currency of its amounts,
    the currencies it knows no rate of."""

    columns: list[Column]
    rows: list[Row]
    picture: tuple[str, ...]
    currency: str = ""
    missing: tuple[str, ...] = ()
    totals: dict[str, Any] = field(default_factory=dict)

    def sheet_columns(self, first: Text | str) -> list[TableColumn[Row]]:
        """The same columns for sorting and files; ``first`` is what a row stands for."""

        def held(name: str, row: Row) -> Any:
            return row.figures.get(name)

        heads: list[TableColumn[Row]] = [
            TableColumn("code", first, lambda row: row.code),
            TableColumn("name", T("Name"), lambda row: row.name),
        ]
        return heads + [
            TableColumn(
                c.name,
                labelled(c, self.currency),
                partial(held, c.name),
                "text" if c.kind == "text" else c.kind,
            )
            for c in self.columns
        ]


def labelled(column: Column, currency: str) -> Text | str:
    """The column's heading; amounts say their currency."""
    return f"{column.label} {currency}" if column.kind == "money" and currency else column.label


def made(
    columns: Iterable[Column | None],
    rows: list[Row],
    picture: Iterable[str],
    converter: Converter,
    order: Callable[[Row], Any],
) -> Table:
    """The table of these rows in ``order``; columns that are None (not seen, not known) are left out."""
    kept = [column for column in columns if column is not None]
    names = {column.name for column in kept}
    rows.sort(key=order)
    totals = {
        c.name: sum((row.figures[c.name] for row in rows if row.figures.get(c.name) is not None), ZERO)
        for c in kept
        if c.total
    }
    return Table(
        kept, rows, tuple(name for name in picture if name in names), converter.currency,
        tuple(sorted(converter.missing)), totals,
    )  # fmt: skip


def share_of(part: Value, whole: Value) -> Decimal | None:
    """part ÷ whole in percent, two places; None where either is unknown or there is no whole."""
    if part is None or whole is None or isinstance(part, str) or isinstance(whole, str):
        return None
    return percent_of(Decimal(part), Decimal(whole))

"""A list on its way into a file, and who can write such a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from core.declare.declarations import Column
from core.text.i18n import Text

CellValue = str | Decimal | int | date | datetime | None


@dataclass(frozen=True)
class Sheet:
    """A filtered list as plain values. ``rows`` are read from the database while they are asked for, once. ``missing`` fills
    meanwhile: columns of which cells are empty because they could not be read, and the plugin of each."""

    title: str
    columns: Sequence[Column]
    rows: Iterator[Sequence[CellValue]]
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ListExport:
    """A kind of file that any list can be taken away as; its link stands on every list while its plugin is on.

    ``name``   in the address, and the end of the file's name (``csv``)
    ``write``  makes the file, in pieces; may raise Refused for a list that does not fit
    ``later``  the kind of job that makes a list of many rows; "": also these are made at once
    """

    name: str
    label: Text
    media_type: str
    write: Callable[[Sheet], Iterable[bytes]]
    later: str = ""
    plugin: str = "core"

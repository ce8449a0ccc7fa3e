"""A field, declared once: form input, checks, list column, filter, command line and JSON; and tables of such fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from core.text.i18n import Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Kind = Literal[
    "text", "long", "names", "int", "pieces", "qty", "price", "money", "pct", "rate", "date", "bool", "choice", "ref", "file",
    "email", "password", "choices",
]  # fmt: skip
Choice = tuple[str, "Text | str"]
Choices = Sequence[Choice] | Callable[["Ctx"], Sequence[Choice]]

PLACES: dict[str, int] = {"qty": 6, "price": 6, "money": 4, "pct": 4, "rate": 10}
"""Most decimals a kind can store."""
DIGITS: dict[str, int] = {"qty": 8, "price": 9, "money": 12, "pct": 3, "rate": 7, "int": 9}
"""Most digits before the decimals: more is a slip of the hand, and what is kept of two multiplied stays in range."""
WHOLE = ("int", "pieces")
"""Kinds that are whole numbers."""
COLUMN_KINDS: dict[str, str] = {
    "ref": "link", "choice": "text", "names": "text", "long": "text", "email": "text", "rate": "price",
}  # fmt: skip
"""How a list shows kinds that are called otherwise there."""
WORTH = ("price", "money")
"""Kinds that tell what something costs: their fields and columns say who may see them."""
ANYBODY = "*"
"""Whoever sees the row sees a field with this ``sees``."""


@dataclass(frozen=True)
class KeptFile:
    """A file that stands in a field of a row; ``href`` is where people who may see the row download it. What is put there is
    ``(name, bytes)``, as an action is given it."""

    id: int
    name: str
    media_type: str
    size: int
    href: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Field:
    """One value of an entity or of an action's form.

    kind     what it is: ``ref`` points to another entity by its code or number, ``names`` holds a name per language
             (JSON), ``int`` whole numbers, ``pieces`` whole garments, the decimal kinds keep exact decimals, ``choices``
             several choices
    places   most decimals a person may type (default: what the kind stores)
    ref      the entity a ``ref`` points to; ``where`` limits which rows (attribute → value)
    lookup   of a text: the kind of document (or kinds, with commas between) whose numbers are offered while typing; ``href``
             gives the address of what the text of a row names. For documents that the plugin does not know (it keeps a
             reference, not a foreign key)
    when     the field is there for this tenant; without it, always
    sees     the right that a person needs to see it (``catalog.supplier_prices``), ``"*"`` for none. Without the
             right it is absent wherever fields are shown, listed, sorted, filtered, exported, audited or taken; a right to do
             what cannot be done without it needs this one too (:mod:`core.declare.sight`)
    default  value, or function of ctx, for a new row
    readonly shown, never taken from input
    fact     of a day: it says when something happened (was paid, received, counted), so it is never one to come
    """

    name: str
    label: Text
    kind: Kind = "text"
    required: bool = False
    help: Text | None = None
    choices: Choices = ()
    ref: str = ""
    where: Mapping[str, Any] | None = None
    places: int | None = None
    min: Decimal | int | None = None
    max: Decimal | int | None = None
    max_length: int = 255
    default: Any = None
    readonly: bool = False
    fact: bool = False
    wide: bool = False
    suffix: str = ""
    lookup: Callable[[Ctx], str] | None = None
    href: Callable[[Any], str] | None = None
    when: Callable[[Ctx], bool] | None = None
    sees: str = ""

    @property
    def attr(self) -> str:
        """The column that holds it: ``<name>_id`` for references."""
        return f"{self.name}_id" if self.kind == "ref" else self.name

    @property
    def decimals(self) -> int:
        """Most decimals accepted."""
        return PLACES.get(self.kind, 0) if self.places is None else self.places

    @property
    def most(self) -> Decimal | int | None:
        """The largest number accepted: its own, or the usual one of its kind (of pieces, see :func:`parse_pieces`)."""
        if self.max is not None or self.kind not in DIGITS:
            return self.max
        return int("9" * DIGITS[self.kind])

    @property
    def numeric(self) -> bool:
        """True for kinds aligned to the right."""
        return self.kind in PLACES or self.kind in WHOLE

    @property
    def column_kind(self) -> Any:
        """The kind of list column that shows it."""
        return COLUMN_KINDS.get(self.kind, self.kind)

    def options(self, ctx: Ctx) -> list[Choice]:
        """The choices of a ``choice`` field for this tenant."""
        found = self.choices(ctx) if callable(self.choices) else self.choices
        return list(found)

    def there(self, ctx: Ctx) -> bool:
        """Whether this tenant has it, and this person may see it."""
        if self.sees and self.sees != ANYBODY and not ctx.can(self.sees):
            return False
        return self.when is None or self.when(ctx)

    def initial(self, ctx: Ctx) -> Any:
        """What a new row starts with."""
        return self.default(ctx) if callable(self.default) else self.default


@dataclass(frozen=True)
class PayloadTable:
    """Rows that an action takes beside its fields: lines with quantities, prices, days.

    fields    the values of a row; ``tables`` are rows within a row (the rolls of a line that was received)
    key       the field that names a row which is there already (the number of a line): a row that gives it keeps whatever
              it leaves out; one without it is a new row, which needs its required values and gets the defaults
    required  at least one row is needed
    """

    name: str
    label: Text
    fields: tuple[Field, ...]
    tables: tuple[PayloadTable, ...] = ()
    key: str = ""
    required: bool = False
    help: Text | None = None


def all_tables(tables: Iterable[PayloadTable]) -> Iterator[PayloadTable]:
    """Tables, and those within them."""
    for table in tables:
        yield table
        yield from all_tables(table.tables)

"""What plugins declare: entities, actions, columns, panels … each once, as plain values.

From a declaration core makes the list, the form, the document page, the buttons, the permission, the audit entry, the
command-line call and the documentation. Nobody writes those by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from core.declare.fields import Field
from core.text.i18n import Text

if TYPE_CHECKING:
    from core.data.db import TenantRow
    from core.kernel.context import Ctx

Tone = Literal["neutral", "info", "good", "warn", "bad", "done"]
ColumnKind = Literal[
    "text",
    "link",
    "state",
    "badge",
    "qty",
    "int",
    "money",
    "price",
    "pct",
    "date",
    "datetime",
    "bar",
    "bool",
    "thumb",
]


@dataclass(frozen=True)
class State:
    """A state of a document. Shown as colour + icon + word; ``closed`` states are left out of "open" lists."""

    code: str
    label: Text
    tone: Tone = "neutral"
    closed: bool = False


EVERYONE = ("*",)
"""Every role that plugins declare, where a right is given to roles."""


@dataclass(frozen=True)
class Column:
    """A column of a list.

    attr     the model attribute it shows (also what it sorts by, unless ``sort`` is False)
    load     instead of attr: ``load(ctx, rows) -> {row.id: value}``, called once a page
    order    of a column that is loaded: ``order(ctx)`` gives what the list is sorted by (SQL over the entity's model)
    right    what a person needs beyond seeing the list; without it the column is not there, in exports neither. One that
             shows a field needs what the field needs (``Field.sees``)
    plugin   set by the registry: a column that a plugin adds to another's list is there while the plugin is on
    """

    name: str
    label: Text
    kind: ColumnKind = "text"
    attr: str = ""
    load: Callable[[Ctx, Sequence[Any]], Mapping[int, Any]] | None = None
    order: Callable[[Ctx], Any] | None = None
    sort: bool = True
    hidden: bool = False
    plugin: str = "core"
    right: str = ""

    @property
    def sortable(self) -> bool:
        """Can a list be sorted by it?"""
        return self.sort and (self.order is not None if self.load is not None else bool(self.attr))


@dataclass(frozen=True)
class Filter:
    """A filter of a list beside those made from fields: ``apply(ctx, select, value) -> select``. ``right`` is what a person
    needs to use it."""

    name: str
    label: Text
    choices: Callable[[Ctx], Sequence[tuple[str, Text | str]]]
    apply: Callable[[Ctx, Any, str], Any]
    right: str = ""

    def there(self, ctx: Ctx) -> bool:
        """Whether this person may use it."""
        return not self.right or ctx.can(self.right)


@dataclass(frozen=True)
class ChildTable:
    """Rows owned by an entity and edited with it in a compact table.

    ``attr`` is the relationship on the parent; rows keep the order shown in ``position`` where the model has it.
    """

    name: str
    label: Text
    model: type[TenantRow]
    fields: tuple[Field, ...]
    attr: str = ""
    help: Text | None = None


@dataclass(frozen=True)
class EntityType:
    """A kind of document or master data.

    name        ``<plugin>.<noun>``; also its address, its permissions' prefix and its name on the command line
    key         the attribute people call a row by: ``number`` or ``code``
    title       attribute or function for the words beside the key
    fields      header fields in the order of the form
    series      number series that fills ``key`` on first save; pattern is what a new tenant starts with
    children    tables edited with it
    columns     list columns: names of fields, or Columns
    filters     names of fields, or Filters, offered on the list; state is always offered
    search      attributes searched (prefix on the key, contained in the others); a field of kind ``ref`` finds the
                documents of the partner (or whatever it points to) whose code or name fits
    aliases     attributes that hold what else a row is called (its name, its names by language): a reference is found by them
                where no code fits and exactly one row is called so
    twins       groups of fields: a row that says the same there as another is told when it is saved, and kept. The first is a
                text (a name with what it is called in other languages); the others are the same as they are
    totals      columns added up at the foot of the list and by group; amounts by the row's currency
    brief       columns shown where there is little room (the full-process table); names of declared columns
    figures     ``figures(ctx, row)``: everything the page shows beyond fields and children, as exact values
    sees        by name, the right that a person needs to see a figure (at any depth), or a change that the audit trail or a
                revision keeps under words with this name among them; names of fields have what the field says
    needs       rights that a person needs beside ``.view`` to see anything of it
    validate    ``validate(ctx, row_or_None, data, children) -> list[Problem]`` beyond the checks of single fields
    before_save / after_save  ``f(ctx, row, is_new)``
    editable    ``editable(ctx, row)``: None, or the reason (Text) why it may not be edited now
    edit_states states in which the header may be edited (empty: all)
    view_roles, edit_roles, delete_roles  roles that start with ``.view``, with ``.create``/``.edit``, with ``.delete``; the
                administrator's role may do everything anyway
    line_action the action that takes all lines in its table "lines", where they do not stand in the form
    deletable   master data may be deleted while nothing refers to it; documents never
    menu        (category, order); None: not in the menu
    """

    name: str
    model: type[TenantRow]
    label: Text
    plural: Text
    fields: tuple[Field, ...]
    key: str = "code"
    title: str = "name"
    series: str = ""
    pattern: str = ""
    states: tuple[State, ...] = ()
    children: tuple[ChildTable, ...] = ()
    columns: tuple[str | Column, ...] = ()
    filters: tuple[str | Filter, ...] = ()
    search: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    twins: tuple[tuple[str, ...], ...] = ()
    totals: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    default_sort: str = "-id"
    figures: Callable[[Ctx, Any], dict[str, Any]] | None = None
    sees: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    validate: Callable[..., list[Any]] | None = None
    before_save: Callable[[Ctx, Any, bool], None] | None = None
    after_save: Callable[[Ctx, Any, bool], None] | None = None
    editable: Callable[[Ctx, Any], Text | None] | None = None
    edit_states: tuple[str, ...] = ()
    view_roles: tuple[str, ...] = EVERYONE
    edit_roles: tuple[str, ...] = ()
    delete_roles: tuple[str, ...] = ()
    creatable: bool = True
    deletable: bool = False
    line_action: str = "lines"
    menu: tuple[str, int] | None = None
    icon: str = ""
    plugin: str = ""

    @property
    def column_names(self) -> frozenset[str]:
        """Names of the columns its list may show by itself."""
        return frozenset(c if isinstance(c, str) else c.name for c in self.columns) | {
            f.name for f in self.fields
        }

    def state(self, code: str) -> State:
        """The declared state ``code``; KeyError for an unknown one."""
        for candidate in self.states:
            if candidate.code == code:
                return candidate
        raise KeyError(f"{self.name} has no state {code}")

    def field(self, name: str) -> Field:
        """The declared field ``name``; KeyError for an unknown one."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(f"{self.name} has no field {name}")

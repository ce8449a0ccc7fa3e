"""The heart: entities, their actions and everything else that is declared once and seen everywhere.

From a declaration core makes the list, the form, the document page, the buttons, the permission, the audit entry, the
command-line call and the documentation. Nobody writes those by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from core.errors import StartError
from core.fields import Field
from core.i18n import T, Text

if TYPE_CHECKING:
    from core.context import Ctx
    from core.db import TenantRow

Tone = Literal["neutral", "info", "good", "warn", "bad", "done"]
ColumnKind = Literal[
    "text", "link", "state", "badge", "qty", "int", "money", "price", "pct", "date", "datetime", "bar", "bool", "thumb"
]


@dataclass(frozen=True)
class EntityRef:
    """How anything points at anything else: ``EntityRef("outsourcing.order", 7)``."""

    entity: str
    id: int


@dataclass(frozen=True)
class State:
    """A state of a document. Shown as colour + icon + word; ``closed`` states are left out of "open" lists."""

    code: str
    label: Text
    tone: Tone = "neutral"
    closed: bool = False


@dataclass(frozen=True)
class Permission:
    """A right. ``roles`` are the roles that start with it."""

    name: str
    label: Text
    roles: tuple[str, ...] = ()
    plugin: str = "core"


@dataclass(frozen=True)
class Column:
    """A column of a list.

    attr     the model attribute it shows (also what it sorts by, unless ``sort`` is False)
    load     instead of attr: ``load(ctx, rows) -> {row.id: value}``, called once a page
    plugin   set by the registry: a column that a plugin adds to another's list is there while the plugin is on
    """

    name: str
    label: Text
    kind: ColumnKind = "text"
    attr: str = ""
    load: Callable[[Ctx, Sequence[Any]], Mapping[int, Any]] | None = None
    sort: bool = True
    hidden: bool = False
    plugin: str = "core"


@dataclass(frozen=True)
class Filter:
    """A filter of a list beside those made from fields: ``apply(ctx, select, value) -> select``."""

    name: str
    label: Text
    choices: Callable[[Ctx], Sequence[tuple[str, Text | str]]]
    apply: Callable[[Ctx, Any, str], Any]


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
class Action:
    """Something a person may do to a document: one function with a declaration.

    run          ``run(ctx, row, data)``; ``data`` holds the cleaned values of ``fields``; may return a message (Text),
                 or the row of another document that it made
    from_states  states it is offered in (empty: all); ``to_state`` is set by core after ``run`` unless run did
    roles        roles that start with the permission ``<entity>.<name>``
    visible      further condition for offering the button (cheap; the guard inside ``run`` decides)
    confirm      a question asked before it is done
    reason       True: a reason is asked for, required and kept in the audit trail
    link         instead of run: this action opens a page of its own at ``<document>/<link>``
    batch        offered for several documents in the list
    """

    entity: str
    name: str
    label: Text
    run: Callable[[Ctx, Any, Mapping[str, Any]], Any] | None = None
    from_states: tuple[str, ...] = ()
    to_state: str | None = None
    fields: tuple[Field, ...] = ()
    roles: tuple[str, ...] = ()
    permission: str = ""
    visible: Callable[[Ctx, Any], bool] | None = None
    confirm: Text | None = None
    reason: bool = False
    tone: Literal["primary", "normal", "danger"] = "normal"
    batch: bool = False
    link: str = ""
    order: int = 50

    @property
    def right(self) -> str:
        """The permission that allows it."""
        return self.permission or f"{self.entity}.{self.name}"

    def all_fields(self) -> tuple[Field, ...]:
        """The form's fields, the reason included."""
        if not self.reason:
            return self.fields
        return (*self.fields, Field("reason", T("Reason"), "long", required=True, max_length=2000))


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
    search      attributes searched (prefix on the key, contained in the others)
    figures     ``figures(ctx, row)``: everything the page shows beyond fields and children, as exact values
    validate    ``validate(ctx, row_or_None, data, children) -> list[Problem]`` beyond the checks of single fields
    before_save / after_save  ``f(ctx, row, is_new)``
    editable    ``editable(ctx, row)``: None, or the reason (Text) why it may not be edited now
    edit_states states in which the header may be edited (empty: all)
    view_roles, edit_roles  roles that start with ``.view`` and ``.create``/``.edit``
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
    default_sort: str = "-id"
    figures: Callable[[Ctx, Any], dict[str, Any]] | None = None
    validate: Callable[..., list[Any]] | None = None
    before_save: Callable[[Ctx, Any, bool], None] | None = None
    after_save: Callable[[Ctx, Any, bool], None] | None = None
    editable: Callable[[Ctx, Any], Text | None] | None = None
    edit_states: tuple[str, ...] = ()
    view_roles: tuple[str, ...] = ("merch", "purch", "wh", "qc", "prod", "fin", "mgr")
    edit_roles: tuple[str, ...] = ("merch", "mgr")
    creatable: bool = True
    deletable: bool = False
    menu: tuple[str, int] | None = None
    icon: str = ""
    plugin: str = ""

    def state(self, code: str) -> State:
        """The declared state ``code``; KeyError for an unknown one."""
        return next(s for s in self.states if s.code == code)

    def field(self, name: str) -> Field:
        """The declared field ``name``; KeyError for an unknown one."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(f"{self.name} has no field {name}")


@dataclass(frozen=True)
class Block:
    """A veto on an action. ``override`` names the permission that may go on in spite of it, with a reason."""

    reason: Text
    source: str
    override: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template of the plugin and its values, put at ``place`` (``main``, ``side``, ``tab:<name>``)."""

    title: Text
    template: str
    values: Mapping[str, Any]
    place: str = "main"
    order: int = 50


@dataclass(frozen=True)
class Tile:
    """A figure on the Hub page and the list it opens."""

    label: Text
    value: Any
    href: str
    tone: Tone = "neutral"
    order: int = 50
    tab: str = ""


@dataclass(frozen=True)
class Alert:
    """Something that needs attention."""

    message: Text
    href: str
    tone: Tone = "warn"
    order: int = 50


@dataclass(frozen=True)
class NavItem:
    """An entry of the menu."""

    label: Text
    href: str
    category: str
    order: int = 50


@dataclass(frozen=True)
class SearchHit:
    """A document that was searched for."""

    entity: str
    label: str
    title: str
    href: str


@dataclass(frozen=True)
class ListSpec:
    """A list that the administrator keeps (reasons, notes). ``items``: (code, english, zh_Hant_TW, zh_Hans_CN)."""

    code: str
    label: Text
    items: tuple[tuple[str, str, str, str], ...] = ()
    plugin: str = ""


@dataclass(frozen=True)
class DocumentKind:
    """A printable document. ``context(ctx, row)`` gives the values for ``template`` (HTML for the PDF renderer)."""

    name: str
    entity: str
    label: Text
    template: str
    context: Callable[[Ctx, Any], dict[str, Any]]
    filename: Callable[[Any], str]
    plugin: str = ""


@dataclass(frozen=True)
class JobKind:
    """Background work: ``run(ctx, payload, progress) -> result``; safe to run twice."""

    name: str
    run: Callable[..., dict[str, Any] | None]
    label: Text
    plugin: str = ""


class Registry:
    """Everything the loaded plugins declared. Filled once at start; read-only afterwards."""

    def __init__(self) -> None:
        self.entities: dict[str, EntityType] = {}
        self.actions: dict[str, dict[str, Action]] = {}
        self.permissions: dict[str, Permission] = {}
        self.lists: dict[str, ListSpec] = {}
        self.documents: dict[str, DocumentKind] = {}
        self.jobs: dict[str, JobKind] = {}
        self.columns: dict[str, list[Column]] = {}
        self.screens: dict[str, Any] = {}
        self.views: list[Any] = []
        self.current = "core"
        self._models: dict[type, EntityType] = {}

    def entity(self, entity: EntityType) -> EntityType:
        """Declare an entity; gives the permissions ``.view``, ``.create``, ``.edit`` (and ``.delete``)."""
        from dataclasses import replace

        if entity.name in self.entities:
            raise StartError(f"plugin '{self.current}' declares entity '{entity.name}' a second time")
        entity = replace(entity, plugin=self.current)
        self.entities[entity.name] = entity
        self.actions.setdefault(entity.name, {})
        self._models[entity.model] = entity
        self.permission(f"{entity.name}.view", T("See {what}", what=entity.plural), entity.view_roles)
        if entity.creatable:
            self.permission(f"{entity.name}.create", T("Create {what}", what=entity.plural), entity.edit_roles)
        self.permission(f"{entity.name}.edit", T("Edit {what}", what=entity.plural), entity.edit_roles)
        if entity.deletable:
            self.permission(f"{entity.name}.delete", T("Delete {what}", what=entity.plural), ("mgr",))
        return entity

    def action(self, action: Action) -> Action:
        """Declare an action on an entity that is already declared (of this plugin or of one it requires)."""
        if action.entity not in self.entities:
            raise StartError(f"plugin '{self.current}': action on unknown entity '{action.entity}'")
        self.actions[action.entity][action.name] = action
        if not action.permission:
            label = T("{what}: {action}", what=self.entities[action.entity].label, action=action.label)
            self.permission(action.right, label, action.roles)
        return action

    def permission(self, name: str, label: Text, roles: Sequence[str] = ()) -> None:
        """Declare a right and the roles that start with it."""
        self.permissions[name] = Permission(name, label, tuple(roles), self.current)

    def list(self, spec: ListSpec) -> None:
        """Declare a list kept by the administrator."""
        from dataclasses import replace

        self.lists[spec.code] = replace(spec, plugin=self.current)

    def document(self, kind: DocumentKind) -> None:
        """Declare a printable document."""
        from dataclasses import replace

        self.documents[kind.name] = replace(kind, plugin=self.current)

    def job(self, kind: JobKind) -> None:
        """Declare background work."""
        from dataclasses import replace

        self.jobs[kind.name] = replace(kind, plugin=self.current)

    def extend_columns(self, entity: str, *columns: Column) -> None:
        """Add columns to another plugin's list; each is loaded once a page."""
        from dataclasses import replace

        self.columns.setdefault(entity, []).extend(replace(c, plugin=self.current) for c in columns)

    def screen(self, entity: str, view_class: Any) -> None:
        """Use ``view_class`` (a subclass of core.web.screen.EntityView) for an entity instead of the generic screen."""
        self.screens[entity] = view_class

    def view(self, view: Any) -> None:
        """Add a page of its own (an instance of core.web.screen.Page) beside those of entities."""
        self.views.append(view)

    def of(self, row: Any) -> EntityType:
        """The entity a row belongs to."""
        return self._models[type(row)]

    def get(self, name: str) -> EntityType:
        """The entity ``name``; NotFound for an unknown one."""
        from core.errors import NotFound

        try:
            return self.entities[name]
        except KeyError:
            raise NotFound(T("There is nothing called {name}.", name=name)) from None

"""THE module that plugins import from: the stable surface of the platform.

Anything not listed in ``__all__`` may change without notice.
"""

from __future__ import annotations

from core import (
    audit,
    calendar,
    crud,
    documents,
    files,
    forms,
    jobs,
    ledger,
    lists,
    money,
    numbering,
    roles,
    units,
)
from core.among import among
from core.audit import Change
from core.calendar import WorkCalendar
from core.columns import Json, Money, Pct, Price, Qty, Rate, Utc
from core.context import Ctx, TenantInfo, UserInfo
from core.db import GlobalRow, TenantRow, VersionedRow, children, link, open_index, ref
from core.declarations import (
    Action,
    ChildTable,
    Column,
    DocumentKind,
    EntityRef,
    EntityType,
    Event,
    Filter,
    JobKind,
    ListSpec,
    ProcessStep,
    State,
    Tone,
)
from core.errors import Denied, HubError, NotFound, Problem, Refused, Stale
from core.fields import Field
from core.hookspecs import hookimpl, hookspec
from core.i18n import LOCALE_NAMES, LOCALES, T, Text, current_locale, pick
from core.inputs import parse_date, parse_decimal, resolve
from core.manifest import Manifest
from core.page_parts import Alert, Block, Figure, NavItem, Panel, SearchHit, Task, Tile
from core.panels import list_panel
from core.registry import Registry
from core.transitions import note_changes
from core.transitions import run as run_action

__all__ = [
    "LOCALES",
    "LOCALE_NAMES",
    "Action",
    "Alert",
    "Block",
    "Change",
    "ChildTable",
    "Column",
    "Ctx",
    "Denied",
    "DocumentKind",
    "EntityRef",
    "EntityType",
    "Event",
    "Field",
    "Figure",
    "Filter",
    "GlobalRow",
    "HubError",
    "JobKind",
    "Json",
    "ListSpec",
    "Manifest",
    "Money",
    "NavItem",
    "NotFound",
    "Panel",
    "Pct",
    "Price",
    "Problem",
    "ProcessStep",
    "Qty",
    "Rate",
    "Refused",
    "Registry",
    "SearchHit",
    "Stale",
    "State",
    "T",
    "Task",
    "TenantInfo",
    "TenantRow",
    "Text",
    "Tile",
    "Tone",
    "UserInfo",
    "Utc",
    "VersionedRow",
    "WorkCalendar",
    "among",
    "audit",
    "calendar",
    "children",
    "crud",
    "current_locale",
    "documents",
    "files",
    "forms",
    "hookimpl",
    "hookspec",
    "jobs",
    "ledger",
    "link",
    "list_panel",
    "lists",
    "money",
    "note_changes",
    "numbering",
    "open_index",
    "parse_date",
    "parse_decimal",
    "pick",
    "ref",
    "resolve",
    "roles",
    "run_action",
    "units",
]  # fmt: skip

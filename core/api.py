"""THE module that plugins import from: the stable surface of the platform.

Anything not listed in ``__all__`` may change without notice.
"""

from __future__ import annotations

from core import ledger
from core.data.among import among
from core.data.columns import Json, Money, Pct, Price, Qty, Rate, Utc
from core.data.db import GlobalRow, TenantRow, VersionedRow, open_index, ref
from core.data.relations import children, link
from core.declare.changes import SaveChange
from core.declare.declarations import (
    EVERYONE,
    Action,
    ChildTable,
    Column,
    DocumentKind,
    EntityType,
    Event,
    Filter,
    JobKind,
    ListSpec,
    MenuGroup,
    ProcessStep,
    RoleSpec,
    State,
    Tone,
)
from core.declare.fields import Field, PayloadTable
from core.declare.handle import Declare
from core.declare.hookspecs import hookimpl, hookspec
from core.declare.manifest import Manifest
from core.declare.names import EntityName, EntityRef
from core.declare.page_parts import (
    Activity,
    Alert,
    Block,
    Figure,
    FramePart,
    NavItem,
    Panel,
    SearchHit,
    Task,
    Tile,
)
from core.declare.sheet import CellValue, ListExport, Sheet
from core.entities import audit, crud, forms, lists, money, numbering
from core.entities.audit import Change
from core.entities.crud import note_changes
from core.entities.inputs import resolve
from core.entities.journal import enter_state
from core.entities.panels import list_panel
from core.entities.transitions import follow
from core.entities.transitions import run as run_action
from core.errors import Denied, HubError, NotFound, Problem, Refused, Stale
from core.kernel.accounts import own_roles, tenant_roles
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.text.i18n import LOCALE_NAMES, LOCALES, TC, T, Text, current_locale, locale_scope, pick
from core.text.templates import translate_templates
from core.work import jobs

Registry = Declare
"""The handle by the name it had."""

__all__ = [
    "EVERYONE",
    "LOCALES",
    "LOCALE_NAMES",
    "TC",
    "Action",
    "Activity",
    "Alert",
    "Block",
    "CellValue",
    "Change",
    "ChildTable",
    "Column",
    "Ctx",
    "Declare",
    "Denied",
    "DocumentKind",
    "EntityName",
    "EntityRef",
    "EntityType",
    "Event",
    "Field",
    "Figure",
    "Filter",
    "FramePart",
    "GlobalRow",
    "HubError",
    "JobKind",
    "Json",
    "ListExport",
    "ListSpec",
    "Manifest",
    "MenuGroup",
    "Money",
    "NavItem",
    "NotFound",
    "Panel",
    "PayloadTable",
    "Pct",
    "Price",
    "Problem",
    "ProcessStep",
    "Qty",
    "Rate",
    "Refused",
    "Registry",
    "RoleSpec",
    "SaveChange",
    "SearchHit",
    "Sheet",
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
    "among",
    "audit",
    "children",
    "crud",
    "current_locale",
    "enter_state",
    "follow",
    "forms",
    "hookimpl",
    "hookspec",
    "jobs",
    "ledger",
    "link",
    "list_panel",
    "lists",
    "locale_scope",
    "money",
    "note_changes",
    "numbering",
    "open_index",
    "own_roles",
    "pick",
    "ref",
    "resolve",
    "run_action",
    "tenant_roles",
    "translate_templates",
]  # fmt: skip

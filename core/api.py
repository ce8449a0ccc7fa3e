"""THE module that plugins import from: declarations and services. Every name stands for itself, none is a module.

Beside it there are :mod:`core.db` for tables and statements, :mod:`core.money` for amounts, :mod:`core.values` for what people
type, :mod:`core.ledger` for what moves stock, :mod:`core.web.api` for screens and :mod:`core.cli.api` for commands. What is not
in ``__all__`` may change without notice.
"""

from __future__ import annotations

from core.declare.action import Action
from core.declare.changes import SaveChange
from core.declare.declarations import ChildTable, Column, EntityType, Filter, State
from core.declare.fields import Field, PayloadTable
from core.declare.handle import Declare
from core.declare.hookspecs import hookimpl, hookspec
from core.declare.kinds import DocumentKind, Event, JobKind, ListSpec, ProcessStep
from core.declare.manifest import Manifest
from core.declare.names import EntityName, EntityRef
from core.declare.page_parts import (
    Alert,
    Block,
    DocumentBlock,
    Figure,
    FirstStep,
    NavItem,
    Panel,
    SearchHit,
    Task,
    Tile,
)
from core.entities.audit import Change, audit_history, record_audit
from core.entities.crud import check_version, save_row
from core.entities.journal import enter_state
from core.entities.lists import list_choices
from core.entities.numbering import advance_series, next_number
from core.entities.panels import list_panel
from core.entities.recording import note_changes, record_save, recording
from core.entities.rows import get_row
from core.entities.transitions import follow, run_action
from core.errors import NotFound, Problem, Refused, Stale
from core.kernel.accounts import tenant_roles
from core.kernel.context import Ctx
from core.text.i18n import LOCALE_NAMES, TC, T, Text, current_locale, pick
from core.work.jobs import JobProgress, enqueue_job

__all__ = [
    "LOCALE_NAMES",
    "TC",
    "Action",
    "Alert",
    "Block",
    "Change",
    "ChildTable",
    "Column",
    "Ctx",
    "Declare",
    "DocumentBlock",
    "DocumentKind",
    "EntityName",
    "EntityRef",
    "EntityType",
    "Event",
    "Field",
    "Figure",
    "Filter",
    "FirstStep",
    "JobKind",
    "JobProgress",
    "ListSpec",
    "Manifest",
    "NavItem",
    "NotFound",
    "Panel",
    "PayloadTable",
    "Problem",
    "ProcessStep",
    "Refused",
    "SaveChange",
    "SearchHit",
    "Stale",
    "State",
    "T",
    "Task",
    "Text",
    "Tile",
    "advance_series",
    "audit_history",
    "check_version",
    "current_locale",
    "enqueue_job",
    "enter_state",
    "follow",
    "get_row",
    "hookimpl",
    "hookspec",
    "list_choices",
    "list_panel",
    "next_number",
    "note_changes",
    "pick",
    "record_audit",
    "record_save",
    "recording",
    "run_action",
    "save_row",
    "tenant_roles",
]

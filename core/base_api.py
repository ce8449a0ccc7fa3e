"""What default plugins (``Manifest.base``), features of the platform (``category="platform"``) and building blocks may import
beside :mod:`core.api`: the kernel's own tables,
which default plugins administer, its switches, and what lists, files and papers are made with.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core.data.migrate import known_lineages, pending_migrations, upgrade_database
from core.data.models import Enablement, Grant, MemberRole, Membership, Role, Series, Setting, Tenant, User
from core.data.records import AuditEntry, Currency, ExchangeRate, Failure, Idempotency, Job, ListItem
from core.data.retry import outage
from core.data.security import note_when_saved
from core.data.signing import Passkey, SecondFactor, SecurityEvent, SignIn
from core.declare.declarations import EVERYONE
from core.declare.extension import EVERY, OF_PEOPLE, Added, Source
from core.declare.fields import KeptFile
from core.declare.kinds import DemoPart, Permission
from core.declare.page_parts import Activity, FramePart
from core.declare.sheet import CellValue, ListExport, Sheet
from core.entities.children import shown_value
from core.entities.columns import all_columns
from core.entities.crud import check_states
from core.entities.many import follow_all, record_saves
from core.entities.matching import searched_columns, searched_links, searched_words, text_begins, text_within
from core.entities.numbering import check_pattern, continue_series, next_numbers
from core.entities.query import ListPage, ListQuery, fetch_page, shown_rows
from core.entities.sheets import sheet_of
from core.errors import Denied, HubError, PluginFailed, StartError, Unavailable
from core.kernel.accounts import (
    add_member,
    check_password,
    create_user,
    end_sessions,
    hash_password,
    password_fits,
    set_roles,
)
from core.kernel.context import TenantInfo, UserInfo
from core.kernel.dependencies import bridges, dependent_plugins, required_plugins
from core.kernel.enablement import (
    OPERATE_RIGHT,
    PLUGINS_RIGHT,
    disable_plugin,
    enable_plugin,
    is_restricted,
    part_of,
    switch_part,
)
from core.kernel.failures import all_failures, count_failures, mark_seen, unseen_failures
from core.kernel.file_store import bucket_of, file_store
from core.kernel.hub import Hub
from core.kernel.passkeys import Place as PasskeyPlace
from core.kernel.passkeys import Question as PasskeyQuestion
from core.kernel.passkeys import as_text, ask_passkey, check_passkey, described, passkeys_of
from core.kernel.plugins import LoadedPlugin
from core.kernel.sealing import seal_text, unseal_text
from core.kernel.second_factor import (
    Setup,
    add_factor,
    begin_codes,
    check_code,
    factor_of,
    new_secret,
    remove_app,
    remove_factor,
    renew_codes,
    setup,
)
from core.kernel.tenants import create_tenant
from core.kernel.transfer import bring_in, compare, read_document, take_out
from core.kernel.transfer_parts import PARTS
from core.text.i18n import DEFAULT_LOCALE, Called, best_locale, locale_scope
from core.text.templates import translate_templates
from core.vault.archive import Archive
from core.vault.company import restore_company
from core.vault.proof import every_company, faults, prove_trail
from core.vault.removal import export_company, exports_folder, new_export, remove_company
from core.work.asking import Later, enqueue_jobs, get_job, retry_job

__all__ = [
    "DEFAULT_LOCALE",
    "EVERY",
    "EVERYONE",
    "OF_PEOPLE",
    "OPERATE_RIGHT",
    "PARTS",
    "PLUGINS_RIGHT",
    "Activity",
    "Added",
    "Archive",
    "AuditEntry",
    "Called",
    "CellValue",
    "Currency",
    "DemoPart",
    "Denied",
    "Enablement",
    "ExchangeRate",
    "Failure",
    "FramePart",
    "Grant",
    "Hub",
    "HubError",
    "Idempotency",
    "Job",
    "KeptFile",
    "Later",
    "ListExport",
    "ListItem",
    "ListPage",
    "ListQuery",
    "LoadedPlugin",
    "MemberRole",
    "Membership",
    "Passkey",
    "PasskeyPlace",
    "PasskeyQuestion",
    "Permission",
    "PluginFailed",
    "Role",
    "SecondFactor",
    "SecurityEvent",
    "Series",
    "Setting",
    "Setup",
    "Sheet",
    "SignIn",
    "Source",
    "StartError",
    "Tenant",
    "TenantInfo",
    "Unavailable",
    "User",
    "UserInfo",
    "add_factor",
    "add_member",
    "all_columns",
    "all_failures",
    "as_text",
    "ask_passkey",
    "begin_codes",
    "best_locale",
    "bridges",
    "bring_in",
    "bucket_of",
    "check_code",
    "check_passkey",
    "check_password",
    "check_pattern",
    "check_states",
    "compare",
    "continue_series",
    "count_failures",
    "create_tenant",
    "create_user",
    "dependent_plugins",
    "described",
    "disable_plugin",
    "enable_plugin",
    "end_sessions",
    "enqueue_jobs",
    "every_company",
    "export_company",
    "exports_folder",
    "factor_of",
    "faults",
    "fetch_page",
    "file_store",
    "follow_all",
    "get_job",
    "hash_password",
    "is_restricted",
    "known_lineages",
    "locale_scope",
    "mark_seen",
    "new_export",
    "new_secret",
    "next_numbers",
    "note_when_saved",
    "outage",
    "part_of",
    "passkeys_of",
    "password_fits",
    "pending_migrations",
    "prove_trail",
    "read_document",
    "record_saves",
    "remove_app",
    "remove_company",
    "remove_factor",
    "renew_codes",
    "required_plugins",
    "restore_company",
    "retry_job",
    "seal_text",
    "searched_columns",
    "searched_links",
    "searched_words",
    "set_roles",
    "setup",
    "sheet_of",
    "shown_rows",
    "shown_value",
    "switch_part",
    "take_out",
    "text_begins",
    "text_within",
    "translate_templates",
    "unseal_text",
    "unseen_failures",
    "upgrade_database",
]

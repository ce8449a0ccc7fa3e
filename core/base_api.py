"""What default plugins (``Manifest.base``), features of the platform (``category="platform"``) and building blocks may import
beside :mod:`core.api`: the kernel's own tables,
which default plugins administer, its switches, and what lists, files and papers are made with.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core.data.migrate import pending_migrations, upgrade_database
from core.data.models import Grant, MemberRole, Membership, Role, Series, Setting, Tenant, User
from core.data.records import AuditEntry, Currency, ExchangeRate, Idempotency, Job, ListItem
from core.data.retry import outage
from core.data.signing import SecondFactor, SignIn
from core.declare.declarations import EVERYONE
from core.declare.kinds import DemoPart, Permission
from core.declare.page_parts import Activity, FramePart
from core.declare.sheet import CellValue, ListExport, Sheet
from core.entities.children import shown_value
from core.entities.columns import all_columns
from core.entities.crud import check_states
from core.entities.matching import searched_columns, searched_links, searched_words, text_begins, text_within
from core.entities.numbering import check_pattern, continue_series
from core.entities.query import ListPage, ListQuery, fetch_page, shown_rows
from core.errors import Denied, HubError, StartError, Unavailable
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
from core.kernel.enablement import (
    PLUGINS_RIGHT,
    dependent_plugins,
    disable_plugin,
    enable_plugin,
    enabled_plugins,
    required_plugins,
)
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin
from core.kernel.second_factor import (
    Setup,
    add_factor,
    check_code,
    factor_of,
    new_secret,
    remove_factor,
    renew_codes,
    setup,
)
from core.kernel.tenants import create_tenant
from core.text.i18n import DEFAULT_LOCALE, best_locale, locale_scope
from core.text.templates import translate_templates
from core.vault.proof import prove_trail
from core.work.jobs import get_job, retry_job

__all__ = [
    "DEFAULT_LOCALE",
    "EVERYONE",
    "PLUGINS_RIGHT",
    "Activity",
    "AuditEntry",
    "CellValue",
    "Currency",
    "DemoPart",
    "Denied",
    "ExchangeRate",
    "FramePart",
    "Grant",
    "Hub",
    "HubError",
    "Idempotency",
    "Job",
    "ListExport",
    "ListItem",
    "ListPage",
    "ListQuery",
    "LoadedPlugin",
    "MemberRole",
    "Membership",
    "Permission",
    "Role",
    "SecondFactor",
    "Series",
    "Setting",
    "Setup",
    "Sheet",
    "SignIn",
    "StartError",
    "Tenant",
    "TenantInfo",
    "Unavailable",
    "User",
    "UserInfo",
    "add_factor",
    "add_member",
    "all_columns",
    "best_locale",
    "check_code",
    "check_password",
    "check_pattern",
    "check_states",
    "continue_series",
    "create_tenant",
    "create_user",
    "dependent_plugins",
    "disable_plugin",
    "enable_plugin",
    "enabled_plugins",
    "end_sessions",
    "factor_of",
    "fetch_page",
    "get_job",
    "hash_password",
    "locale_scope",
    "new_secret",
    "outage",
    "password_fits",
    "pending_migrations",
    "prove_trail",
    "remove_factor",
    "renew_codes",
    "required_plugins",
    "retry_job",
    "searched_columns",
    "searched_links",
    "searched_words",
    "set_roles",
    "setup",
    "shown_rows",
    "shown_value",
    "text_begins",
    "text_within",
    "translate_templates",
    "upgrade_database",
]

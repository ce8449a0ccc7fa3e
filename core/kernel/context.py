"""The context every service gets first: who, for which tenant, in which transaction, with which plugins on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.data.models import MemberRole, Role
from core.data.tenancy import TenantSession
from core.declare.shelf import is_there
from core.entities.scope import Scope
from core.errors import Denied
from core.kernel.hooks import Hooks
from core.kernel.memo import Memo
from core.kernel.settings import Settings

if TYPE_CHECKING:
    from core.declare.registry import Registry
    from core.entities.journal import Entry
    from core.kernel.hub import Hub
    from core.text.i18n import Text


@dataclass(frozen=True)
class TenantInfo:
    """The tenant, as plain values."""

    id: int
    code: str
    name: str
    timezone: str
    demo: bool


@dataclass(frozen=True)
class UserInfo:
    """The person, as plain values."""

    id: int
    email: str
    name: str
    locale: str
    theme: str = "auto"
    operator: bool = False
    """Looks after the installation."""


@dataclass
class Ctx:
    """Who acts, for which tenant, in which session, with which plugins and rights, and what time it is.

    ``user`` is None for the system itself (set-up, jobs without a person). The rest are parts with a rule each:

    memo      what was read already (:mod:`core.kernel.memo`)
    settings  the tenant's settings (:mod:`core.kernel.settings`)
    hooks     the plugins that are on (:mod:`core.kernel.hooks`)
    scope     which rows the person may see (:mod:`core.entities.scope`)
    journal   what is being done to documents right now (:mod:`core.entities.journal`)
    """

    hub: Hub
    session: TenantSession
    tenant: TenantInfo
    user: UserInfo | None
    enabled: frozenset[str]
    permissions: frozenset[str]
    locale: str = "en"

    def __post_init__(self) -> None:
        self.failed: set[str] = set()
        """Plugins of which a part could not be shown, and which are not named in its place."""
        self.warnings: list[Text | str] = []
        """What is unusual about what was done and stops nobody; shown to the person once it is kept."""
        self.journal: list[Entry] = []
        self.memo = Memo(self.session)
        self.settings = Settings(self.session, self.memo)
        self.hooks = Hooks(self, self.hub.manager, self.enabled)
        self.scope = Scope(self)
        if not self.session.writes:
            self.scope.show()

    @property
    def registry(self) -> Registry:
        """What the loaded plugins declared."""
        return self.hub.registry

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.tenant.timezone)

    @property
    def actor(self) -> str:
        """Who acts, for records."""
        return self.user.name if self.user else "system"

    def now(self) -> datetime:
        """This moment in UTC. ``HUB_TODAY`` pins its day in the tenant's zone."""
        moment = datetime.now(UTC)
        pinned = self.hub.config.pinned_today
        if pinned is not None:
            local = moment.astimezone(self.zone)
            moment = datetime.combine(
                pinned, time(local.hour, local.minute, local.second), self.zone
            ).astimezone(UTC)
        return moment

    def today(self) -> date:
        """Today in the tenant's zone."""
        return self.hub.config.pinned_today or datetime.now(UTC).astimezone(self.zone).date()

    def is_on(self, plugin: str) -> bool:
        """Is ``plugin`` on for this tenant? What is core's always is."""
        return is_there(plugin, self.enabled)

    def switch_to(self, enabled: frozenset[str]) -> None:
        """Other plugins are on from here: the hooks reach those (for :mod:`core.kernel.enablement` alone)."""
        self.enabled = enabled
        self.hooks = Hooks(self, self.hub.manager, enabled)

    def warn(self, words: Text | str) -> None:
        """Say something of what is being done that stops nobody; said once."""
        if str(words) not in map(str, self.warnings):
            self.warnings.append(words)

    def can(self, permission: str) -> bool:
        """May this person do it here? False for rights of a plugin that is off, and without the rights that it needs
        (:mod:`core.declare.sight`)."""
        declared = self.registry.permissions.get(permission)
        if declared is None:
            return False
        if not self.is_on(declared.plugin):
            return False
        if declared.operator:  # no role gives it, and no program has it
            return "*" in self.permissions and (self.user is None or self.user.operator)
        if "*" in self.permissions:
            return True
        return permission in self.permissions and all(map(self.can, self.registry.needs.get(permission, ())))

    def require(self, permission: str) -> None:
        """Raise Denied unless :meth:`can`."""
        if not self.can(permission):
            raise Denied(permission)

    def own_roles(self) -> frozenset[str]:
        """Codes of the roles of the person who acts; empty for the system itself."""
        if self.user is None:
            return frozenset()
        mine = (
            select(Role.code)
            .join(MemberRole, (MemberRole.role_id == Role.id) & (MemberRole.tenant_id == Role.tenant_id))
            .where(MemberRole.user_id == self.user.id)
        )
        return self.memo.once("core.own_roles", lambda: frozenset(self.session.scalars(mine)))

    def setting(self, key: str, default: Any = None) -> Any:
        """One setting of the tenant; ``default`` where it was never set."""
        return self.settings.get(key, default)

    def set_setting(self, key: str, value: Any) -> None:
        """Store a setting of this tenant."""
        self.settings.set(key, value)

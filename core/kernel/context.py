"""The context every service gets first: who, for which tenant, in which transaction, with which plugins on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import pluggy
from sqlalchemy import select

from core.data.models import Setting
from core.data.tenancy import TenantSession
from core.declare.page_parts import PARTS
from core.entities.scope import Scope
from core.errors import Denied

if TYPE_CHECKING:
    from core.declare.registry import Registry
    from core.entities.journal import Entry
    from core.kernel.hub import Hub

log = logging.getLogger("hub")
FAILED = "%s of plugin %s failed for tenant %s"
Value = TypeVar("Value")


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


class Hooks:
    """Calls tenant hooks on the plugins that are on for this tenant: ``ctx.hooks.after_transition(...)``.

    A hook name or argument that does not exist raises at once (pluggy itself would ignore it).
    """

    def __init__(self, ctx: Ctx, manager: pluggy.PluginManager, enabled: frozenset[str]) -> None:
        self._ctx = ctx
        self._manager = manager
        self._off = [p for name, p in manager.list_name_plugin() if name not in enabled and p is not None]

    def implemented(self, name: str) -> bool:
        """Does a plugin that is on implement this hook?"""
        caller: pluggy.HookCaller = getattr(self._manager.hook, name)
        return any(impl.plugin not in self._off for impl in caller.get_hookimpls())

    def _caller(self, name: str, arguments: Mapping[str, Any]) -> pluggy.HookCaller:
        caller = getattr(self._manager.hook, name, None)
        if caller is None or caller.spec is None:
            raise AttributeError(f"there is no hook '{name}'")
        unknown = set(arguments) - set(caller.spec.argnames)
        missing = set(caller.spec.argnames) - set(arguments) - {"ctx"}
        if unknown or missing:
            raise TypeError(f"hook '{name}': unknown {sorted(unknown)}, missing {sorted(missing)}")
        return self._manager.subset_hook_caller(name, self._off)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(**arguments: Any) -> Any:
            return self._caller(name, arguments)(ctx=self._ctx, **arguments)

        return call

    def each(self, name: str, **arguments: Any) -> list[Any]:
        """All values of a list-valued hook in one flat list; exceptions propagate."""
        return [
            v for values in self._caller(name, arguments)(ctx=self._ctx, **arguments) for v in values or ()
        ]

    def isolated(self, name: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        """(plugin, value) of a display hook, plugin by plugin. A plugin that fails yields its exception instead, and
        the log names plugin, hook and tenant; the page lives."""
        caller, kind = self._caller(name, arguments), PARTS.get(name, object)
        given = {"ctx": self._ctx, **arguments}
        for impl in caller.get_hookimpls():
            try:
                with self.apart():  # a generator is run to its end here, not where its values are used
                    answer: Any = impl.function(*(given[a] for a in impl.argnames))
                    values = [*(answer or ())]
                if wrong := [v for v in values if not isinstance(v, kind)]:
                    raise TypeError(f"{name} gives {kind.__name__} only, not {wrong[0]!r}")
            except Exception as error:
                log.exception(FAILED, f"hook {name}", impl.plugin_name, self._ctx.tenant.code)
                yield impl.plugin_name, error
                continue
            for value in values:
                yield impl.plugin_name, value

    def guarded(self, plugin: str, what: str, read: Callable[[], Value], instead: Value) -> Value:
        """What ``read`` returns, a part of a page that ``plugin`` is asked for. Where it fails, ``instead``: the log names
        plugin, part and tenant, and the page says that a part could not be shown (:attr:`Ctx.failed`)."""
        try:
            with self.apart():
                return read()
        except Exception:
            log.exception(FAILED, what, plugin, self._ctx.tenant.code)
            self._ctx.failed.add(plugin)
            return instead

    def apart(self) -> AbstractContextManager[Any]:
        """Where something that may fail is run: on PostgreSQL, where one failed statement spoils the whole transaction,
        behind a savepoint."""
        session = self._ctx.session
        if session.get_bind().dialect.name != "postgresql":
            return nullcontext()
        return session.begin_nested() if session.writes else _resting(session)


@contextmanager
def _resting(session: TenantSession) -> Iterator[None]:
    """A savepoint for work that only reads: going back to it loses nothing, so one serves until something fails."""
    point = session.info.get("resting")
    if point is None or not point.is_active:
        point = session.info["resting"] = session.begin_nested()
    try:
        yield
    except BaseException:
        if point.is_active:
            point.rollback()
        raise


@dataclass
class Ctx:
    """Everything a service may ask for. ``user`` is None for the system itself (set-up, jobs without a person)."""

    hub: Hub
    session: TenantSession
    tenant: TenantInfo
    user: UserInfo | None
    enabled: frozenset[str]
    permissions: frozenset[str]
    locale: str = "en"
    cache: dict[Any, Any] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    """Plugins of which a part could not be shown, and which are not named in its place."""
    journal: list[Entry] = field(default_factory=list)
    """What is being done to documents now (:mod:`core.entities.journal`)."""

    def __post_init__(self) -> None:
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

    def days_from_today(self, days: int) -> date:
        """The calendar day ``days`` after today."""
        return self.today() + timedelta(days=days)

    def switch_to(self, enabled: frozenset[str]) -> None:
        """Other plugins are on from here: the hooks reach those (for :mod:`core.kernel.enablement` alone)."""
        self.enabled = enabled
        self.hooks = Hooks(self, self.hub.manager, enabled)

    def can(self, permission: str) -> bool:
        """May this person do it here? False for rights of a plugin that is off."""
        declared = self.registry.permissions.get(permission)
        if declared is None:
            return False
        if declared.plugin != "core" and declared.plugin not in self.enabled:
            return False
        return "*" in self.permissions or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise Denied unless :meth:`can`."""
        if not self.can(permission):
            raise Denied(permission)

    def once(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """What ``read`` returns, asked once where the context only reads: the parts of a page ask for the same without
        knowing of each other. Where the context may write, everything may have changed and is read anew. Nobody changes what
        is returned."""
        if self.session.writes:
            return read()
        if key not in self.cache:
            self.cache[key] = read()
        found: Value = self.cache[key]
        return found

    def each_once(
        self, key: Hashable, ids: Iterable[int], read: Callable[[list[int]], Mapping[int, Value]]
    ) -> dict[int, Value]:
        """The same of rows: what ``read`` has for each of ``ids``, where those it has nothing for are left out. It is given
        no id a second time under the same ``key``."""
        wanted = sorted(set(ids))
        if self.session.writes:
            return dict(read(wanted)) if wanted else {}
        known: dict[int, Value]
        known, asked = self.cache.setdefault(("each", key), ({}, set()))
        if new := [each for each in wanted if each not in asked]:
            known.update(read(new))
            asked.update(new)
        return {each: known[each] for each in wanted if each in known}

    def settings(self) -> dict[str, Any]:
        """All settings of the tenant, read once a context."""
        if "settings" not in self.cache:
            self.cache["settings"] = {s.key: s.value for s in self.session.scalars(select(Setting))}
        found: dict[str, Any] = self.cache["settings"]
        return found

    def setting(self, key: str, default: Any = None) -> Any:
        """One setting; ``default`` where it was never set."""
        value = self.settings().get(key)
        return default if value is None else value

    def set_setting(self, key: str, value: Any) -> None:
        """Store a setting of this tenant."""
        row = self.session.scalars(select(Setting).where(Setting.key == key)).one_or_none()
        if row is None:
            self.session.add(Setting(key=key, value=value))
        else:
            row.value = value
        self.session.flush()
        self.cache.pop("settings", None)

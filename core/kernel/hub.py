"""The loaded application: configuration, engine, plugins, registry. One per process; everything starts here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.exc import DatabaseError, OperationalError

from core.data.db import make_engine
from core.data.models import Membership, Tenant, User
from core.data.tenancy import PlatformSession, TenantSession
from core.declare.checks import check
from core.declare.declarations import EVERYONE
from core.declare.handle import Declare
from core.declare.registry import Registry, Screens
from core.errors import NotFound, StartError
from core.kernel import enablement
from core.kernel.blame import blaming, home_of
from core.kernel.config import Config, make_private
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.failures import Failures
from core.kernel.leaving_out import leave_out
from core.kernel.model_checks import check_models
from core.kernel.permissions import granted
from core.kernel.plugins import (
    LoadedPlugin,
    check_hooks,
    import_plugins,
    in_turn,
    kits,
    make_manager,
    speakers,
)
from core.ledger import flow, numbers
from core.ledger import tables as stock_models  # noqa: F401 - its tables are migrated
from core.text.i18n import CORE, T, load_catalogues, locale_scope

CORE_FOLDER = Path(__file__).parent.parent

VIEWS_RIGHT = "core.share_views"
"""Whoever has it may keep a filtered list for everybody, and take such a one away."""


_AT_WORK = (
    select(
        Tenant.id, Tenant.code, Tenant.name, Tenant.timezone, Tenant.demo,
        User.id, User.email, User.name, User.locale, User.theme, User.operator,
    )
    .join(Membership, Membership.tenant_id == Tenant.id)
    .join(User, User.id == Membership.user_id)
    .where(Tenant.id == bindparam("tenant"), User.id == bindparam("user"), Tenant.active, User.active, Membership.active)
)  # fmt: skip
"""Asked in every request, of browsers and programs."""


class Hub:
    """Build with ``Hub(config)``; ``extra`` adds plugin modules that are not installed (tests)."""

    def __init__(self, config: Config, extra: Iterable[ModuleType] = ()) -> None:
        self.config = config
        self.left_out = leave_out(config)
        """Plugins that are not loaded this time, each with the one it requires and that is not; "" where it was named."""
        self.plugins = import_plugins(config.plugins, extra, self.left_out)
        self.always_on = frozenset({"core", *(p.name for p in self.plugins if p.manifest.base)})
        """Core and the default plugins."""
        self.loaded = frozenset(p.name for p in self.plugins)
        """Names of all that are loaded."""
        self.manager = make_manager(self.plugins)
        self.registry = Registry()
        self.speakers = speakers(self.plugins)
        self._declare()
        make_private(config)
        self.engine: Engine = make_engine(config.database_url)
        self.failures = Failures(self.engine)
        load_catalogues(dict(self.packages.values()))

    def _declare(self) -> None:
        core = self.handle("core")
        core.permission(enablement.PLUGINS_RIGHT, T("Switch plugins on and off"))
        core.permission("core.transfer", T("Take the set-up of the company out, and bring another's in"))
        core.permission(enablement.OPERATE_RIGHT, T("Look after the installation"), operator=True)
        core.permission(VIEWS_RIGHT, T("Keep filtered lists for everybody"), EVERYONE)
        for plugin in self.plugins:
            with blaming(self.speakers.named(plugin.name), "offers hooks that cannot be used"):
                for specs in self._ask(plugin, "register_hookspecs", self.handle(plugin.name)):
                    self.manager.add_hookspecs(specs)
        for plugin in self.plugins:
            check_hooks(self.manager, plugin, self.plugin_names)
        self.manager.check_pending()
        for plugin in in_turn(self.plugins):
            self._ask(plugin, "register", self.handle(plugin.name))
        check(self.registry, self.plugins, self.speakers)
        check_models(self.plugins, self.registry)
        self.registry.close()

    def handle(self, plugin: str, screens: Screens | None = None) -> Declare:
        """What ``plugin`` declares through: at start, or, with ``screens``, while a web application is made."""
        return Declare(self.registry, plugin, self.speakers, screens)

    def declare_screens(self) -> Screens:
        """What the plugins declare for a web application that is being made."""
        screens = Screens()
        for plugin in in_turn(self.plugins):
            self._ask(plugin, "register_screens", self.handle(plugin.name, screens))
        screens.close()
        return screens

    def _ask(self, plugin: LoadedPlugin, hook: str, handle: Declare) -> list[Any]:
        """Call a set-up hook of one plugin."""
        others = [p.module for p in self.plugins if p is not plugin]
        with blaming(self.speakers.named(plugin.name), f"fails in `{hook}`"):
            answers: list[Any] = self.manager.subset_hook_caller(hook, others)(registry=handle)
        return answers

    @property
    def plugin_names(self) -> tuple[str, ...]:
        """Loaded plugins in dependency order."""
        return tuple(p.name for p in self.plugins)

    @cached_property
    def packages(self) -> dict[str, tuple[str, Path]]:
        """Import name and folder of core, of the kits and of each loaded plugin, by name."""
        found = {CORE: (CORE, CORE_FOLDER)}
        found |= {name: (name, folder) for name, folder in kits().items()}
        for plugin in self.plugins:
            found[plugin.name] = (home_of(plugin.module.__name__), Path(str(plugin.module.__file__)).parent)
        return found

    def template_folders(self) -> dict[str, Path]:
        """Template folder of each loaded plugin."""
        return {p.name: Path(str(p.module.__file__)).parent / "templates" for p in self.plugins}

    @contextlib.contextmanager
    def platform(self, *, write: bool = True, wait: float | None = None) -> Iterator[PlatformSession]:
        """A session over the global tables; commits at the end, rolls back on an exception. ``wait`` as there."""
        with PlatformSession(self.engine, write=write, wait=wait) as session:
            yield session
            session.commit()

    def tenant_info(self, code_or_id: str | int) -> TenantInfo:
        """The active tenant with this code or id; NotFound otherwise."""
        with self.platform(write=False) as session:
            key = Tenant.id == code_or_id if isinstance(code_or_id, int) else Tenant.code == code_or_id
            row = session.scalars(select(Tenant).where(key, Tenant.active)).one_or_none()
        if row is None:
            raise NotFound(T("There is no tenant {code}.", code=code_or_id))
        return TenantInfo(row.id, row.code, row.name, row.timezone, row.demo)

    def tenants(self) -> list[TenantInfo]:
        """Every active tenant, the oldest first."""
        with self.platform(write=False) as session:
            rows = session.scalars(select(Tenant).where(Tenant.active).order_by(Tenant.id))
            return [TenantInfo(t.id, t.code, t.name, t.timezone, t.demo) for t in rows]

    def user_info(self, email: str, tenant: TenantInfo) -> UserInfo:
        """The active member of ``tenant`` with this e-mail; NotFound otherwise."""
        with self.platform(write=False) as session:
            row = session.scalars(
                select(User)
                .join(Membership, Membership.user_id == User.id)
                .where(
                    User.email == email.lower(),
                    User.active,
                    Membership.active,
                    Membership.tenant_id == tenant.id,
                )
            ).one_or_none()
        if row is None:
            raise NotFound(T("{email} does not work in {tenant}.", email=email, tenant=tenant.code))
        return UserInfo(row.id, row.email, row.name, row.locale, row.theme, row.operator)

    def at_work(self, tenant_id: int, user_id: int) -> tuple[TenantInfo, UserInfo] | None:
        """The active tenant and the person with these ids, where the person may sign in and work there."""
        with self.platform(write=False) as session:
            found = session.execute(_AT_WORK, {"tenant": tenant_id, "user": user_id}).one_or_none()
        return (TenantInfo(*found[:5]), UserInfo(*found[5:])) if found is not None else None

    def member(self, tenant: TenantInfo, user_id: int) -> UserInfo | None:
        """The person with this id, where they may sign in and work in ``tenant``."""
        found = self.at_work(tenant.id, user_id)
        return found[1] if found is not None else None

    def make_ctx(
        self,
        session: TenantSession,
        tenant: TenantInfo,
        user: UserInfo | None,
        locale: str,
        only: Callable[[str], bool] | None = None,
    ) -> Ctx:
        """A context over an open session: reads the enabled plugins and the person's permissions (two queries).

        ``only`` narrows the rights: those it is true of count, of those that the person has.
        """
        enabled = enablement.enabled_plugins(self, session)
        permissions = granted(session, user.id) if user else frozenset({"*"})
        if only is not None:
            names = self.registry.permissions if "*" in permissions else permissions
            permissions = frozenset(name for name in names if only(name))
        return Ctx(self, session, tenant, user, enabled, permissions, locale)

    @contextlib.contextmanager
    def context(
        self,
        tenant: str | int | TenantInfo,
        user: str | UserInfo | None = None,
        *,
        write: bool = True,
        locale: str | None = None,
        only: Callable[[str], bool] | None = None,
    ) -> Iterator[Ctx]:
        """A unit of work for a tenant: commits when the block ends, rolls back when it raises.

        ``user`` is an e-mail or None for the system; ``only`` narrows the rights (:meth:`make_ctx`).
        """
        info = tenant if isinstance(tenant, TenantInfo) else self.tenant_info(tenant)
        person = self.user_info(user, info) if isinstance(user, str) else user
        speak = locale or (person.locale if person else "en")
        with TenantSession(self.engine, info.id, write=write) as session, locale_scope(speak):
            yield self.make_ctx(session, info, person, speak, only)
            session.commit()

    @contextlib.contextmanager
    def rows_of(self, tenant_id: int) -> Iterator[TenantSession]:
        """A session that only reads a tenant's rows, before anybody is known who has rights in it."""
        with TenantSession(self.engine, tenant_id, write=False) as session:
            yield session

    def forget(self) -> None:
        """Drop what this process remembers of the database: it was restored, or another one was put in its place."""
        self.engine.dispose()
        numbers.forget(self.engine)
        flow.forget(self.engine)
        self.failures.forget()

    def check_ready(self) -> None:
        """Raise StartError, with the remedy, unless the database is reachable, migrated and hardened."""
        from core.data.migrate import pending_migrations
        from core.data.walls import problems

        try:
            behind = pending_migrations(self)
            faults = [] if behind else problems(self)
        except (OperationalError, DatabaseError) as error:
            raise StartError(f"the database cannot be used: {error}") from error
        if behind:
            raise StartError(f"the database lacks migrations of {', '.join(behind)}. Run `hub db upgrade`.")
        if faults:
            raise StartError("the database is not protected as it must be: " + "; ".join(faults))

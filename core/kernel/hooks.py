"""Calling the hooks of the plugins that are on, as one part of a context."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from core.data.retry import is_lost, is_outside
from core.data.tenancy import TenantSession
from core.declare.page_parts import PARTS
from core.errors import HubError, PluginFailed
from core.kernel.blame import describe

if TYPE_CHECKING:
    from core.kernel.context import Ctx

log = logging.getLogger("hub")
FAILED = "%s of plugin %s failed for tenant %s"
Value = TypeVar("Value")


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

        return lambda **arguments: self._call(name, arguments)

    def _call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """All answers. A plugin that fails (what it refuses is no failure, nor is trouble with the database or the disk) stops
        what was being done: PluginFailed names it."""
        caller = self._caller(name, arguments)
        try:
            return caller(ctx=self._ctx, **arguments)
        except (HubError, PluginFailed):
            raise
        except Exception as error:
            plugin = "" if is_outside(error) else _failing(caller, error)
            if not plugin:
                raise
            log.exception(FAILED, f"hook {name}", plugin, self._ctx.tenant.code)
            raise PluginFailed(plugin, f"{describe(error)}, in {name}") from error

    def each(self, name: str, **arguments: Any) -> list[Any]:
        """All values of a list-valued hook in one flat list; exceptions propagate."""
        return [v for values in self._call(name, arguments) for v in values or ()]

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
                if is_lost(error):  # no other part could be read either
                    raise
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
        except Exception as error:
            if is_lost(error):
                raise
            self.note(plugin, what)
            return instead

    def guarded_all(
        self, parts: Sequence[tuple[str, str, Callable[[], Value]]], instead: Value
    ) -> list[Value]:
        """:meth:`guarded` for several parts (plugin, what, read): behind one savepoint, and only where one of them fails each
        behind its own."""
        try:
            with self.apart() if parts else nullcontext():
                return [read() for _plugin, _what, read in parts]
        except Exception as error:
            if is_lost(error):
                raise  # others are said, with the plugin to blame, when they fail again by themselves
            return [self.guarded(plugin, what, read, instead) for plugin, what, read in parts]

    def note(self, plugin: str, what: str) -> None:
        """Say of the exception at hand which part of which plugin it is: in the log, and where the page is shown."""
        log.exception(FAILED, what, plugin, self._ctx.tenant.code)
        self._ctx.failed.add(plugin)

    def apart(self) -> AbstractContextManager[Any]:
        """Where something that may fail is run: on PostgreSQL, where one failed statement spoils the whole transaction,
        behind a savepoint."""
        session = self._ctx.session
        if session.get_bind().dialect.name != "postgresql":
            return nullcontext()
        return session.begin_nested() if session.writes else _resting(session)


def _failing(caller: pluggy.HookCaller, error: BaseException) -> str:
    """The plugin whose implementation was running; "" where it was none of them."""
    running = {getattr(impl.function, "__code__", None): impl.plugin_name for impl in caller.get_hookimpls()}
    found = (running.get(frame.f_code) for frame, _line in traceback.walk_tb(error.__traceback__))
    return next((plugin for plugin in found if plugin), "")


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

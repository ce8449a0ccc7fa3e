"""Calling the hooks of the plugins that are on, as one part of a context."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
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
NOTHING: AbstractContextManager[Any] = nullcontext()
FAILED = "%s of plugin %s failed for tenant %s"
Value = TypeVar("Value")


class Hooks:
    """Calls tenant hooks on the plugins that are on for this tenant: ``ctx.hooks.after_transition(...)``.

    A hook name or argument that does not exist raises at once (pluggy itself would ignore it).
    """

    def __init__(self, ctx: Ctx, manager: pluggy.PluginManager, enabled: frozenset[str]) -> None:
        self._ctx = ctx
        self._manager = manager
        self._enabled = enabled
        self._slow = ctx.hub.config.slow_ms / 1000

    def implemented(self, name: str) -> bool:
        """Does a plugin that is on implement this hook?"""
        caller: pluggy.HookCaller = getattr(self._manager.hook, name)
        return any(impl.plugin_name in self._enabled for impl in caller.get_hookimpls())

    def _impls(self, name: str, arguments: Mapping[str, Any]) -> tuple[list[pluggy.HookImpl], bool]:
        """What plugins that are on have to say to a hook, the first one last (as pluggy keeps them), and whether the first
        answer is the only one."""
        caller = getattr(self._manager.hook, name, None)
        if caller is None or caller.spec is None:
            raise AttributeError(f"there is no hook '{name}'")
        unknown = set(arguments) - set(caller.spec.argnames)
        missing = set(caller.spec.argnames) - set(arguments) - {"ctx"}
        if unknown or missing:
            raise TypeError(f"hook '{name}': unknown {sorted(unknown)}, missing {sorted(missing)}")
        impls = [impl for impl in caller.get_hookimpls() if impl.plugin_name in self._enabled]
        return impls, bool((caller.spec.opts or {}).get("firstresult"))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        return lambda **arguments: self._call(name, arguments)

    def _call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """All answers. A plugin that fails (what it refuses is no failure, nor is trouble with the database or the disk) stops
        what was being done: PluginFailed names it."""
        impls, first = self._impls(name, arguments)
        given, answers = {"ctx": self._ctx, **arguments}, []
        for impl in reversed(impls):
            began = perf_counter()
            try:
                answer = impl.function(*[given[a] for a in impl.argnames])
            except (HubError, PluginFailed):
                raise
            except Exception as error:
                if is_outside(error):
                    raise
                self._log(impl.plugin_name, f"hook {name}", error)
                raise PluginFailed(impl.plugin_name, f"{describe(error)}, in {name}") from error
            finally:
                self._took(began, impl.plugin_name, "hook", name)
            if answer is None:
                continue
            if first:
                return answer
            answers.append(answer)
        return None if first else answers

    def each(self, name: str, **arguments: Any) -> list[Any]:
        """All values of a list-valued hook in one flat list; exceptions propagate."""
        return [v for values in self._call(name, arguments) for v in values or ()]

    def isolated(self, name: str, only: str = "", **arguments: Any) -> Iterator[tuple[str, Any]]:
        """(plugin, value) of a display hook, plugin by plugin (or of the plugin ``only``). A plugin that fails yields its
        exception instead, and the log names plugin, hook and tenant; the page lives."""
        (impls, _first), kind = self._impls(name, arguments), PARTS.get(name, object)
        given = {"ctx": self._ctx, **arguments}
        for impl in impls:
            if only and impl.plugin_name != only:
                continue
            began, failed = perf_counter(), None
            try:
                with self.apart():  # a generator is run to its end here, not where its values are used
                    answer: Any = impl.function(*[given[a] for a in impl.argnames])
                    values: Sequence[Any] = [*answer] if answer else ()
                if wrong := [v for v in values if not isinstance(v, kind)]:
                    raise TypeError(f"{name} gives {kind.__name__} only, not {wrong[0]!r}")
            except Exception as error:
                if is_lost(error):  # no other part could be read either
                    raise
                self._log(impl.plugin_name, f"hook {name}", error)
                values, failed = (), error
            self._took(began, impl.plugin_name, "hook", name)
            if failed is not None:
                yield impl.plugin_name, failed
            for value in values:
                yield impl.plugin_name, value

    def guarded(self, plugin: str, what: str, read: Callable[[], Value], instead: Value) -> Value:
        """What ``read`` returns, a part of a page that ``plugin`` is asked for. Where it fails, ``instead``: the log names
        plugin, part and tenant, and the page says that a part could not be shown (:attr:`Ctx.failed`)."""
        began = perf_counter()
        try:
            with self.apart():
                return read()
        except Exception as error:
            if is_lost(error):
                raise
            self.note(plugin, what, error)
            return instead
        finally:
            self._took(began, plugin, what)

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

    def note(self, plugin: str, what: str, error: BaseException) -> None:
        """Say of an exception at hand which part of which plugin it is: in the log, in the company's failures, and where the
        page is shown."""
        self._log(plugin, what, error)
        self._ctx.failed.add(plugin)

    def _log(self, plugin: str, what: str, error: BaseException) -> None:
        log.error(FAILED, what, plugin, self._ctx.tenant.code, exc_info=error)
        self._ctx.hub.failures.note(self._ctx.tenant.id, plugin, what, error)

    def _took(self, began: float, plugin: str, *what: str) -> None:
        """Names what takes longer than a whole request should ([log] slow_ms)."""
        if (seconds := perf_counter() - began) >= self._slow:
            self._ctx.hub.failures.note_slow(self._ctx.tenant.id, plugin, " ".join(what), seconds)

    def apart(self) -> AbstractContextManager[Any]:
        """Where something that may fail is run: on PostgreSQL, where one failed statement spoils the whole transaction,
        behind a savepoint."""
        if self._ctx.hub.engine.dialect.name != "postgresql":
            return NOTHING
        session = self._ctx.session
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

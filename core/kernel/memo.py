"""What a context has read and need not ask again, by one rule: it is kept until this context writes.

A context that only reads keeps it for its whole life: the parts of a page ask for the same without knowing of each other. One
that writes forgets everything with each write, each lock that it waits for and each rollback, and keeps nothing while a change
is not yet in the database. So what comes out is never older than what this context did. Nobody changes what is returned.

What is seldom written (settings, currencies, lists) names its ``tables``: it is kept until one of those is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from core.data.tenancy import TenantSession

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)


class Memo:
    """The memory of one context over its session."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session
        self._generation = session.generation
        self._known: dict[Hashable, Any] = {}
        self._lasting: dict[Hashable, tuple[tuple[int, ...], Any]] = {}

    def once(self, key: Hashable, read: Callable[[], Value], tables: Collection[str] = ()) -> Value:
        """What ``read`` returns, asked once under ``key``; it asks of ``tables`` alone where they are named."""
        if tables:
            return self._of_tables(key, read, tables)
        known = self._kept()
        if known is None:
            return read()
        if key not in known:
            found = read()
            if self._kept() is not known:  # reading wrote something: that is not to be kept
                return found
            known[key] = found
        value: Value = known[key]
        return value

    def _of_tables(self, key: Hashable, read: Callable[[], Value], tables: Collection[str]) -> Value:
        session = self._session
        waiting = (*session.new, *session.dirty, *session.deleted) if session.writes else ()
        if any(type(row).__tablename__ in tables for row in waiting):
            return read()
        stamp = session.changes_of(tables)
        kept = self._lasting.get(key)
        if kept is None or kept[0] != stamp:
            kept = self._lasting[key] = (stamp, read())
        value: Value = kept[1]
        return value

    def each(
        self, key: Hashable, ids: Iterable[Key], read: Callable[[list[Key]], Mapping[Key, Value]]
    ) -> dict[Key, Value]:
        """The same of single things: what ``read`` has for each of ``ids``, where those it has nothing for are left out. It is
        given none of them a second time under the same ``key``."""
        wanted = sorted(set(ids))  # type: ignore[type-var]
        known = self._kept()
        if known is None:
            return dict(read(wanted)) if wanted else {}
        found: dict[Key, Value]
        found, asked = known.setdefault(("each", key), ({}, set()))
        if new := [each for each in wanted if each not in asked]:
            fresh = read(new)
            if self._kept() is not known:
                return {**{i: found[i] for i in wanted if i in found}, **fresh}
            found.update(fresh)
            asked.update(new)
        return {each: found[each] for each in wanted if each in found}

    def clear(self) -> None:
        """Forget everything."""
        self._known, self._lasting = {}, {}

    def _kept(self) -> dict[Hashable, Any] | None:
        """What is still true; None while a change waits to be written."""
        session = self._session
        if session.writes:
            if session.generation != self._generation:
                self._generation, self._known = session.generation, {}
            if session.new or session.deleted or session.dirty:
                return None
        return self._known

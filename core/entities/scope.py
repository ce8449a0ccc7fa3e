"""Which rows a person may see: conditions of plugins (hook ``restrict``), applied in one place.

Two ways in, and both end here. *Everywhere a row is asked for by a person* (lists, a document, a code that was typed, search,
lookups, exports, files) the statement is narrowed by :meth:`Scope.narrow`. *Where a context only reads*, and where a page is
shown after a refusal, every statement of the session is narrowed as well (:meth:`Scope.show`), whoever wrote it: tiles, panels,
figures, pages of plugins; and with a document goes what hangs on it (``TenantRow.of_document``): its audit trail, files.

What a service computes while something is saved sees all rows: a sum over documents that a person may not see is still the sum.
The system (no person) sees everything. Where no plugin that is on implements the hook, nothing is asked and nothing is added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import with_loader_criteria

from core.data.among import among
from core.data.db import TenantRow
from core.declare.declarations import EntityType
from core.errors import NotFound
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


class Scope:
    """What the person of one context may see, by entity; asked of the plugins once."""

    def __init__(self, ctx: Ctx) -> None:
        self._ctx = ctx
        self._known: dict[str, ColumnElement[bool] | None] = {}
        self._options: tuple[Any, ...] | None = None

    @property
    def limits(self) -> bool:
        """May this person be limited at all?"""
        return self._ctx.user is not None and self._ctx.hooks.implemented("restrict")

    def condition(self, entity: EntityType) -> ColumnElement[bool] | None:
        """What holds for the rows of ``entity`` this person may see; None: all of them."""
        if not self.limits:
            return None
        if entity.name not in self._known:
            tests = [t for t in self._ctx.hooks.restrict(entity=entity.name) if t is not None]
            self._known[entity.name] = and_(*tests) if tests else None
        return self._known[entity.name]

    def narrow(self, entity: EntityType, found: Select[Any]) -> Select[Any]:
        """``found``, a SELECT over the entity's model, without what this person may not see."""
        test = self.condition(entity)
        return found if test is None else found.where(test)

    def visible(self, entity: EntityType, ids: Collection[int]) -> set[int]:
        """Those of ``ids`` that this person may see. No query where they may see all."""
        test = self.condition(entity)
        if test is None or not ids:
            return set(ids)
        return set(
            self._ctx.session.scalars(select(entity.model.id).where(among(entity.model.id, ids), test))
        )

    def require(self, entity: EntityType, row_id: int) -> None:
        """NotFound, as if it did not exist, unless this person may see the row."""
        if not self.visible(entity, [row_id]):
            raise NotFound(T("There is no such {what}.", what=entity.label))

    def show(self) -> None:
        """From here this context only shows: every SELECT is narrowed, but for what a row that is seen refers to."""
        if self.limits:
            if self._options is None:
                self._options = tuple(self._made())
            self._ctx.session.narrowed = self._options

    def _made(self) -> Iterator[Any]:
        hanging: dict[str, Select[Any]] = {}
        for entity in self._ctx.registry.entities.values():
            test = self.condition(entity)
            if test is not None:
                yield with_loader_criteria(
                    entity.model, test, include_aliases=True, propagate_to_loaders=False
                )
                hanging[entity.name] = select(entity.model.id).where(
                    entity.model.tenant_id == self._ctx.session.tenant_id, test
                )
        for model in _hanging() if hanging else ():
            tests = (or_(model.entity != name, model.entity_id.in_(ids)) for name, ids in hanging.items())
            yield with_loader_criteria(model, and_(*tests), include_aliases=True, propagate_to_loaders=False)


def _hanging() -> list[Any]:
    """Models whose rows hang on documents by ``entity`` and ``entity_id``, and are seen with them."""
    classes = (mapper.class_ for mapper in TenantRow.registry.mappers)
    return [c for c in classes if issubclass(c, TenantRow) and c.of_document]

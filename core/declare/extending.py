"""What a plugin adds to another's entity: columns of its list, fields of its own, checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.declare.declarations import Column
from core.declare.extension import EVERY, Added, Check, Extension, Keeper
from core.declare.fields import Field
from core.declare.naming import Naming
from core.declare.side_table import SideTable
from core.errors import StartError

if TYPE_CHECKING:
    from core.data.db import TenantRow


class Extending(Naming):
    """The part of a plugin's handle that adds to entities of others."""

    def extend_columns(self, entity: str, *columns: Column, replaces: str = "") -> None:
        """Add columns to another plugin's list; each is loaded once a page."""
        for column in columns:
            what = f"column '{column.name}' of '{entity}'"
            if not self._about(entity, what):
                continue
            kind = self._registry.entities.get(entity)
            if kind is not None and column.name in kind.column_names:
                instead = self._instead(kind.plugin, what, replaces, True)
            else:
                instead = self._place(self._registry.columns[entity], column.name, what, replaces, True)
            self._registry.columns.put(
                entity, column.name, replace(column, plugin=self.plugin), instead=instead
            )

    def extend_entity(
        self,
        entity: str,
        *,
        fields: Sequence[Field] = (),
        model: type[TenantRow] | None = None,
        keeper: Keeper | None = None,
        columns: Sequence[str] = (),
        filters: Sequence[str] = (),
        search: Sequence[str] = (),
        validate: Check | None = None,
    ) -> None:
        """Add fields to another plugin's entity, kept in ``model``: a side table of this plugin with a column for each (for a
        reference a relationship too) and ``row_id``, ``ref(…, ondelete="CASCADE")`` to the entity's table, unique.

        They are in the form, on the page, in lists, files, JSON and the trail like the entity's own, while the plugin is on.
        ``columns``, ``filters`` and ``search`` name those that the list shows at first, filters by, and finds words in.
        ``validate(ctx, row_or_None, data, children)`` gives Problems before anything is saved; it may stand alone. A ``keeper``
        keeps the values elsewhere, and may speak of every entity (``"*"``).
        """
        what = f"extension of '{entity}'"
        if entity != EVERY and not self._about(entity, what):
            return
        if keeper is None:
            if fields and model is None:
                raise StartError(
                    f"{self._speakers.named(self.plugin)} declares an {what} without a table. Give its `model`."
                )
            added = [Added(f, f.name in columns, f.name in filters, f.name in search) for f in fields]
            keeper = SideTable(model, added)
        self._place(self._registry.extensions[entity], self.plugin, what)
        self._registry.extensions.put(
            entity, self.plugin, Extension(entity, keeper, validate, plugin=self.plugin)
        )

"""Fields that one plugin adds to another's kind of document, and who keeps what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.declare.fields import Field

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from core.declare.declarations import EntityType
    from core.errors import Problem
    from core.kernel.context import Ctx

EVERY = "*"
"""Instead of the name of an entity: of every one that is declared."""
OF_PEOPLE = "x_"
"""How the names of fields begin that people make without code; no declared field is called like that."""

Check = Callable[["Ctx", Any, Mapping[str, Any], Mapping[str, Any]], Iterable["Problem"]]
"""``validate(ctx, row_or_None, data, children)``: what is wrong with what was typed, before anything is saved."""


@dataclass(frozen=True)
class Added:
    """A field that was added: whether the list shows it at first, and filters and searches by it; a retired one is nowhere but
    in the trail."""

    field: Field
    listed: bool = False
    filtered: bool = False
    searched: bool = False
    retired: bool = False


@dataclass(frozen=True)
class Source:
    """Where the values of an added field are in the database: the column with the row's id, the column with the value, and
    conditions that hold for both (the tenant among them)."""

    row: Any
    value: Any
    where: Sequence[ColumnElement[bool]]


class Keeper(Protocol):
    """Keeps the values of added fields. Every method takes a fixed number of statements, however many rows."""

    def added(self, ctx: Ctx, entity: EntityType) -> Sequence[Added]:
        """The fields that this tenant has; rights are looked at by core (``Field.sees``, ``Field.when``)."""

    def read(
        self, ctx: Ctx, entity: EntityType, ids: Iterable[int], fields: Sequence[Field]
    ) -> Mapping[int, Mapping[str, Any]]:
        """The values by row and name of field: references as rows, nothing left out or None."""

    def write(self, ctx: Ctx, entity: EntityType, row: Any, values: Mapping[str, Any]) -> None:
        """Keep these values of a row that is in the database; others stay."""

    def drop(self, ctx: Ctx, entity: EntityType, row: Any) -> None:
        """The row is about to be deleted."""

    def source(self, ctx: Ctx, entity: EntityType, spec: Field) -> Source:
        """Where lists find the values of ``spec``."""


@dataclass(frozen=True)
class Extension:
    """What a plugin adds to an entity; there while the plugin is on.

    validate    checks beside the entity's own; ``data`` holds own and added values
    """

    entity: str
    keeper: Keeper
    validate: Check | None = None
    plugin: str = ""

    @property
    def declared(self) -> list[Field]:
        """The fields that every tenant has; none where people make them."""
        return [added.field for added in getattr(self.keeper, "fields", ())]

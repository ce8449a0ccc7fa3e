"""How one thing is named by another: the name of an entity as a value, and a document under it."""

from __future__ import annotations

import re
from dataclasses import dataclass

PATTERN = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class EntityRef:
    """How anything points at anything else: ``ORDER.ref(7)``, where ``ORDER = EntityName("outsourcing.order")``."""

    entity: str
    id: int


class EntityName(str):
    """The name of an entity, kept once by who speaks of it: ``ORDER = EntityName("orders.order")``.

    It is a string wherever a string is wanted. At start the hub looks at the constants of every loaded plugin: one that names
    no entity, although the plugin it names is loaded, stops the start.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> EntityName:
        if not PATTERN.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of an entity, such as 'orders.order'")
        return super().__new__(cls, name)

    @property
    def plugin(self) -> str:
        """The plugin that declares it."""
        return self.partition(".")[0]

    def ref(self, row_id: int) -> EntityRef:
        """The document with this id."""
        return EntityRef(self, row_id)

"""What a document said when it was issued, as a dataclass: kept in a JSON column, read back exactly or not at all.

The dataclass says what there is: texts, whole numbers, yes and no, decimals, dates, other dataclasses, tuples and dicts of
these, each of them or None. Decimals and dates are texts in JSON. Once documents are issued, a dataclass that changes gets an
upgrade: ``UPGRADES = (f,)``, where ``f`` makes values of the first version those of the second, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy.types import TypeDecorator

from core.db import Json, json_value

Said = TypeVar("Said")
VERSION = "v"
"""Where the version stands among the values. No field is called so."""


class SnapshotError(ValueError):
    """What is kept is not what the dataclass says: a newer version, a value of another kind, one too many, one too few."""


def plain_values(value: Any) -> Any:
    """A dataclass, and whatever is in it, as plain values: exact decimals and ISO dates as texts."""
    if value is None or isinstance(value, str | int):  # nearly all there is in a document
        return value
    if is_dataclass(value):
        return {name: plain_values(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple | list):
        return [plain_values(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain_values(v) for k, v in value.items()}
    return json_value(value)


def freeze(value: Any) -> dict[str, Any]:
    """The values of a dataclass with their version, as they are kept."""
    plain: dict[str, Any] = plain_values(value)
    return {VERSION: _version(type(value)), **plain}


def thaw(kind: type[Said], kept: Mapping[str, Any]) -> Said:
    """The dataclass again. Raises SnapshotError, with the place, for anything that :func:`freeze` would not have kept."""
    values = dict(kept)
    version = values.pop(VERSION, None)
    if not isinstance(version, int) or not 1 <= version <= _version(kind):
        raise SnapshotError(f"{kind.__name__}: version {version!r} is not one of 1 to {_version(kind)}")
    for upgrade in _upgrades(kind)[version - 1 :]:
        values = upgrade(values)
    try:
        made = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise SnapshotError(f"{kind.__name__}: {error}") from error
    if (back := plain_values(made)) != values:
        raise SnapshotError(f"{kind.__name__}: {_difference(back, values, '$')}")
    return made


def _upgrades(kind: type) -> tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]:
    return getattr(kind, "UPGRADES", ())


def _version(kind: type) -> int:
    return 1 + len(_upgrades(kind))


def _difference(back: Any, kept: Any, place: str) -> str:
    """Where what is read differs from what is kept."""
    if isinstance(kept, dict) and isinstance(back, dict):
        if unknown := sorted(map(str, kept.keys() - back.keys())):
            return f"nothing is called {', '.join(unknown)} - at `{place}`"
        found = next((k for k in back if k not in kept or back[k] != kept[k]), None)
        if found is not None:
            return _difference(back[found], kept.get(found), f"{place}.{found}")
    if isinstance(kept, list) and isinstance(back, list) and len(kept) == len(back):
        found = next((i for i, pair in enumerate(zip(back, kept, strict=True)) if pair[0] != pair[1]), None)
        if found is not None:
            return _difference(back[found], kept[found], f"{place}[{found}]")
    return f"{kept!r} is read as {back!r} - at `{place}`"


class Snapshot(TypeDecorator[Said], Generic[Said]):
    """A JSON column that holds a dataclass: ``snapshot: Mapped[OrderSaid | None] = mapped_column(Snapshot(OrderSaid))``."""

    impl = Json
    cache_ok = True

    def __init__(self, kind: type[Said]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Said | None, dialect: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        if not isinstance(value, self.kind):
            raise TypeError(f"a {self.kind.__name__} is needed, not {type(value).__name__}")
        return freeze(value)

    def process_result_value(self, value: Any, dialect: Any) -> Said | None:
        return None if value is None else thaw(self.kind, value)


class SnapshotList(TypeDecorator[Sequence[Said]], Generic[Said]):
    """A JSON column that holds dataclasses of one kind, in their order."""

    impl = Json
    cache_ok = True

    def __init__(self, kind: type[Said]) -> None:
        super().__init__()
        self.one = Snapshot(kind)

    @property
    def kind(self) -> type[Said]:
        """What it holds."""
        return self.one.kind

    def process_bind_param(self, value: Sequence[Said] | None, dialect: Any) -> list[Any] | None:
        return None if value is None else [self.one.process_bind_param(each, dialect) for each in value]

    def process_result_value(self, value: Any, dialect: Any) -> tuple[Said, ...] | None:
        return None if value is None else tuple(thaw(self.kind, each) for each in value)

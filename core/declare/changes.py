"""What a save does to a row, as the hooks ``before_save`` and ``after_save`` are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LineChange:
    """The lines of one child table before and after, each as exact values by field."""

    old: Sequence[Mapping[str, Any]]
    new: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class SaveChange:
    """One save: what differs, and nothing else.

    verb   ``create``, ``edit``, ``delete``, or the word a service has for it (``lines``); it stands in the audit trail
    is_new was the row not there before?
    old    field → value as it was; empty for a new row. References are rows
    new    field → value as it is now; empty for a deleted row
    lines  child table → its lines before and after, where they differ
    """

    verb: str
    is_new: bool
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    lines: Mapping[str, LineChange] = field(default_factory=dict)

    def touches(self, *names: str) -> bool:
        """Does any of these fields or child tables differ?"""
        return any(n in self.old or n in self.new or n in self.lines for n in names)

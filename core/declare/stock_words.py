"""What the ledger is spoken to in: kinds of places, movements and items, declared by the plugins whose words they are."""

from __future__ import annotations

from dataclasses import dataclass

from core.text.i18n import Text


@dataclass(frozen=True)
class PlaceKind:
    """A kind of place in the ledger.

    ``inside`` places hold things of ours: never below zero, at the end of any day. Others are where things come from and go
    to: they may go below zero.
    """

    code: str
    label: Text
    inside: bool
    plugin: str = ""


@dataclass(frozen=True)
class MovementKind:
    """What a movement is for. A reversal has the kind of what it takes back."""

    code: str
    label: Text
    plugin: str = ""


@dataclass(frozen=True)
class ItemKind:
    """A kind of thing that is counted, and the dimensions it is told apart by: of ``color``, ``size``, ``dest``, ``lot`` and
    ``owner``. What is posted in another is refused."""

    code: str
    label: Text
    dimensions: frozenset[str]
    plugin: str = ""

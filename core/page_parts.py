"""What plugins give to pages while they are shown: vetoes, panels, tiles, alerts, menu entries, search hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.declarations import Tone
from core.i18n import Text


@dataclass(frozen=True)
class Block:
    """A veto on an action. ``override`` names the permission that may go on in spite of it, with a reason."""

    reason: Text
    source: str
    override: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template of the plugin and its values, put at ``place`` (``main``, ``side``, ``tab:<name>``)."""

    title: Text
    template: str
    values: Mapping[str, Any]
    place: str = "main"
    order: int = 50


@dataclass(frozen=True)
class Tile:
    """A figure on the Hub page and the list it opens."""

    label: Text
    value: Any
    href: str
    tone: Tone = "neutral"
    order: int = 50
    tab: str = ""


@dataclass(frozen=True)
class Alert:
    """Something that needs attention."""

    message: Text
    href: str
    tone: Tone = "warn"
    order: int = 50


@dataclass(frozen=True)
class NavItem:
    """An entry of the menu."""

    label: Text
    href: str
    category: str
    order: int = 50


@dataclass(frozen=True)
class SearchHit:
    """A document that was searched for."""

    entity: str
    label: str
    title: str
    href: str

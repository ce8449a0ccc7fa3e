"""What a plugin says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.text.i18n import Text

if TYPE_CHECKING:
    from core.declare.fields import Field


@dataclass(frozen=True)
class Manifest:
    """A plugin's identity card, the module-level ``manifest`` of its ``plugin.py``.

    requires   plugins whose tables and services it uses (hard: loaded before, enabled with)
    extends    plugins it adds to when they are there (soft: loaded before, no foreign keys)
    category   where it stands on the page of features; ``platform`` may import what default plugins may (core.base_api)
    settings   fields of a form that core draws and stores per tenant under ``<name>.<field>``
    restricted True: only an operator may switch it on, by command
    default_on True: on for a new tenant
    bridge     True: on exactly when all that it requires are on; it has no switch of its own
    base       True: part of every installation: loaded without being named (from the entry-point group ``oem_hub.base``), on
               for every tenant, no feature to be switched; may require others of its kind only
    menu       place of its group in the menu: 10 is first, the work's own order; master data come after 80
    """

    name: str
    title: Text
    version: str
    summary: Text
    category: str = "operations"
    requires: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    api: int = 1
    settings: tuple[Field, ...] = ()
    restricted: bool = False
    default_on: bool = True
    bridge: bool = False
    base: bool = False
    menu: int = 70


API_VERSION = 1

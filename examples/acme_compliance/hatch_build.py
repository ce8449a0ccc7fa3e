"""Compiles the translations while a wheel is built: where it is installed nobody may have the right to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):
    """Makes messages.mo of each messages.po."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files are gathered."""
        for po in Path(self.root).glob("*/translations/*/LC_MESSAGES/messages.po"):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as out:
                write_mo(out, read_po(source, locale=po.parts[-3]))
        build_data["artifacts"].append("*.mo")

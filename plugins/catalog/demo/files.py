"""The files of the catalog's part of the demo tenant, and the rows that are there already by their code."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx
from core.db import TenantRow

FOLDER = Path(__file__).parent


def read_yaml(path: Path) -> Any:
    """A demo file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a demo file by column name."""
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def decimal(text: str | None) -> Decimal | None:
    """A decimal, None for an empty cell."""
    return Decimal(text) if text else None


def names(traditional: str | None, simplified: str | None) -> dict[str, str] | None:
    """Names in both Chinese scripts, as models keep them."""
    found = {"zh_Hant_TW": traditional or "", "zh_Hans_CN": simplified or ""}
    return {k: v for k, v in found.items() if v} or None


class DemoFiles:
    """What was read, moved by ``shift`` days; rows of the tenant by code."""

    def __init__(self, ctx: Ctx, shift: int) -> None:
        self.ctx = ctx
        self.shift = timedelta(days=shift)
        self.details = read_yaml(FOLDER / "details.yaml")
        self.terms = read_yaml(FOLDER / "calendars_terms.yaml")
        self.partners_file = read_yaml(FOLDER / "partners.yaml")
        self.styles_file = read_yaml(FOLDER / "styles.yaml")
        self.known: dict[type, dict[str, Any]] = {}

    def by_code(self, model: Any) -> dict[str, Any]:
        """Rows of a model by code, read once."""
        if model not in self.known:
            self.known[model] = {row.code: row for row in self.ctx.session.scalars(select(model))}
        return self.known[model]

    def put(self, row: TenantRow) -> None:
        """Add a new row and remember it by its code."""
        self.by_code(type(row))[row.code] = row  # type: ignore[attr-defined]
        self.ctx.session.add(row)

    def missing(self, model: Any, code: str) -> bool:
        """Is there no row with this code yet?"""
        return code not in self.by_code(model)

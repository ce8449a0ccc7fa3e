"""Codes of master data: how they are written, and what still uses a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, Problem, T
from core.db import TenantRow

# left out: what separates codes in the quick entry of orders ("234@NVY#US, S-1") and in addresses
CODE = re.compile(r"[^\s,@#/?&%\\]+")


def check_code(model: type[TenantRow], attr: str = "code") -> Callable[..., list[Problem]]:
    """A ``validate`` for entities with a code: no blanks or separators, and no second one that differs in case only."""

    def validate(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
        code = str(data.get(attr) or "")
        if not code or (row is not None and getattr(row, attr) == code):
            return []
        if not CODE.fullmatch(code):
            return [Problem(T("A code has no blanks and none of , @ # / ? & %."), attr)]
        column = getattr(model, attr)
        twins = ctx.session.execute(
            select(model.id, column).where(func.upper(column) == code.upper()).limit(2)
        )
        for twin, written in twins:
            if written != code and (row is None or twin != row.id):
                return [Problem(T("“{code}” exists already.", code=written), attr)]
        return []

    return validate


def capitals(ctx: Ctx, row: Any, is_new: bool) -> None:
    """``before_save``: codes are kept in capitals, so that they are found however they are typed."""
    row.code = row.code.upper()


def both(*checks: Callable[..., list[Problem]]) -> Callable[..., list[Problem]]:
    """Several ``validate`` functions as one."""

    def validate(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
        return [problem for check in checks for problem in check(ctx, row, data, children)]

    return validate


def in_use(ctx: Ctx, table: str, ids: Iterable[int], *, without: Iterable[str] = ()) -> set[int]:
    """Which of these rows of ``table`` any loaded plugin's rows refer to, apart from the tables ``without``.

    One query per referring column; it stops as soon as every id is known to be in use.
    """
    left, used = set(ids), set[int]()
    for mapper in TenantRow.registry.mappers:
        name = getattr(mapper.class_, "__tablename__", "")
        if not issubclass(mapper.class_, TenantRow) or name in without:
            continue
        for column in mapper.columns:
            if column.info.get("ref") == table and left:
                attribute = mapper.get_property_by_column(column).class_attribute
                used |= set(ctx.session.scalars(select(attribute).where(attribute.in_(left)).distinct()))
                left -= used
    return used

"""Views of stock as tables for files: all pages, in the order that was chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from core.api import Ctx, T
from core.money import base_currency
from kit.exports.tables import sheet_of_table, sorted_rows
from plugins.inventory.screens.asked import aged, asked_card, asked_of, coming, figure_of
from plugins.inventory.services import balances, cards, garments, tables
from plugins.inventory.words import TITLES, VALUES


def found_materials(
    context: Ctx, asked: dict[str, Any], material_class: str, *, low: bool, whole: bool
) -> balances.Found:
    """Stock of materials as it is asked for: a page of it, or the ``whole``."""
    size, page = (tables.EVERYTHING, 1) if whole else (balances.PAGE, asked["page"])
    return balances.materials(
        context, material_class, on=asked["on"], search=asked["q"], low=low or asked["low"], store=asked["store"],
        page=page, size=size,
    )  # fmt: skip


def _materials(context: Ctx, view: str) -> Any:
    asked = asked_of(context)
    material_class = "" if view == "low" else view
    found = found_materials(context, asked, material_class, low=view == "low", whole=True)
    columns = tables.of_materials(found.figures, found.buys)
    return sheet_of_table(
        str(TITLES[material_class]), columns, sorted_rows(found.rows, columns, asked["sort"])
    )


def _garments(context: Ctx, _view: str) -> Any:
    asked = asked_of(context)
    found, _total = garments.garment_balances(
        context, figure_of(context), on=asked["on"], search=asked["q"], store=asked["store"], size=tables.EVERYTHING
    )  # fmt: skip
    columns, rows = tables.of_garments(found)
    return sheet_of_table(str(TITLES["garment"]), columns, sorted_rows(rows, columns, asked["sort"]))


def _ageing(context: Ctx, _view: str) -> Any:
    _group, wanted, found = aged(context)
    columns = tables.of_ageing(context.can(VALUES), base_currency(context))
    rows = [each for each in found if wanted in ("", each.group)]
    return sheet_of_table(str(T("Ageing")), columns, sorted_rows(rows, columns, request.args.get("sort", "")))


def _card(context: Ctx, _view: str) -> Any:
    asked, _figure, _item, called = asked_card(context)
    found = cards.stock_card(context, asked, size=tables.EVERYTHING)
    return sheet_of_table(str(T("Movements")), tables.of_card(called), found.lines[::-1])


def _expected(context: Ctx, _view: str) -> Any:
    called, rows = coming(context)
    return sheet_of_table(str(T("On order")), tables.of_expected(called), rows)


SHEETS: dict[str, Callable[[Ctx, str], Any]] = {
    "main": _materials,
    "trim": _materials,
    "low": _materials,
    "garments": _garments,
    "ageing": _ageing,
    "card": _card,
    "expected": _expected,
}
"""What makes the table of a view, by the view's place in the address."""

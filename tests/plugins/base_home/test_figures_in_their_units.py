"""No quantity is shown finer than its unit: what accepted pieces have used by standard has many decimals, and stock follows."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.values import shown_in
from tests.figures_shown import too_fine
from tests.hub_pages import crawl


@pytest.mark.parametrize(
    ("qty", "unit", "step", "shown"),
    [
        ("382.76455", "yd", None, "382.76"), ("4043.06", "pcs", None, "4043"), ("10.52744", "kg", None, "10.53"),
        ("10.525", "kg", "0.01", "10.53"), ("10.5274", "kg", "0.001", "10.527"), ("0.0026", "m", None, "0"),
        ("-0.0026", "m", None, "0"), ("-0.5", "pcs", None, "-1"), ("2.6", "pcs", "5", "3"), ("9.5", "gross", None, "9.5"),
        ("1.2345", "bolt", None, "1.2345"), ("7.25", "bolt", "0.5", "7.5"),
    ],
)  # fmt: skip
def test_a_quantity_in_steps_of_its_unit(qty: str, unit: str, step: str | None, shown: str) -> None:
    found = shown_in(Decimal(qty), unit, Decimal(step) if step else None)
    assert found == Decimal(shown)
    assert not str(found).startswith("-0")


def test_pages_where_fine_figures_stand(enter: Callable[[str], Any]) -> None:
    """Stock, cards, what is on order, the Hub page, statements and their file."""
    browser = enter("mgr")
    pages = ["/", *(f"/inventory/stock/{name}" for name in ("main", "trim", "low", "ageing"))]
    stock = "".join(browser.get(page).text for page in pages[1:3])
    for kind in ("card", "expected"):
        found = re.findall(rf'href="(/inventory/stock/{kind}[^"]*)"', stock)
        assert found
        pages += [href.replace("&amp;", "&") for href in dict.fromkeys(found)][:25]
    pages += sorted(set(re.findall(r"/catalog/material/\d+", stock)))[:5]
    pages += sorted(
        set(re.findall(r"/factory_stock/statement/\d+", browser.get("/factory_stock/statement/").text))
    )
    assert {page: fine for page in pages if (fine := too_fine(browser.get(page).text))} == {}
    files = [page + "/materials.csv" for page in pages if re.fullmatch(r"/factory_stock/statement/\d+", page)]
    assert files
    for address in files:
        rows = list(csv.DictReader(browser.get(address).get_data(as_text=True).lstrip("\ufeff").splitlines()))
        assert rows
        for row in rows:
            for name in ("Used", "At factory", "Standard use", "Net consumption"):
                assert Decimal(row[name]) == shown_in(Decimal(row[name]), row["Unit"]), (address, row)


@pytest.mark.thorough
def test_no_page_shows_a_quantity_finer_than_its_unit(enter: Callable[[str], Any]) -> None:
    wrong: dict[str, list[str]] = defaultdict(list)

    def see(address: str, page: str) -> None:
        if not address.startswith("/engineering/queries/"):  # what one piece takes is consumption
            wrong[address] += too_fine(page)

    assert crawl(enter("mgr"), see=see, alike=4) == []
    assert {address: found for address, found in wrong.items() if found} == {}

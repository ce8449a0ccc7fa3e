"""No quantity is shown finer than its unit: what accepted pieces have used by standard has many decimals, and stock follows."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.base_api import Hub, TenantInfo
from core.values import shown_in
from kit.printing.documents import compose
from tests.figures_shown import too_fine, too_fine_in_file, too_fine_on_paper
from tests.hub_pages import crawl


def _rows(reply: Any) -> list[dict[str, str]]:
    """The rows of a file that is a list."""
    return list(csv.DictReader(reply.get_data(as_text=True).lstrip("\ufeff").splitlines()))


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
        rows = _rows(browser.get(address))
        assert rows
        for row in rows:
            for name in ("Used", "At factory", "Standard use", "Net consumption"):
                assert Decimal(row[name]) == shown_in(Decimal(row[name]), row["Unit"]), (address, row)
    for view in ("main", "trim", "ageing"):
        assert too_fine_in_file(_rows(browser.get(f"/inventory/stock/{view}/export/csv"))) == []


CONSUMPTION = "/engineering/queries/"
"""What a piece takes, exactly: no quantity of anything that is there."""


@pytest.mark.thorough
def test_no_page_and_no_file_says_a_quantity_finer_than_its_unit(enter: Callable[[str], Any]) -> None:
    wrong: dict[str, list[str]] = defaultdict(list)
    files = set()

    def see(address: str, page: str) -> None:
        if not address.startswith(CONSUMPTION):
            wrong[address] += too_fine(page)

    def take(address: str, reply: Any) -> None:
        if reply.mimetype == "text/csv" and not address.startswith(CONSUMPTION):
            files.add(address.partition("?")[0])
            wrong[address] += too_fine_in_file(_rows(reply))

    assert crawl(enter("mgr"), see=see, alike=4, take=take) == []
    assert len(files) > 40
    assert {address: found for address, found in wrong.items() if found} == {}


@pytest.mark.thorough
def test_no_paper_says_a_quantity_finer_than_its_unit(hub: Hub, office: TenantInfo) -> None:
    wrong: dict[str, list[str]] = {}
    papers = set()
    with hub.context(office) as ctx:
        for kind in ctx.registry.documents.all_standing(ctx.enabled):
            for row in ctx.session.scalars(select(ctx.registry.entities[kind.entity].model)):
                if kind.visible is not None and not kind.visible(ctx, row):
                    continue
                papers.add(kind.name)
                if found := too_fine_on_paper(compose(ctx, kind.name, row, "en").html):
                    wrong[f"{kind.name} {row.id}"] = found
    assert len(papers) > 8
    assert wrong == {}

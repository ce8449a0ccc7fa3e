"""The full-process table of the demo against figures worked out by hand, its filters, its files, its number of queries."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from plugins.factory_buying import shown as buying
from plugins.orders.services import pieces
from tests.hub_pages import words

# FO-2026-0001 makes SO-26001, -2, -3; FO-2026-0002 makes -4, -5, -6; the draft FO-2026-0003 makes -7 and -8.
#
# Need. FO-1, 26 groups: jersey, rib 1x1, terry, rib 2x2 and cord in 2 colours each (10), thread in 4 colours (14), main label,
# care label, hangtag, polybag (18), size labels XS-XL (23), cartons for 3 destinations (26). FO-2, 30 groups: oxford and twill
# in 2 colours (4), pocketing, interlining, 2 buttons (8), thread in 4 colours (12), zipper in 2 (14), 4 labels and bags (18),
# size labels S-XXL and 34-42 (28), cartons for 2 destinations (30). FO-3, 39 groups, is computed from its draft.
#
# PO %. FO-1: every group is on a purchase order in full: 100. FO-2: 7 lines, each for more than is needed: 7 of 30 = 23.33.
#
# Received %. FO-1: all but the cartons of New York and Hamburg: 24 of 26 = 92.31. FO-2: twill khaki 1,100 of 1,062.99 yd (1),
# buttons 18L 164 gross = 23,616 of 23,567 (1), oxford light blue 2,000 m = 2,187.23 of 2,516.60 yd
# ((356.4 + 772.8 + 770 + 404.8 + 115.8) x 1.04 = 2,516.592): (2 + 0.86912) / 30 = 9.56.
#
# Goods in. SO-26001: navy 122, 303, 424, 303, 121 of 120, 300, 420, 300, 120, each capped = 1,260; white 680; 1,940 of 2,520
# = 76.98. SO-26002: grey M 150 - 4, L 100 - 2 = 244 of 1,840 = 13.26. Shipped: 350 of 2,520 = 13.89.
#
# Paid. FO-1: 36,754.40 of 74,648 = 49.24. FO-2: 2,558.40 of 8,528 = 30.00. A draft is not paid.
#
# Gate. FO-1: the cartons of New York and Hamburg are short, 26 - 24 = 2, and production runs. FO-2: twill khaki and buttons
# 18L are there, 30 - 2 = 28 are short, and it waits. Nothing is said of a draft.
#
# Timeline, as of Mon 11-23. FO-1 ships 12-11: of what is due by now only packing material is not there (12-11 - 20 = 11-21),
# which is not critical: on time. FO-2 ships 12-28: the contract is not signed (12-28 - 70 = 10-19): late. FO-3 ships 01-08:
# bulk fabric is not on order (01-08 - 84 = 10-16): late.
TABLE = {
    #            need PO %      received  state            gate                     timeline   goods in shipped  paid
    "SO-26001": (26, "100", "92.31", "In production", "2 short, in production", "On time", "76.98", "13.89", "49.24"),
    "SO-26002": (26, "100", "92.31", "In production", "2 short, in production", "On time", "13.26", "0", "49.24"),
    "SO-26003": (26, "100", "92.31", "In production", "2 short, in production", "On time", "0", "0", "49.24"),
    "SO-26006": (30, "23.33", "9.56", "Issued", "HOLD (28 short)", "Late", "0", "0", "30"),
    "SO-26004": (30, "23.33", "9.56", "Issued", "HOLD (28 short)", "Late", "0", "0", "30"),
    "SO-26008": (39, "0", "0", "Draft", "", "Late", "0", "0", ""),
    "SO-26005": (30, "23.33", "9.56", "Issued", "HOLD (28 short)", "Late", "0", "0", "30"),
    "SO-26007": (39, "0", "0", "Draft", "", "Late", "0", "0", ""),
}  # fmt: skip
HEAD = ["Order no.", "Customer", "Customer PO", "State", "First ship date", "Pieces", "FO need", "FO ordered %",
        "FO received %", "Factory order", "Material gate", "Timeline", "Goods in", "Shipped", "Factory paid"]  # fmt: skip

TRADED = ("SO-261", "SO-2026-")
"""What is bought finished, and the copy of it that is sold at home, have no factory order."""


def table(client: Any, query: str = "") -> list[dict[str, str]]:
    """The exported table."""
    reply = client.get(f"/process/export/csv{query}")
    assert reply.status_code == 200
    return list(csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig"))))


def test_the_demo_by_hand(enter: Callable[[str], Any]) -> None:
    found = [row for row in table(enter("mgr")) if not row["Order no."].startswith(TRADED)]
    assert list(found[0]) == HEAD
    shown = {
        row["Order no."]: (int(row["FO need"].split()[0]), *(row[name] for name in HEAD[7:])) for row in found
    }
    assert shown == TABLE
    assert [row["Order no."] for row in found] == list(TABLE), "by ship date"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=HL-88", ["SO-26001", "SO-26002"]),
        ("?q=so-26008", ["SO-26008"]),
        ("?q=harborline", ["SO-26001", "SO-26002"]),
        ("?customer=C04", ["SO-26006", "SO-26008"]),
        ("?ship_date_from=2026-12-18&ship_date_to=2026-12-28", ["SO-26002", "SO-26003", "SO-26006"]),
        ("?state=draft", []),
        ("?state=confirmed&customer=C03", ["SO-26007"]),
        ("?ship_date_from=nonsense", []),
        ("?sort=-qty&customer=C02", ["SO-26004", "SO-26005"]),
    ],
)
def test_filters_hold_on_the_page_and_in_the_file(
    enter: Callable[[str], Any], query: str, expected: list[str]
) -> None:
    client = enter("merch")
    assert [row["Order no."] for row in table(client, query)] == expected
    page = words(client.get(f"/process/{query}").text)
    assert [n for n in TABLE if n in page] == [n for n in TABLE if n in expected]


def test_closed_orders_are_left_out_until_asked_for(
    enter: Callable[[str], Any], hub: Any, office: Any
) -> None:
    from sqlalchemy import update

    from plugins.orders.models import CustomerOrder

    def state(code: str) -> None:
        with hub.context(office) as ctx:
            ctx.session.execute(
                update(CustomerOrder).where(CustomerOrder.number == "SO-26008").values(state=code)
            )

    state("closed")
    try:
        client = enter("merch")
        assert "SO-26008" not in {row["Order no."] for row in table(client)}
        assert "SO-26008" in {row["Order no."] for row in table(client, "?state=")}
        first = client.get("/process/?state=&size=5").text
        assert "state=" in first.split('rel="next"', 1)[0].rsplit("href=", 1)[1], (
            "the next page asks for all, too"
        )
    finally:
        state("confirmed")


def test_the_workbook_holds_numbers_and_days(enter: Callable[[str], Any]) -> None:
    reply = enter("mgr").get("/process/export/xlsx?customer=C05")
    rows = list(load_workbook(io.BytesIO(reply.data)).active.iter_rows(values_only=True))
    assert [str(cell) for cell in rows[0]] == HEAD
    assert len(rows) == 2
    row = dict(zip(HEAD, rows[1], strict=True))
    assert row["FO received %"] == 92.31
    assert row["First ship date"].date() == date(2026, 12, 18)


def test_a_page_makes_the_same_number_of_queries_for_eight_rows_and_for_eleven(
    enter: Callable[[str], Any], count_queries: Any
) -> None:
    client = enter("mgr")
    counts = {}
    for size in (8, 11):
        client.get(f"/process/?size={size}")
        with count_queries() as log:
            assert client.get(f"/process/?size={size}").status_code == 200
        # a server marks each step so that one that fails spoils no other: two marks a step, not queries
        counts[size] = sum(not each.startswith(("SAVEPOINT", "RELEASE")) for each in log.statements)
    assert counts[8] == counts[11]
    assert counts[11] <= 60, log


def test_the_hub_page_makes_few_queries(enter: Callable[[str], Any], count_queries: Any) -> None:
    client = enter("mgr")
    client.get("/")
    with count_queries() as log:
        client.get("/")
    assert log.count <= 123, log  # of fourteen plugins, whatever they hold


def test_figures_say_how_they_are_counted(enter: Callable[[str], Any]) -> None:
    said = words(enter("mgr").get("/process/").text)
    assert "A factory order is counted whole" in said
    assert "the one paid least" in said


# --- an order on several factory orders ----------------------------------------------------------------------------------


def test_of_several_factory_orders_the_one_least_far_along(
    enter: Callable[[str], Any], hub: Any, office: Any
) -> None:
    from sqlalchemy import select

    from plugins.orders.models import OrderLine
    from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine

    def move(number: str) -> None:
        """The line of SO-26003 goes from one factory order to another."""
        with hub.context(office) as ctx:
            line = ctx.session.scalars(
                select(FactoryOrderLine).where(FactoryOrderLine.customer_po == "LQ-2026-31")
            ).one()
            line.order_id = ctx.session.scalars(
                select(FactoryOrder.id).where(FactoryOrder.number == number)
            ).one()
            assert ctx.session.scalar(select(OrderLine.id).limit(1))

    def rename(order: str) -> None:
        """The line of SO-26004 on FO-2 counts for another customer order."""
        from plugins.orders.models import CustomerOrder

        with hub.context(office) as ctx:
            line = ctx.session.scalars(
                select(FactoryOrderLine).where(FactoryOrderLine.customer_po == "LQ-2026-31")
            ).one()
            line.customer_order_id = ctx.session.scalars(
                select(CustomerOrder.id).where(CustomerOrder.number == order)
            ).one()

    rename("SO-26003")  # now on FO-1, in production, and on FO-2, issued
    try:
        row = next(r for r in table(enter("mgr")) if r["Order no."] == "SO-26003")
        assert row["Factory order"] == "Issued · 2 orders"
        assert row["Material gate"] == "HOLD (28 short)"  # held is worse than short in production
        assert row["Timeline"] == "Late"
        assert row["Factory paid"] == "30"  # the lesser of 49.24 and 30.00
        assert row["FO need"] == "56 groups"
        assert row["FO ordered %"] == "58.93"  # (26 + 7) of 56
        assert row["FO received %"] == "47.98"  # (24 + 2.86912) of 56
    finally:
        rename("SO-26004")


# --- the rules by themselves ---------------------------------------------------------------------------------------------

CELLS = st.dictionaries(
    st.tuples(st.integers(1, 3), st.integers(1, 3)), st.integers(0, 500), min_size=1, max_size=6
)


@given(CELLS, CELLS)
def test_more_of_one_size_never_hides_another(ordered: dict[Any, int], done: dict[Any, int]) -> None:
    there, wanted = pieces.share({1: ordered}, {1: done}, 1)
    assert wanted == sum(ordered.values())
    assert 0 <= there <= wanted
    assert (there == wanted) == all(done.get(cell, 0) >= qty for cell, qty in ordered.items())
    much = {cell: qty + 10_000 for cell, qty in done.items()}
    for cell in done:
        assert pieces.share({1: ordered}, {1: {**done, cell: much[cell]}}, 1)[0] - there <= ordered.get(
            cell, 0
        )


@given(st.decimals(0, 10**6, places=3), st.decimals(0, 10**6, places=3))
def test_a_group_is_covered_once_at_most(have: Decimal, wanted: Decimal) -> None:
    found = buying.part(have, wanted)
    assert 0 <= found <= 1
    assert (found == 1) == (have >= wanted)
    if have < wanted:
        assert found == Fraction(have) / Fraction(wanted)

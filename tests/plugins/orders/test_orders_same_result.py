"""Grid, quick entry and a pasted table give the same lines; totals are what a person would add up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Ctx, Refused, audit_history, run_action
from kit.sizes import posted_blocks
from plugins.orders.screens import grid
from plugins.orders.services import text_entry
from plugins.orders.services.lines import save_lines
from plugins.orders.services.text_entry import Defaults
from plugins.orders.shown.figures import figures, matrices
from tests.plugins.orders.conftest import DAY, facts, line, make_order
from tests.support.order import examples

COLORS = {"234": ["NVY"], "ST-1": ["NVY", "WHT"], "KID": ["RED", "NVY"]}
SIZES = {"234": ["S", "M", "L", "XL"], "ST-1": ["S", "M", "L", "XL"], "KID": ["110", "120", "130"]}
RELAXED = settings(
    max_examples=examples(6, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

place = st.sampled_from(
    [(s, c, d) for s, colors in COLORS.items() for c in colors for d in ("US-LAX", "JP-TYO")]
)


@st.composite
def a_line(draw: st.DrawFn, where: tuple[str, str, str]) -> tuple[tuple[str, str, str], dict[str, int]]:
    sizes = draw(st.lists(st.sampled_from(SIZES[where[0]]), min_size=1, unique=True))
    return where, {size: draw(st.integers(1, 99_999)) for size in sizes}


an_order = st.lists(place, min_size=1, max_size=8, unique=True).flatmap(
    lambda ps: st.tuples(*(a_line(p) for p in ps))
)
a_price = st.decimals(0, 5000, places=6).map(lambda d: f"{d:f}")


def grid_form(wanted: Any, price: str) -> dict[str, str]:
    """What a browser would post: one block per style and destination."""
    form: dict[str, str] = {}
    blocks: dict[tuple[str, str], int] = {}
    for index, ((style, color, destination), sizes) in enumerate(wanted):
        block = blocks.setdefault((style, destination), len(blocks))
        form |= {
            f"blocks-{block}-style": style.lower(),
            f"blocks-{block}-destination": destination,
            f"blocks-{block}-ship_date": DAY.isoformat(),
            f"blocks-{block}-price": price,
            f"lines-{index}-block": str(block),
            f"lines-{index}-color": color,
        }
        form |= {f"lines-{index}-sizes.pcs.{size}": str(sizes.get(size, "")) for size in SIZES[style]}
    return form


def quick_text(wanted: Any) -> str:
    return "\n".join(
        f"{style} @{color} #{destination}, " + ", ".join(f"{size}-{pieces}" for size, pieces in sizes.items())
        for (style, color, destination), sizes in wanted
    )


def table_text(wanted: Any) -> str:
    codes = sorted({size for _p, sizes in wanted for size in sizes})
    rows = ["\t".join(["款號", "顏色", "目的地", *codes, "合計"])]
    for (style, color, destination), sizes in wanted:
        cells = [str(sizes.get(code, "")) for code in codes]
        rows.append("\t".join([style, color, destination, *cells, str(sum(sizes.values()))]))
    return "\n".join(rows)


def long_text(wanted: Any) -> str:
    rows = ["style,color,destination,size,qty"]
    rows += [f"{s},{c},{d},{size},{pieces}" for (s, c, d), sizes in wanted for size, pieces in sizes.items()]
    return "\n".join(rows)


def payload(wanted: Any, price: str) -> list[dict[str, Any]]:
    return [
        {
            "style": style, "color": color, "destination": destination, "ship_date": DAY.isoformat(), "price": price,
            "qty": sum(sizes.values()), "sizes": [{"size": size, "pcs": pieces} for size, pieces in sizes.items()],
        }
        for (style, color, destination), sizes in wanted
    ]  # fmt: skip


@RELAXED
@given(wanted=an_order, price=a_price)
def test_grid_quick_entry_and_table_give_the_same_order(shop: Ctx, wanted: Any, price: str) -> None:
    by_grid, by_quick, by_table, by_long, by_payload = (make_order(shop) for _ in range(5))
    defaults = Defaults("", DAY.isoformat(), price)
    blocks = posted_blocks(grid.GRID, grid_form(wanted, price))
    wanted = sorted(
        wanted,
        key=lambda w: [
            b.index
            for b in blocks
            if (b.typed["style"].upper(), b.typed["destination"]) == (w[0][0], w[0][2])
        ],
    )
    text_entry.save_entry(shop, by_grid, grid.input_lines(blocks), {}, Defaults())
    text_entry.save_entry(shop, by_quick, [], {"quick": quick_text(wanted)}, defaults)
    text_entry.save_entry(shop, by_table, [], {"table": table_text(wanted)}, defaults)
    text_entry.save_entry(shop, by_long, [], {"table": long_text(wanted)}, defaults)
    run_action(
        shop, shop.registry.entity_for(by_payload), by_payload, "lines", {"lines": payload(wanted, price)}
    )
    assert facts(shop, by_grid) == facts(shop, by_quick) == facts(shop, by_table) == facts(shop, by_long)
    assert facts(shop, by_payload) == facts(shop, by_grid)
    assert [(f[0], f[1], f[2]) for f in facts(shop, by_grid)] == [where for where, _sizes in wanted]

    # and the saved order, shown in the grid and saved again untouched, stays as it is
    version = by_grid.version
    again = grid.line_blocks(by_grid.lines)
    grid.dress(shop, again)
    save_lines(shop, by_grid, grid.input_lines(again))
    assert by_grid.version == version


@RELAXED
@given(wanted=an_order, price=a_price, tax=st.decimals(0, 30, places=2))
def test_totals_are_what_one_adds_up(shop: Ctx, wanted: Any, price: str, tax: Decimal) -> None:
    order = make_order(shop, tax_pct=tax)
    text_entry.save_entry(
        shop, order, [], {"quick": quick_text(wanted)}, Defaults("", DAY.isoformat(), price)
    )
    found = figures(shop, order)
    cent = Decimal("0.01")
    amounts = [(sum(sizes.values()) * Decimal(price)).quantize(cent, ROUND_HALF_UP) for _p, sizes in wanted]
    assert found["subtotal"] == sum(amounts)
    assert found["tax"] == (sum(amounts) * tax / 100).quantize(cent, ROUND_HALF_UP)
    assert found["total"] == found["subtotal"] + found["tax"]
    pieces = sum(sum(sizes.values()) for _p, sizes in wanted)
    assert found["qty"] == found["unallocated"] == order.qty == pieces
    for part in ("sizes", "styles", "destinations"):
        assert sum(group["qty"] for group in found[part]) == pieces
    assert (
        sum(g["amount"] for g in found["styles"])
        == sum(g["amount"] for g in found["destinations"])
        == found["subtotal"]
    )
    by_size = {g["size"]: g["qty"] for g in found["sizes"]}
    for size in {s for _p, sizes in wanted for s in sizes}:
        assert by_size[size] == sum(sizes.get(size, 0) for _p, sizes in wanted)
    tables = matrices(found["lines"])
    assert sum(t["qty"] for t in tables) == pieces
    assert all(sum(t["qty_by_size"]) == t["qty"] for t in tables)


def test_line_amounts_are_rounded_half_up_one_by_one(shop: Ctx) -> None:
    order = make_order(shop, tax_pct=Decimal(5))
    save_lines(
        shop,
        order,
        [line(sizes=[("S", 1)], price="0.125"), line(color="WHT", sizes=[("S", 1)], price="0.125")],
    )
    found = figures(shop, order)
    assert [str(row["amount"]) for row in found["lines"]] == ["0.13", "0.13"]
    assert (str(found["subtotal"]), str(found["tax"]), str(found["total"])) == ("0.26", "0.01", "0.27")


TEXTS: list[tuple[str, str, dict[str, str], list[tuple[str, str]]]] = [
    ("quick", "999, S-1\nST-1, S-1\n234, 110-1", {}, [
        ("quick", "Line 1: There is no style “999”."),
        ("quick", "Line 2: The colour is missing. ST-1 comes in NVY, WHT."),
        ("quick", "Line 3: Size “110” is not in the run of 234: S, M, L, XL."),
    ]),
    ("quick", "234, S-1", {"destination": "", "ship_date": "", "price": "1.1234567"}, [
        ("destination", "The destination is missing."), ("ship_date", "The ship date is missing."),
        ("price", "At most 6 decimals."),
    ]),
    ("quick", "234, S-1\n234, M-1", {}, [("quick", "Line 2: Twice the same: style 234, colour NVY")]),
    ("quick", "234, S-0\nST-1, S-1\n999", {}, [
        ("quick", "Line 1: “0”: at least 1 piece."), ("quick", "Line 2: The colour is missing."),
        ("quick", "Line 3: No sizes."),
    ]),
    ("table", "234\tS\n1\t2", {}, [("table", "The first row must name the columns")]),
    ("table", "style\tcolor\tS\ttotal\nST-1\tNVY\t3\t4\n\tWHT\t1.5\t", {}, [
        ("table", "Line 2: The sizes add up to 3, not to 4."), ("table", "Line 3: “1.5”: garments are whole pieces."),
    ]),
    ("table", "style\tcolor\tXXS\nST-1\tNVY\t3", {}, [("table", "Line 1: “XXS”: neither a size nor a column")]),
    ("table", "style\tcolor\tS\t\nST-1\tNVY\t3\t9", {}, [("table", "Line 2: “9” stands in a column without a heading.")]),
]  # fmt: skip


@pytest.mark.parametrize(("how", "text", "defaults", "wanted"), TEXTS)
def test_texts_are_refused_line_by_line(
    shop: Ctx, how: str, text: str, defaults: dict[str, str], wanted: list[tuple[str, str]]
) -> None:
    order = make_order(shop)
    given_defaults = {"destination": "US-LAX", "ship_date": "2026-12-18", "price": "2", **defaults}
    with pytest.raises(Refused) as refused:
        text_entry.save_entry(shop, order, [], {how: text}, Defaults(**given_defaults))
    found = [(p.field, str(p)) for p in refused.value.problems]
    assert len(found) == len(wanted)
    for (field, said), (at, message) in zip(found, wanted, strict=True):
        assert field == at
        assert message in said
    assert facts(shop, order) == []


def test_a_wrong_text_saves_nothing_of_the_grid_and_both_are_reported(shop: Ctx) -> None:
    order = make_order(shop)
    with pytest.raises(Refused) as refused:
        text_entry.save_entry(
            shop,
            order,
            [line(), line("NONE", name="lines-1")],
            {"quick": "234"},
            Defaults("US-LAX", "2026-12-18", "1"),
        )
    assert [p.field for p in refused.value.problems] == ["lines-1-style", "quick"]
    assert facts(shop, order) == []


def test_a_table_carries_on_what_merged_cells_leave_out(shop: Ctx) -> None:
    order = make_order(shop)
    text = (
        "Style\tColour\tDestination\tShip date\tPrice\tS\tM\tTotal\n"
        "ST-1\tNVY\tUS-LAX\t2026/12/18\t2.5\t1\t2\t3\n"
        "\tWHT\t\t\t\t3\t\t3\n"
        "Total\t\t\t\t\t4\t2\t6\n"
        "Style\tColour\tDestination\tShip date\tPrice\t110\t120\n"
        "KID\tRED\tJP-TYO\t2026-12-25\t9\t5\t\n"
    )
    text_entry.save_entry(shop, order, [], {"table": text}, Defaults())
    assert [(f[0], f[1], f[2], str(f[4].normalize()), f[5]) for f in facts(shop, order)] == [
        ("ST-1", "NVY", "US-LAX", "2.5", 3),
        ("ST-1", "WHT", "US-LAX", "2.5", 3),
        ("KID", "RED", "JP-TYO", "9", 5),
    ]


# --- the payload of the action, which the command line takes -----------------------------------------------------------


def lines_by_payload(ctx: Ctx, order: Any, *rows: dict[str, Any], **more: Any) -> None:
    run_action(ctx, ctx.registry.entity_for(order), order, "lines", {"lines": list(rows), **more})


def test_a_row_with_a_number_changes_that_line_and_keeps_the_rest(shop: Ctx) -> None:
    order = make_order(shop)
    both = (("ST-1", "NVY", "US-LAX"), {"S": 5, "M": 6}), (("ST-1", "WHT", "US-LAX"), {"S": 7})
    lines_by_payload(shop, order, *payload(both, "2"))
    version = order.version
    lines_by_payload(
        shop, order, {"line": 2, "price": "2.50", "sizes": [{"size": "M", "pcs": 9}]}, {"line": 1}
    )
    assert [(f[1], str(f[4].normalize()), f[5]) for f in facts(shop, order)] == [
        ("NVY", "2", 11),
        ("WHT", "2.5", 9),
    ]
    assert order.version > version
    version = order.version
    lines_by_payload(shop, order, {"line": 1})
    assert order.version == version, "nothing changed"
    did = [(e.action, len(e.changes)) for e in audit_history(shop, "orders.order", order.id)]
    assert did[:2] == [("lines", 1), ("lines", 2)]
    lines_by_payload(shop, order, {"line": 2}, replace=True)
    assert [f[1] for f in facts(shop, order)] == ["WHT"]


def test_what_is_wrong_with_a_payload_is_said_at_its_rows(shop: Ctx) -> None:
    order = make_order(shop)
    (good,) = payload([(("ST-1", "NVY", "US-LAX"), {"S": 5})], "2")
    cases: list[tuple[list[dict[str, Any]], str, str]] = [
        ([good, {**good, "line": 4}], "lines.1.line", "has no line 4"),
        ([{**good, "style": "NONE"}], "lines.0.style", "no Style “NONE”"),
        ([good, {**good, "color": "RED"}], "lines.1.color", "RED"),
        ([{**good, "sizes": [{"size": "XXL", "pcs": 5}]}], "lines.0.sizes", "XXL"),
        ([{**good, "sizes": [{"size": "S", "pcs": -5}]}], "lines.0.sizes.0.pcs", "At least 0"),
        ([{**good, "qty": 6}], "lines.0.qty", "6"),
        ([{**good, "ship_date": "soon"}], "lines.0.ship_date", "not a date"),
        ([good, good], "lines.1.color", ""),
        ([], "lines", "At least one row"),
    ]
    for rows, place, message in cases:
        with pytest.raises(Refused) as refused:
            lines_by_payload(shop, order, *rows)
        assert [(p.field, message in str(p)) for p in refused.value.problems] == [(place, True)], rows
    assert facts(shop, order) == []

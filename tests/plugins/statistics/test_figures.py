"""Every view against the same sums by hand, over random trades, of the rows that plugins tell (`trade_facts`); and the figures
of the demo company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.tables import Table
from plugins.statistics.services.views import table_of
from tests.plugins.statistics.conftest import (
    COLORS,
    CUSTOMERS,
    FACTORIES,
    PORTS,
    RATES,
    STYLES,
    Line,
    Sale,
    forgotten,
    put,
)
from tests.support.order import examples

D = Decimal
SPAN = Asked(date(2026, 10, 1), date(2026, 11, 20))
PRICES = st.none() | st.decimals(D("0.01"), D("99.999999"), places=6)


@st.composite
def lines(draw: Any, cell: tuple[str, str, str]) -> Line:
    """What happened to one line; what came and left may be more than was ordered."""
    style, color, port = cell
    bought = draw(st.integers(0, 50))
    came = draw(st.integers(0, 60)) if bought else 0
    return Line(
        style, color, port, draw(st.sampled_from("ML")), draw(st.integers(0, 50)), draw(PRICES), bought,
        draw(st.integers(0, bought)), draw(PRICES), came, draw(st.integers(0, came)),
        date(2026, 11, 10) + timedelta(draw(st.integers(-1, 1))), draw(st.integers(0, 60)),
    )  # fmt: skip


@st.composite
def sales(draw: Any) -> Sale:
    """An order of a day in or about the span."""
    cells = draw(
        st.lists(
            st.tuples(st.sampled_from(STYLES), st.sampled_from(COLORS), st.sampled_from(PORTS)),
            min_size=1,
            max_size=3,
            unique_by=lambda cell: cell[0],
        )
    )
    return Sale(
        draw(st.sampled_from(CUSTOMERS)), draw(st.sampled_from(FACTORIES)), draw(st.sampled_from(["", "SS27", "FW27"])),
        date(2026, 10, 1) + timedelta(draw(st.integers(-1, 51))),
        draw(st.sampled_from(["draft", "confirmed", "closed", "cancelled"])),
        draw(st.sampled_from(list(RATES))), draw(st.sampled_from(list(RATES))), tuple(draw(lines(cell)) for cell in cells),
        date(2026, 11, 10) + timedelta(draw(st.integers(0, 30))),
    )  # fmt: skip


KEYS: dict[str, Callable[[Sale, Line], str]] = {
    "style": lambda sale, line: line.style,
    "color": lambda sale, line: line.color,
    "size": lambda sale, line: line.size,
    "customer": lambda sale, line: sale.customer,
    "vendor": lambda sale, line: sale.factory,
    "destination": lambda sale, line: line.port,
    "season": lambda sale, line: sale.season,
    "month": lambda sale, line: f"{sale.day:%Y-%m}",
}


def within(sale: Sale) -> bool:
    return SPAN.since <= sale.day <= SPAN.until


def counts(sale: Sale) -> bool:
    return within(sale) and sale.state in ("confirmed", "closed")


def money(value: Fraction) -> Decimal:
    """Rounded once to whole dollars."""
    return nearest(value, 0)


def nearest(value: Fraction, places: int) -> Decimal:
    return (D(value.numerator) / D(value.denominator)).quantize(D(1).scaleb(-places), ROUND_HALF_UP)


def worth(qty: int, price: Decimal | None, currency: str) -> Fraction:
    return Fraction(price or 0) * qty * Fraction(RATES[currency])


def by_code(table: Table, *names: str) -> dict[str, tuple[Any, ...]]:
    return filled({row.code: tuple(row.figures[name] for name in names) for row in table.rows})


def filled(found: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Without groups of nothing: they stand in a view where another figure has some."""
    return {code: figures for code, figures in found.items() if any(figures)}


def summed(rows: Any) -> dict[str, list[Any]]:
    """Group → sums, in the order in which they come."""
    found: dict[str, list[Any]] = {}
    for key, *parts in rows:
        own = found.setdefault(key, [0] * len(parts))
        for i, part in enumerate(parts):
            own[i] += part
    return found


@settings(
    phases=[Phase.generate],
    max_examples=examples(3, 60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(trade=st.lists(sales(), min_size=2, max_size=4).map(tuple))
def test_every_view_is_what_people_add_up(masters: Ctx, trade: tuple[Sale, ...]) -> None:
    ctx = masters
    with forgotten(ctx):
        put(ctx, trade)
        every = [(sale, line) for sale in trade for line in sale.lines]
        sold = [(sale, line) for sale, line in every if counts(sale)]
        bought = [(sale, line) for sale, line in every if within(sale) and line.bought]
        for group, key in KEYS.items():
            if group != "vendor":
                expected = summed((key(s, x), x.qty, worth(x.qty, x.price, s.currency)) for s, x in sold)
                found = by_code(table_of(ctx, "sellers", group, SPAN), "qty", "value")
                assert found == filled(
                    {code: (qty, money(value)) for code, (qty, value) in expected.items()}
                ), group
            paid = summed(
                (key(s, x), x.bought - x.released, worth(x.bought - x.released, x.cost, s.paid_in))
                for s, x in bought
            )
            found = by_code(table_of(ctx, "bought", group, SPAN), "qty", "value")
            assert found == filled({code: (qty, money(value)) for code, (qty, value) in paid.items()}), group
        _profit(ctx, every, sold)
        _stale(ctx, sold, bought)
        _balance(ctx, sold)
        _vendors(ctx, bought)


def _profit(ctx: Ctx, every: list[tuple[Sale, Line]], sold: list[tuple[Sale, Line]]) -> None:
    """Pieces without a price, and of styles whose cost nobody knows, are in no margin."""
    cost: dict[str, list[Any]] = defaultdict(lambda: [0, Fraction(0)])
    for sale, line in every:
        if sale.day <= SPAN.until and line.cost is not None and line.bought > line.released:
            cost[line.style][0] += line.bought - line.released
            cost[line.style][1] += worth(line.bought - line.released, line.cost, sale.paid_in)
    for group in ("style", "month", "customer"):
        rows = []
        for sale, line in sold:
            known = line.price is not None and line.style in cost
            pieces, value = cost[line.style] if known else (1, Fraction(0))
            rows.append(
                (KEYS[group](sale, line), line.qty, worth(line.qty, line.price, sale.currency) if known else 0,
                 value * line.qty / pieces, 0 if known else line.qty)
            )  # fmt: skip
        found = by_code(table_of(ctx, "profit", group, SPAN), "qty", "value", "cost", "unknown")
        expected = {
            code: (qty, money(Fraction(value)), money(Fraction(paid)), unknown)
            for code, (qty, value, paid, unknown) in summed(rows).items()
        }
        assert found == filled(expected), group


def _stale(ctx: Ctx, sold: list[tuple[Sale, Line]], bought: list[tuple[Sale, Line]]) -> None:
    expected = summed(
        [
            *((line.style, 0, line.qty) for _sale, line in sold),
            *((line.style, line.bought - line.released, 0) for _sale, line in bought),
        ]
    )
    table = table_of(ctx, "stale", "style", SPAN)
    assert by_code(table, "bought", "sold", "left") == filled(
        {code: (came, went, came - went) for code, (came, went) in expected.items()}
    )
    left = [row.figures["left"] for row in table.rows]
    assert left == sorted(left, reverse=True)


def _balance(ctx: Ctx, sold: list[tuple[Sale, Line]]) -> None:
    """What left too much of one line hides nothing of another; orders that are shipped, and closed ones, are not there."""
    expected = summed(
        (
            str(id(sale)),
            line.qty,
            max(0, line.qty - line.left),
            worth(max(0, line.qty - line.left), line.price, sale.currency),
        )
        for sale, line in sold
        if sale.state == "confirmed"
    )
    found = sorted(
        (r.figures["qty"], r.figures["balance"], r.figures["value"])
        for r in table_of(ctx, "balance", "", SPAN).rows
    )
    assert found == sorted(
        (qty, left, money(Fraction(value))) for qty, left, value in expected.values() if left
    )


def _vendors(ctx: Ctx, bought: list[tuple[Sale, Line]]) -> None:
    rows = []
    for sale, line in bought:
        wanted, good = line.bought - line.released, line.came - line.rejected
        done, over = min(wanted, good), sale.due <= ctx.today()
        timely = min(wanted, good) if line.came_on <= sale.due else 0
        rows.append((sale.factory, wanted, done, wanted if over else 0, timely if over else 0))

    def rate(part: int, whole: int) -> Decimal | None:
        return nearest(Fraction(100 * part, whole), 2) if whole else None

    expected = {
        code: (qty, done if qty else None, rate(done, qty), rate(timely, due))
        for code, (qty, done, due, timely) in summed(rows).items()
    }
    assert by_code(table_of(ctx, "vendors", "", SPAN), "qty", "accepted", "fulfilled", "on_time") == filled(
        expected
    )


def test_the_demo_company(hub: Hub, demo: TenantInfo) -> None:
    """2,184 of 6,160 pieces of the first factory order are in: 35.45 %."""
    with hub.context(demo) as ctx:
        asked = Asked(date(2026, 1, 1), ctx.today())
        found = by_code(table_of(ctx, "vendors", "", asked), "qty", "accepted", "fulfilled")
        assert found["F01"] == (6160, 2184, D("35.45"))
        sold = table_of(ctx, "sellers", "style", asked)
        behind = table_of(ctx, "documents", "", asked, "sold")
        assert sold.totals["qty"] == behind.totals["qty"] > 12_000

"""The factory's statement: figures by hand, the demo's figures, the identity after anything, panels, CSV, speed."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.models import Style
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import statement, statement_csv
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import FULL, came, do, fab, item, one, sent, stock
from tests.support.order import examples


def row_of(found: statement.Statement, name: str) -> statement.MaterialRow:
    return next(r for r in found.materials if str(r.name) == name)


def test_figures_by_hand(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo)  # all that is needed: NVY 126, WHT 63
    sent(shop, fo, fab("4", lot="A2", reason="cutting_loss", payer="factory"))
    sent(shop, fo, fab("3", "WHT"), kind="return")
    sent(shop, fo, fab("2", "WHT", reason="lost", payer="factory"), kind="write_off")
    came(shop, fo, {(1, "NVY"): {"S": (100, 10), "M": 50}, (1, "WHT"): {"L": 100}})
    found = statement.of_order(shop, fo)
    navy = row_of(found, "FAB NVY")
    # 140 pieces: net 28, standard 28 × 1.05 = 29.4; 130 − 29.4 = 100.6
    assert [navy.required, navy.sent, navy.extra, navy.returned, navy.written_off] == [126, 130, 4, 0, 0]
    assert [navy.used, navy.standard, navy.net, navy.at_factory] == [Decimal("29.4")] * 2 + [
        28,
        Decimal("100.6"),
    ]
    assert (statement.pct(navy.loss_pct), navy.excess, navy.short) == ("5.00", 0, 0)
    white = row_of(found, "FAB WHT")
    # 100 pieces: net 20, standard 21; 63 − 3 − 21 − 2 = 37; actual use 63 − 3 − 37 = 23: (23 − 20) ÷ 20
    assert [white.sent, white.returned, white.written_off, white.used] == [63, 3, 2, 21]
    assert (white.at_factory, statement.pct(white.loss_pct), white.excess) == (37, "15.00", 2)
    assert row_of(found, "CTN US-LAX").used == 10  # ⌈240 ÷ 24⌉
    assert found.balances
    assert [found.total(w) for w in ("ordered", "received", "rejected", "accepted", "balance")] == [
        900,
        250,
        10,
        240,
        660,
    ]
    assert statement.pct(found.fulfilled.qty) == "26.67"
    line = next(r for r in found.pieces if (r.position, r.color) == (1, "NVY"))
    assert {s: (c.received, c.rejected, c.accepted, c.balance) for s, c in line.cells.items()} == {
        "S": (100, 10, 90, 10),
        "M": (50, 0, 50, 50),
        "L": (0, 0, 0, 100),
    }


def test_over_received_sizes_do_not_hide_short_ones(shop: Ctx, fo: FactoryOrder) -> None:
    came(shop, fo, {(1, "NVY"): {"S": 103, "M": 50}})
    found = statement.of_order(shop, fo)
    assert (found.total("accepted"), statement.pct(found.fulfilled.qty)) == (153, "16.67")  # 150 of 900


def test_what_we_did_not_send_shows_as_not_booked(shop: Ctx, fo: FactoryOrder) -> None:
    came(shop, fo, {(1, "NVY"): FULL})
    navy = row_of(statement.of_order(shop, fo), "FAB NVY")
    assert (navy.standard, navy.used, navy.short, navy.loss_pct) == (63, 0, 63, None)


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in (1, 2))])
def test_it_balances_after_anything(shop: Ctx, fo: FactoryOrder, seed: int) -> None:
    """Random issues, returns, counts, write-offs, goods in and reversals, in any order: sent − returned − used −
    written off = at the factory, for every material, and the ledger is sound."""
    dice = random.Random(seed)
    stock(shop, (item(shop, "FAB", "WHT"), "300"))
    why = {"reason": "lost", "payer": "factory"}
    done = 0
    for _step in range(examples(16, 28)):
        what = dice.choice(
            ["issue", "issue", "return", "count", "write_off", "goods", "goods", "rework", "reverse"]
        )
        try:
            with shop.session.begin_nested():
                if what == "goods":
                    came(
                        shop,
                        fo,
                        {(1, "WHT"): {dice.choice("SML"): (dice.randint(1, 40), dice.randint(0, 1))}},
                    )
                elif what == "rework":
                    came(shop, fo, {(1, "WHT"): {dice.choice("SML"): 1}}, kind="rework")
                elif what == "reverse":
                    papers = [
                        *shop.session.scalars(select(Issue).where(Issue.state == "posted")),
                        *shop.session.scalars(select(GoodsIn).where(GoodsIn.state == "posted")),
                    ]
                    do(shop, dice.choice(papers), "reverse", reason="dice")
                else:
                    sent(shop, fo, fab(str(dice.randint(1, 30)), "WHT", **why), kind=what)
            done += 1
        except (Refused, IndexError):
            shop.session.expire_all()
        shop.memo.clear()
        found = statement.of_order(shop, fo)
        assert found.balances, [
            (str(r.name), r.rest, r.at_factory) for r in found.materials if not r.balances
        ]
        assert all(r.at_factory >= 0 for r in found.materials)
    assert done > 8
    assert ledger.verify(shop) == []


def test_the_demo_figures(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        order = ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.number == "FO-2026-0001")).one()
        found = statement.of_order(ctx, order)
        assert statement.pct(found.fulfilled.qty) == "35.45"
        assert statement.pct(found.fulfilled.value) == "23.72"  # cheap T-shirts are in, hoodies are not
        assert statement.pct(found.fulfilled.gap) == "11.74"  # of unrounded figures
        assert [found.total(w) for w in ("ordered", "received", "rejected", "settled", "accepted")] == [
            6160,
            2203,
            6,
            6,
            2197,
        ]
        navy = row_of(found, "FAB-SJ160 NVY")
        # 122 × 0.150 + 303 × 0.160 + 424 × 0.172 + 303 × 0.185 + 121 × 0.198 = 219.721 kg, + 6 %
        assert (navy.required, navy.sent, navy.net) == (
            Decimal("384.25"),
            Decimal("384.25"),
            Decimal("219.721"),
        )
        assert (navy.used, navy.at_factory) == (Decimal("232.90426"), Decimal("151.34574"))
        white = row_of(found, "FAB-SJ160 WHT")
        # 200 × 0.160 + 300 × 0.172 + 180 × 0.185 = 116.9, + 6 % = 123.914; 230.55 − 6.40 − 123.914
        assert (white.returned, white.used, white.at_factory) == (
            Decimal("6.4"),
            Decimal("123.914"),
            Decimal("100.236"),
        )
        black = row_of(found, "FAB-FT280 BLK")
        assert (black.sent, black.extra, black.at_factory) == (Decimal("638.33"), 12, Decimal("638.33"))
        assert found.balances
        assert ledger.verify(ctx) == []
        gone = ledger.balances(ctx, item_kind="garment", place_kinds=["customer"])
        traded = set(ctx.session.scalars(select(Style.id).where(Style.code.startswith("TR-"))))
        assert sum(qty for (made, _place), qty in gone.items() if made.id not in traded) == 350


def test_csv(shop: Ctx, fo: FactoryOrder) -> None:
    from plugins.catalog.models import Material

    one(shop, Material, "FAB").name = "=cmd|evil"
    sent(shop, fo)
    came(shop, fo, {(1, "NVY"): {"S": (20, 5)}})
    found = statement.of_order(shop, fo)
    raw = statement_csv.materials(found)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    navy = next(r for r in rows if (r["Material"], r["Colour"]) == ("FAB", "NVY"))
    assert (navy["Name"], navy["Sent to factory"], navy["Used"], navy["At factory"]) == (
        "'=cmd|evil",
        "126",
        "3.15",
        "122.85",
    )
    pieces = list(csv.DictReader(io.StringIO(statement_csv.pieces(found).decode("utf-8-sig"))))
    assert len(pieces) == 9
    assert [pieces[0][c] for c in ("Size", "Ordered", "Received", "Rejected", "Accepted", "Still to come")] == [
        "S", "100", "20", "5", "15", "85",
    ]  # fmt: skip


def test_as_many_queries_for_much_as_for_little(
    shop: Ctx, fo: FactoryOrder, count_queries: Callable[[], Any]
) -> None:
    sent(shop, fo, fab("1"))
    came(shop, fo, {(1, "NVY"): {"S": 1}})

    def read() -> int:
        shop.session.expire_all()
        shop.memo.clear()
        with count_queries() as log:
            statement.of_order(shop, fo)
        return int(log.count)

    few = read()
    sent(shop, fo)
    came(shop, fo, {(1, "NVY"): FULL | {"S": 50}, (1, "WHT"): FULL, (2, "NVY"): {"S": 5, "M": 5}})
    assert read() <= few + 3  # colours and destinations are named only where there are any
    assert few <= 40

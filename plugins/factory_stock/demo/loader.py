"""The demo tenant's issues, goods in and rework, brought in through the services that people use."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from core import ledger
from core.api import Ctx, advance_series, run_action
from plugins.catalog.api import Color, Size, cartons, sizes_of
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import goods_lines, issue_lines, places
from plugins.factory_stock.words import STORE
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine, rows
from plugins.stock.api import on_hand, stamps, stores

FOLDER = Path(__file__).parent
SERIES = {"IS": "issue", "RT": "factory_return", "GI": "fg_in", "RW": "rework"}
Rows = list[dict[str, str]]


def load(ctx: Ctx, shift: int) -> None:
    """Everything that moved, in the order of its days; every date moves by ``shift`` days. Twice is harmless.

    Needs the demo tenant's factory orders. Material that nobody received (purchasing is off) is there as opening stock.
    """
    if ctx.session.scalar(select(Issue.id).limit(1)) is not None:
        return
    orders = {o.number: o for o in ctx.session.scalars(select(FactoryOrder))}
    papers: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in (*_read("material_issues.csv"), *_read("goods_in.csv")):
        if row["factory_order"] in orders:
            papers[row["date"], row["doc"]].append(row)
    used: dict[tuple[str, int], int] = {}
    for (raw, number), lines in sorted(papers.items()):
        day, order = date.fromisoformat(raw) + timedelta(days=shift), orders[lines[0]["factory_order"]]
        kind = number.split("-")[0]
        make = _issue if kind in ("IS", "RT") else _goods
        make(ctx, number, day, order, lines)
        year, count = (int(part) for part in number.split("-")[1:])
        used[SERIES[kind], year] = max(count, used.get((SERIES[kind], year), 0))
    for (series, year), count in used.items():
        advance_series(ctx, series, year, count)


def _issue(ctx: Ctx, number: str, day: date, order: FactoryOrder, lines: Rows) -> None:
    store = stores.default(ctx)
    issue = Issue(
        number=number, state="draft", kind="issue" if lines[0]["type"] == "issue" else "return", notes="",
        factory_order_id=order.id, factory_order=order, factory_id=order.factory_id, factory=order.factory,
        store_id=store.id, store=store, day=day, lines=[],
    )  # fmt: skip
    entity = stamps.start(ctx, issue)
    extra = number == "IS-2026-0003"
    given = [
        {
            "material": row["material"], "color": _some(row["color_key"]), "size": _some(row["size_key"]),
            "destination": _some(row["dest_key"]), "qty": row["qty_stock_uom"],
            "reason": "cutting_loss" if extra else "", "payer": "factory" if extra else "",
        }
        for row in lines
    ]  # fmt: skip
    run_action(ctx, entity, issue, "lines", {"lines": given})
    if issue.kind == "issue":
        _opening(ctx, issue)
    run_action(ctx, entity, issue, "post")


def _opening(ctx: Ctx, issue: Issue) -> None:
    """What no receipt brought in is there from the start."""
    there = on_hand.of_store(
        ctx,
        issue.store_id,
        places.ORDER,
        issue.factory_order_id,
        "material",
        {line.material_id for line in issue.lines},
    )
    short = {
        issue_lines.item_of(line): line.qty - there.takeable(issue_lines.item_of(line))
        for line in issue.lines
    }
    moves = [
        ledger.Move("opening", item, ledger.Place("adjustment"), there.store, qty)
        for item, qty in short.items()
        if qty > 0
    ]
    ledger.post(ctx, moves, entity=STORE, entity_id=issue.store_id, on=issue.day - timedelta(days=7),
                reason="期初庫存 / Opening stock")  # fmt: skip


def _goods(ctx: Ctx, number: str, day: date, order: FactoryOrder, lines: Rows) -> None:
    store = stores.default(ctx)
    paper = GoodsIn(
        number=number, state="draft", kind="goods_in" if number.startswith("GI") else "rework",
        factory_order_id=order.id, factory_order=order, factory_id=order.factory_id, factory=order.factory,
        store_id=store.id, store=store, day=day, delivery_note="", notes=lines[0]["note"], over_reason="", over_by="",
        lines=[],
    )  # fmt: skip
    entity = stamps.start(ctx, paper)
    known = {line.position: line for line in rows.lines(ctx, order)}
    colors = _ids(ctx, Color)
    typed: dict[tuple[int, int], goods_lines.Typed] = defaultdict(goods_lines.Typed)
    for row in lines:
        line = known[int(row["fo_line"])]
        at = typed[line.id, colors[row["color"]]]
        at.sizes[_size(ctx, line, row["size"]).id] = (int(row["qty"]), int(row["rejected_qty"]))
        at.inspected += int(row["qty"]) if int(row["rejected_qty"]) else 0
        at.cartons = cartons(sum(came for came, _bad in at.sizes.values()), line.style.pcs_per_carton)
    goods_lines.save(ctx, paper, typed)
    run_action(ctx, entity, paper, "post")


def _size(ctx: Ctx, line: FactoryOrderLine, code: str) -> Size:
    return next(s for s in sizes_of(ctx, [line.style_id])[line.style_id] if s.code == code)


def _ids(ctx: Ctx, model: type[Color]) -> dict[str, int]:
    return dict(ctx.session.execute(select(model.code, model.id)).all())


def _some(key: str) -> str:
    return "" if key == "-" else key


def _read(name: str) -> Rows:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))

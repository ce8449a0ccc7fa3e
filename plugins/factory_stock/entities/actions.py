"""Actions on issues and goods in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Declare, Field, T
from kit.papers import cancel_action, reverse_action
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import (
    goods,
    goods_payload,
    issue_payload,
    issue_sheet,
    issuing,
    starting,
    vetoes,
)
from plugins.factory_stock.words import FACTORY_ORDER
from plugins.stock.api import STAFF, has_lines, lines_action

Data = Mapping[str, Any]
ISSUE, GOODS_IN = issuing.ENTITY, goods.ENTITY


def _fill(ctx: Ctx, row: Issue, data: Data) -> Any:
    """Lines from the need: required − issued, as far as the store has it."""
    lines = issue_sheet.propose(ctx, row)
    issue_payload.replace_lines(ctx, row, lines)
    return T("{n} lines from the need.", n=len(lines))


def _fillable(ctx: Ctx, row: Issue) -> bool:
    return row.kind == "issue" and not row.lines


def _post_goods(ctx: Ctx, row: GoodsIn, data: Data) -> Any:
    return goods.post(ctx, row, data.get("over_reason") or "")


def register(registry: Declare) -> None:
    """Declare them, and the rights that no entity brings."""
    for action in (*_started(), *_issue(), *_goods_in()):
        registry.action(action)
    registry.permission(
        "factory_stock.need.update",
        T("Update the material need of a factory order"),
        ("merch", "purch", "mgr"),
    )
    registry.permission(
        "factory_stock.statement.view",
        T("See the statements of factories"),
        ("merch", "purch", "wh", "qc", "prod", "fin", "mgr"),
    )
    registry.permission(
        "factory_stock.goods_in.over", T("Accept more pieces than ordered plus the tolerance"), ("mgr",)
    )
    registry.permission(vetoes.SETTLE, T("Close a factory order with material at the factory"), ("mgr",))


def _started() -> tuple[Action, ...]:
    """From the page of a factory order to a draft."""
    return (
        Action(FACTORY_ORDER, "issue_material", T("Issue material"), lambda ctx, row, data: starting.issue(ctx, row),
               ("issued", "in_production"), permission=f"{ISSUE}.create", tone="primary", due=starting.issuable, order=28),
        Action(FACTORY_ORDER, "goods_in", T("Goods in"), lambda ctx, row, data: starting.goods_in(ctx, row),
               ("in_production",), permission=f"{GOODS_IN}.create", tone="primary", due=starting.expected, order=29),
    )  # fmt: skip


def _issue() -> tuple[Action, ...]:
    return (
        lines_action(ISSUE, T("Lines"), issue_payload.run, issue_payload.TABLE, issue_payload.check),
        Action(ISSUE, "fill", T("Fill from the need"), _fill, ("draft",), permission=f"{ISSUE}.edit",
               visible=_fillable, order=12),
        Action(ISSUE, "post", T("Post"), lambda ctx, row, data: issuing.post(ctx, row), ("draft",), "posted", roles=STAFF,
               visible=has_lines, tone="primary", order=5),
        reverse_action(ISSUE, lambda ctx, row, data: issuing.reverse(ctx, row, data["reason"]), roles=("mgr", "wh")),
        cancel_action(ISSUE, ("draft",), roles=STAFF),
    )  # fmt: skip


def _goods_in() -> tuple[Action, ...]:
    return (
        lines_action(GOODS_IN, T("Pieces"), goods_payload.save_payload, goods_payload.TABLE, goods_payload.check),
        Action(
            GOODS_IN, "post", T("Post"), _post_goods, ("draft",), "posted", roles=("wh", "qc", "mgr"), visible=has_lines,
            tone="primary", order=5,
            fields=(
                Field("over_reason", T("Reason for more than allowed"), max_length=400,
                      help=T("Only where more came than ordered plus the tolerance; a manager may allow it.")),
            ),
        ),
        reverse_action(GOODS_IN, lambda ctx, row, data: goods.reverse(ctx, row, data["reason"]), roles=("mgr", "wh")),
        cancel_action(GOODS_IN, ("draft",), roles=STAFF),
    )  # fmt: skip

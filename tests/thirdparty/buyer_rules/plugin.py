"""A plugin of somebody else that adds fields to the customer order of ``orders``, in a table of its own, and a check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Ctx, Declare, Field, Manifest, Problem, T, hookimpl
from tests.thirdparty.buyer_rules.models import OrderRule

manifest = Manifest(
    name="buyer_rules",
    title=T("Buyers' rules"),
    version="1.0",
    summary=T("What buyers ask for beside the order."),
    category="development",
    requires=("catalog", "orders"),
    default_on=False,
)
INSPECTIONS = (("inline", T("In line")), ("final", T("Final inspection")), ("third", T("By a third party")))


def check(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
    """An inspection by a third party says who pays whom."""
    if data.get("inspection") == "third" and data.get("agent") is None:
        return [Problem(T("Say which agent inspects."), "agent")]
    return []


@hookimpl
def register(registry: Declare) -> None:
    registry.extend_entity(
        "orders.order", model=OrderRule, validate=check,
        fields=(
            Field("inspection", T("Inspection"), "choice", choices=INSPECTIONS, required=True),
            Field("inspect_on", T("Inspect on"), "date"),
            Field("audited", T("Audited"), "bool"),
            Field("agent", T("Agent"), "ref", ref="catalog.partner"),
            Field("commission", T("Commission"), "pct", sees="catalog.customer_prices", min=0, max=100, suffix="%"),
            Field("routing", T("Routing"), max_length=200, help=T("As in the buyer's manual.")),
        ),
        columns=("inspection",), filters=("inspection", "inspect_on", "audited", "agent", "commission"),
        search=("routing",),
    )  # fmt: skip

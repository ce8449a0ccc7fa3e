"""An issued purchase order of three lines, 100 m navy and 40 m white at 2.50, 10 kg knit at 7.335."""

from __future__ import annotations

from core.api import Ctx
from core.testing.scenes import stage
from plugins.purchasing.models import PurchaseOrder
from tests.plugins.outsourcing.conftest import catalogue
from tests.plugins.purchasing.conftest import bought, goods, line


@stage
def mill(ctx: Ctx) -> Ctx:
    """The system's context with catalogue, suppliers and materials; our company has names in three languages."""
    catalogue(ctx)
    goods(ctx)
    ctx.set_setting(
        "company",
        {"name": "遠東衣業", "names": {"en": "Far East Apparel", "zh_Hans_CN": "远东衣业"}, "base_currency": "TWD",
         "address": "Taipei", "tax_id": "12345678"},
    )  # fmt: skip
    return ctx


@stage
def po(mill: Ctx) -> PurchaseOrder:
    """Issued to S1 in USD: 250.00 + 100.00 + 73.35."""
    return bought(
        mill,
        line(mill, "FAB", "100", color="NVY", price="2.5"),
        line(mill, "FAB", "40", color="WHT", price="2.5"),
        line(mill, "KNT", "10", color="NVY", price="7.335"),
    )

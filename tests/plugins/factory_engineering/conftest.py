"""An issued factory order of the tests of stock at factories; its store is empty."""

from __future__ import annotations

from core.api import Ctx
from core.testing.scenes import stage
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import do
from tests.plugins.factory_stock.conftest import draft as draft
from tests.plugins.factory_stock.conftest import shop as shop
from tests.plugins.factory_stock.conftest import so as so


@stage
def fo(shop: Ctx, draft: FactoryOrder) -> FactoryOrder:
    """It is issued."""
    do(shop, draft, "issue")
    return draft

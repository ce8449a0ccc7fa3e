"""From the page of a customer order straight to a shipment of what is ready."""

from __future__ import annotations

from typing import Any

import pytest

from core.api import Ctx, Refused
from plugins.catalog.models import Destination
from plugins.outsourcing.models import FactoryOrder
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines, starting
from tests.plugins.factory_stock.conftest import FULL, came, do, one


def test_a_shipment_of_what_is_ready(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    assert starting.ready(shop, so) == []
    with pytest.raises(Refused, match="is ready for US-LAX"):
        do(shop, so, "ship", destination="US-LAX")
    came(shop, fo, {(1, "NVY"): FULL})
    shop.session.expire_all()
    # the same style goes to both
    assert starting.ready(shop, so) == [one(shop, Destination, code) for code in ("US-LAX", "DE-HAM")]
    made = do(shop, so, "ship")  # its dialog starts with that one
    assert isinstance(made, Shipment)
    assert (made.state, made.destination.code, shipping_lines.pieces(made)) == ("draft", "US-LAX", 300)
    assert do(shop, so, "ship") == f"/shipping/shipment/{made.id}"
    do(shop, made, "confirm")
    do(shop, made, "ship")
    shop.session.expire_all()
    assert starting.ready(shop, so) == []

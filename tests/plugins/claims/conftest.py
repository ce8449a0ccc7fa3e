"""Something to claim about, known by heart.

PM-…-0001 of S1: line 1 is 100 m FAB navy, line 2 40 m FAB white; 90 and 40 m came, 10 of the navy were rejected: 80 + 40
accepted. FO-…-0001 of F1, in production: 600 navy and 300 white of ST-1 from one customer order; 60 navy came in, 4 of
them rejected; 30 are shipped to US-LAX.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from core.api import Ctx, run_action
from core.base_api import TenantInfo
from core.entities import crud
from core.kernel.hub import Hub
from core.testing.scenes import stage
from plugins.claims.models import Claim
from plugins.factory_stock.models import GoodsIn
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.receiving.models import Receipt
from plugins.shipping.models import Shipment
from tests.plugins.factory_stock import conftest as storing
from tests.plugins.outsourcing.conftest import catalogue, made, picked, sold
from tests.plugins.purchasing import conftest as buying

D = Decimal
TODAY = date(2026, 11, 23)
ENTITY = "claims.claim"


@dataclass
class World:
    """Documents a claim may be about."""

    ctx: Ctx
    po: PurchaseOrder
    receipt: Receipt
    so: CustomerOrder
    fo: FactoryOrder
    goods: GoodsIn
    shipment: Shipment


def build(ctx: Ctx) -> World:
    """Everything in the docstring above."""
    catalogue(ctx)
    buying.goods(ctx)
    full = storing.FULL
    so = sold(
        ctx, ("ST-1", "NVY", "US-LAX", full), ("ST-1", "WHT", "US-LAX", full), ("ST-1", "NVY", "DE-HAM", full)
    )
    fo = made(ctx)
    do(ctx, fo, "add_work", work=picked(so.number, "ST-1"))
    do(ctx, fo, "issue")
    storing.started(ctx, fo)
    po = buying.bought(
        ctx, buying.line(ctx, "FAB", "100", color="NVY"), buying.line(ctx, "FAB", "40", color="WHT")
    )
    one, two = buying.ids(ctx, po)
    receipt = buying.came(ctx, po, buying.got(one, "90", "10", reject_reason="shade"), buying.got(two, "40"))
    goods = storing.came(ctx, fo, {(1, "NVY"): {"M": (60, 4)}})
    shipment = storing.shipped(ctx, so, {"NVY": {"M": 30}})
    return World(ctx, po, receipt, so, fo, goods, shipment)


def do(ctx: Ctx, row: Any, action: str, **given: Any) -> Any:
    """Carry out an action the way screens do."""
    return run_action(ctx, ctx.registry.entity_for(row), row, action, given)


def claim(ctx: Ctx, **data: Any) -> Claim:
    """A claim, as the form saves it."""
    row: Claim = crud.save_row(ctx, ctx.registry.get(ENTITY), None, {"opened_on": ctx.today(), **data})
    return row


def material(world: World, line: int | None = 1, **data: Any) -> Claim:
    """A claim about a line of the purchase order."""
    return claim(world.ctx, kind="material", purchase_order=world.po, line_no=line, **data)


def garment(world: World, style: str = "ST-1", **data: Any) -> Claim:
    """A claim about the factory order."""
    return claim(world.ctx, kind="garment", factory_order=world.fo, order_style=style, **data)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), color: str = "teal", **options: Any
) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind, **options)
    return out.getvalue()


def shots(*names: str) -> list[tuple[io.BytesIO, str]]:
    """Uploads of the one input, each another picture."""
    return [(io.BytesIO(picture(color=c)), n) for n, c in zip(names, ("red", "blue", "green"), strict=False)]


def from_phone(size: tuple[int, int] = (80, 40)) -> bytes:
    """A JPEG as a phone held upright makes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Phone of Tina"
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 2.0, 0.5), 3: "E", 4: (121.0, 33.0, 0.5)})
    wide = Image.new("RGB", size, "white")
    wide.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    wide.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def said(caught: Any) -> dict[str, str]:
    """What a refusal says, by input."""
    return {p.field: str(p) for p in caught.value.problems}


@stage
def world(ctx: Ctx) -> World:
    return build(ctx)


@pytest.fixture
def other_world(hub: Hub, other_tenant: TenantInfo) -> TenantInfo:
    """The same documents at another tenant's, with the same numbers."""
    with hub.context(other_tenant) as theirs:
        build(theirs)
    return other_tenant

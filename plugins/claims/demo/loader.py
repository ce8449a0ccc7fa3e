"""The demo tenant's claims, brought in through the services that people use; their pictures are drawn."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx, EntityName, advance_series, run_action, save_row
from core.db import flush_rows
from plugins.catalog.api import Color
from plugins.claims.demo import pictures
from plugins.claims.models import Claim
from plugins.claims.services import header, photos
from plugins.outsourcing.api import FactoryOrder
from plugins.purchasing.api import PurchaseOrder
from plugins.shipping.api import Shipment

FILE = Path(__file__).parent / "claims.yaml"
ENTITY = EntityName("claims.claim")


def load(ctx: Ctx, shift: int) -> None:
    """Three claims with their pictures; every date moves by ``shift`` days. Twice is harmless.

    Needs the demo tenant's purchase and factory orders; claims whose order is not there are left out.
    """
    if ctx.session.scalar(select(Claim.id).limit(1)) is not None:
        return
    with FILE.open(encoding="utf-8") as source:
        claims = yaml.safe_load(source)["claims"]
    for given in claims:
        _claim(ctx, given, shift)
    last = dict.fromkeys(header.PATTERNS, 0)
    for given in claims:
        last[header.SERIES[given["kind"]]] = int(given["number"].split("-")[2])
    for series, used in last.items():
        advance_series(ctx, series, int(claims[0]["number"].split("-")[1]), used)


def _claim(ctx: Ctx, given: dict[str, Any], shift: int) -> None:
    def one(model: Any, key: str, attribute: str = "number") -> Any:
        value = given.get(key)
        return (
            ctx.session.scalars(select(model).where(getattr(model, attribute) == value)).one_or_none()
            if value
            else None
        )

    order, making = one(PurchaseOrder, "po"), one(FactoryOrder, "factory_order")
    if order is None and making is None:
        return
    data = {
        "kind": given["kind"], "purchase_order": order, "line_no": given.get("po_line"), "factory_order": making,
        "order_style": f"{given['so']}/{given['style']}" if making is not None else "",
        "color": one(Color, "color", "code") if making is not None else None, "shipment": one(Shipment, "shipment"),
        "severity": given["severity"], "defect": given["defect"], "description": given["description"],
        "qty": Decimal(str(given["qty"])), "responsible": given["responsible"], "remedy": given["remedy"],
        "opened_on": date.fromisoformat(given["opened"]) + timedelta(days=shift), "lot": given.get("lot", ""),
    }  # fmt: skip
    claim: Claim = save_row(ctx, ctx.registry.get(ENTITY), None, data)
    claim.number, claim.opened_by = given["number"], given["by"]
    flush_rows(ctx.session)
    for name, caption, draw in pictures.OF_CLAIM.get(given["number"], ()):
        photos.add_photos(ctx, claim, [(name, draw())], caption)
    if given["resolution"]:
        entity = ctx.registry.get(ENTITY)
        run_action(ctx, entity, claim, "link", {"number": given["follow_up"]})
        day = date.fromisoformat(given["resolved"]) + timedelta(days=shift)
        run_action(ctx, entity, claim, "resolve", {"resolution": given["resolution"], "resolved_on": day})

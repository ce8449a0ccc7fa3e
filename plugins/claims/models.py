"""客訴: claims, their photos, and the documents made elsewhere because of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, Qty, TenantRow, Utc, VersionedRow, children, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Color, Material, Partner, Style
from plugins.orders.api import CustomerOrder, OrderStyle
from plugins.outsourcing.api import FactoryOrder
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.shipping.api import Shipment


class Claim(CreatedColumns, VersionedRow):
    """A quality problem, what it concerns and how it ended. A record: it moves neither stock nor money.

    kind       ``material``: purchase order, line, supplier, material; ``garment``: factory order, order style, shipment
    partner    the supplier or factory, from the order
    work       the order style of a garment claim, with its ``customer_order`` and ``style``
    color      of a material claim that of the line
    amount     what was proposed; information only
    resolved_on  the day it stopped being open (cancelled ones too)
    waived_*   who let it be closed without a follow-up document, and why
    """

    __tablename__ = "claims_claim"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_claims_claim_state", "tenant_id", "state", "due_date", "id"),
        Index("ix_claims_claim_opened", "tenant_id", "opened_on"),
    )
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10), default="material")
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_on: Mapped[date] = mapped_column(Date)
    opened_by: Mapped[str] = mapped_column(String(120), default="")
    severity: Mapped[str] = mapped_column(String(10), default="major")
    defect: Mapped[str | None] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(Text, default="")
    qty: Mapped[Decimal | None] = mapped_column(Qty)
    uom: Mapped[str] = mapped_column(String(10), default="")
    responsible: Mapped[str | None] = mapped_column(String(20))
    remedy: Mapped[str | None] = mapped_column(String(20))
    amount: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str | None] = mapped_column(String(3))
    due_date: Mapped[date | None] = mapped_column(Date)
    resolution: Mapped[str] = mapped_column(Text, default="")
    resolved_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    waived_by: Mapped[str] = mapped_column(String(120), default="")
    waived_why: Mapped[str] = mapped_column(Text, default="")
    parent_id: Mapped[int | None] = ref("claims_claim")
    parent: Mapped[Claim | None] = link("Claim.parent_id", "Claim")
    partner_id: Mapped[int] = ref("catalog_partner")
    partner: Mapped[Partner] = link("Claim.partner_id", "Partner")
    purchase_order_id: Mapped[int | None] = ref("purchasing_order")
    purchase_order: Mapped[PurchaseOrder | None] = link("Claim.purchase_order_id", "PurchaseOrder")
    purchase_line_id: Mapped[int | None] = ref("purchasing_line")
    purchase_line: Mapped[PurchaseLine | None] = link("Claim.purchase_line_id", "PurchaseLine")
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("Claim.material_id", "Material")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("Claim.color_id", "Color")
    lot: Mapped[str] = mapped_column(String(80), default="")
    factory_order_id: Mapped[int | None] = ref("outsourcing_order")
    factory_order: Mapped[FactoryOrder | None] = link("Claim.factory_order_id", "FactoryOrder")
    work_id: Mapped[int | None] = ref("orders_style")
    work: Mapped[OrderStyle | None] = link("Claim.work_id", "OrderStyle")
    customer_order_id: Mapped[int | None] = ref("orders_order")
    customer_order: Mapped[CustomerOrder | None] = link("Claim.customer_order_id", "CustomerOrder")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("Claim.style_id", "Style")
    shipment_id: Mapped[int | None] = ref("shipping_shipment")
    shipment: Mapped[Shipment | None] = link("Claim.shipment_id", "Shipment")
    follow_ups: Mapped[list[FollowUp]] = children("FollowUp.claim_id", "Claim", order_by="FollowUp.id")

    @property
    def line_no(self) -> int | None:
        """The number of the purchase line, as people count them."""
        return self.purchase_line.position if self.purchase_line is not None else None

    @line_no.setter
    def line_no(self, value: int | None) -> None:
        """Typed as a number; ``services.links`` finds the line before the claim is saved."""
        self._type("line_no", value)

    def _type(self, name: str, value: Any) -> None:
        self.__dict__.setdefault("typed", {})[name] = value

    def links_typed(self, names: Iterable[str]) -> dict[str, Any]:
        """Links as they were typed since the claim was saved last, else as they are; what was typed is settled with that."""
        typed = self.__dict__.pop("typed", {})
        return {name: typed[name] if name in typed else getattr(self, name) for name in names}

    @property
    def order_style(self) -> str:
        """The order style as people write it: ``SO-26001/ST-2601``."""
        if self.customer_order is None or self.style is None:
            return ""
        return f"{self.customer_order.number}/{self.style.code}"

    @order_style.setter
    def order_style(self, value: str) -> None:
        """Typed as text; ``services.links`` finds the style before the claim is saved."""
        self._type("order_style", value)


class Photo(TenantRow):
    """A picture of a claim: an attachment (it is kept and removed like any other) with a small copy for strips and lists.

    ``cover``: shown in lists; where no photo is marked it is the first one.
    """

    __tablename__ = "claims_photo"
    __table_args__ = (UniqueConstraint("tenant_id", "attachment_id"),)
    claim_id: Mapped[int] = ref("claims_claim", ondelete="CASCADE")
    attachment_id: Mapped[int] = ref("base_files_attachment")
    attachment: Mapped[Any] = link("Photo.attachment_id", "Attachment")
    thumb_id: Mapped[int] = ref("base_files_file")
    caption: Mapped[str] = mapped_column(String(200), default="")
    cover: Mapped[bool] = mapped_column(Boolean, default=False)


class FollowUp(TenantRow):
    """A document made elsewhere because of a claim; only pointed at. ``label`` is its number when it was linked."""

    __tablename__ = "claims_follow_up"
    __table_args__ = (UniqueConstraint("tenant_id", "claim_id", "entity", "entity_id"),)
    claim_id: Mapped[int] = ref("claims_claim", ondelete="CASCADE")
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(60))
    added_by: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[datetime] = mapped_column(Utc)

"""Parcels that carry samples."""

from __future__ import annotations

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import TenantRow, link, ref
from tests.thirdparty.samples.api import Request


class Parcel(TenantRow):
    """What was handed to a courier for one request; ``held`` while customs keep it."""

    __tablename__ = "couriers_parcel"
    request_id: Mapped[int] = ref("samples_request")
    request: Mapped[Request] = link("Parcel.request_id", "Request")
    waybill: Mapped[str] = mapped_column(String(40))
    held: Mapped[bool] = mapped_column(Boolean, default=False)

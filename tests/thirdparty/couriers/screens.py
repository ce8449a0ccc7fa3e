"""Plain tables as Flask-Admin views in the hub's frame."""

from __future__ import annotations

from typing import Any

from flask_admin.actions import action

from core.api import T
from core.web.api import HubModelView, ctx
from tests.thirdparty.couriers.models import Parcel
from tests.thirdparty.samples.api import Request


class ParcelView(HubModelView):
    column_searchable_list = ("waybill",)
    column_list = ("waybill", "request.number", "held")
    column_labels = {
        "waybill": T("Waybill"),
        "request.number": T("Request"),
        "request": T("Request"),
        "held": T("Held"),
    }

    @action("hold", "Hold", "Hold these parcels?")
    def hold(self, ids: Any) -> None:
        for row in self._rows([str(i) for i in ids]):
            row.held = True
        ctx().session.flush()


class RawRequestView(HubModelView):
    column_list = ("number", "kind")
    form_columns = ("maker", "kind", "wanted", "fee", "urgent")


def views() -> list[HubModelView]:
    return [
        ParcelView(Parcel, "couriers.parcel", T("Parcels"), plugin="couriers", menu=("development", 90)),
        RawRequestView(Request, "couriers.raw", T("Stored requests"), plugin="couriers"),
    ]

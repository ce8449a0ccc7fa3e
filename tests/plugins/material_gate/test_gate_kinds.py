"""The gate knows demands: whose work it holds is asked, and without anybody who answers it stands empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.api import Ctx
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from plugins.material_gate.api import GateKind, of_document
from plugins.material_gate.services import gated_documents, kit_overview
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.material_gate.conftest import MAKING, demand_of


def test_factory_orders_are_held_through_their_bridge(mill: Ctx, fo: FactoryOrder) -> None:
    (kind,) = mill.hooks.each("gate_kinds")
    assert kind == GateKind(MAKING, "start", ("issued",), ("in_production", "completed"), "outsourcing")
    assert gated_documents.phases(mill, [demand_of(mill, fo)]) == {demand_of(mill, fo): "waits"}
    (places,) = mill.hooks.work_places(entity=MAKING, owner_ids=[fo.id])
    assert places == {fo.id: f"{fo.factory.code} {fo.factory.name}"}
    assert mill.hooks.override_denied(entity=MAKING, owner_id=fo.id) == []
    (row,) = kit_overview.kits(mill)
    assert (row.document.number, row.document.due, row.document.href) == (
        fo.number,
        fo.ship_date,
        f"/outsourcing/order/{fo.id}#gate",
    )


def test_the_gate_alone_holds_nothing_and_its_pages_answer(
    hub: Hub, make_tenant: Callable[..., TenantInfo], client_as: Callable[..., Any]
) -> None:
    info = make_tenant(plugins=["material_gate"])
    with hub.context(info) as ctx:
        assert {p for p in ctx.enabled if not p.startswith("base_")} == {"catalog", "stock", "material_gate"}
        assert gated_documents.kinds(ctx) == {}
        assert of_document(ctx, MAKING, 1).state == "none"
    client = client_as("mgr", of=info)
    for address in ("/", "/material_gate/kit/", "/material_gate/override/"):
        assert client.get(address).status_code == 200, address

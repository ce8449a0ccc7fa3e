"""Work orders as core knows them."""

from __future__ import annotations

from core.api import (
    Action,
    ChildTable,
    Column,
    Declare,
    EntityType,
    Event,
    Field,
    State,
    T,
)
from plugins.material_gate.api import declare as declare_gate
from plugins.tna.api import declare as declare_timeline
from tests.thirdparty.workshop.models import WorkLine, WorkOrder
from tests.thirdparty.workshop.services import nothing, start
from tests.thirdparty.workshop.words import ENTITY, GATE, STARTED, TIMELINE


def register(registry: Declare) -> None:
    registry.entity(
        EntityType(
            name=ENTITY, model=WorkOrder, label=T("Work order"), plural=T("Work orders"), key="number", title="",
            series="workshop.order", pattern="WO-{YYYY}-{0000}",
            states=(
                State("draft", T("Draft")),
                State("released", T("Released"), "info"),
                State("started", T("Started"), "warn"),
                State("done", T("Done"), "done", closed=True),
                State("cancelled", T("Cancelled"), "bad", closed=True),
            ),
            fields=(Field("due", T("Due"), "date"), Field("started_on", T("Started on"), "date", readonly=True)),
            children=(
                ChildTable(
                    "lines", T("Material"), WorkLine,
                    (
                        Field("material", T("Material"), "ref", ref="catalog.material", required=True),
                        Field("color", T("Colour"), "ref", ref="catalog.color"),
                        Field("qty", T("Quantity"), "qty", required=True, min=0),
                    ),
                ),
            ),
            columns=(Column("number", T("Number"), "text", attr="number"), "due", "started_on"),
            search=("number",), edit_states=("draft",), edit_roles=("prod", "mgr"), menu=("workshop", 10),
        )
    )  # fmt: skip
    for action in (
        Action(ENTITY, "release", T("Release"), nothing, ("draft",), "released", roles=("prod", "mgr")),
        Action(ENTITY, "start", T("Start"), start, ("released",), "started", roles=("prod", "mgr")),
        Action(ENTITY, "finish", T("Finish"), nothing, ("started",), "done", roles=("prod", "mgr")),
        Action(
            ENTITY,
            "cancel",
            T("Cancel"),
            nothing,
            ("draft", "released"),
            "cancelled",
            roles=("mgr",),
            reason=True,
        ),
    ):
        registry.action(action)
    registry.event(Event(STARTED, T("Work started"), ENTITY))
    declare_gate(registry, GATE)
    declare_timeline(registry, TIMELINE)

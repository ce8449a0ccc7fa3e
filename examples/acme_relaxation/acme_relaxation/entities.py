"""What acme_relaxation declares: one document, and its words for the ledger."""

from __future__ import annotations

from acme_relaxation.models import Relaxation
from acme_relaxation.services import resting
from acme_relaxation.words import FROM_REST, INTO_REST, RELAXATION, RESTING, ROLES, SHRUNK
from core.api import TC, Action, Declare, EntityType, Field, State, T


def register(registry: Declare) -> None:
    """Places and movements first: what is posted in a kind that nobody declared is refused."""
    registry.place_kind(RESTING)
    for kind in (INTO_REST, FROM_REST, SHRUNK):
        registry.movement_kind(kind)
    registry.entity(
        EntityType(
            name="acme_relaxation.relaxation",
            model=Relaxation,
            label=T("Fabric relaxation"),
            plural=T("Fabric relaxations"),
            key="number",
            title="lot",
            series="acme_relaxation.relaxation",
            pattern="FR-{YYYY}-{0000}",
            fields=(
                Field("number", T("Number"), readonly=True),
                Field("store", T("Store"), "ref", ref="stock.store", required=True),
                Field("material", T("Material"), "ref", ref="catalog.material", required=True),
                Field("color", T("Colour"), "ref", ref="catalog.color"),
                Field("lot", T("Roll or dye lot"), max_length=120),
                # one English word, another meaning than in a timeline: said in a context
                Field("before", TC("relaxation", "Before"), "qty", required=True, min=0),
                Field("after", TC("relaxation", "After"), "qty", readonly=True),
                Field("ended_on", T("Ended on"), "date", readonly=True),
            ),
            columns=("number", "material", "color", "lot", "before", "after"),
            filters=("material", "store"),
            search=("number", "lot"),
            default_sort="-number",
            states=(
                State("draft", T("Draft")),
                State("resting", T("At rest"), "info"),
                State("ended", T("Ended"), "good"),
                State("reversed", T("Reversed"), "bad", closed=True),
            ),
            edit_states=("draft",),
            edit_roles=ROLES,
            menu=("acme_relaxation", 10),
        )
    )
    after = Field("after", TC("relaxation", "After"), "qty", required=True, min=0)
    for action in (
        Action(RELAXATION, "start", T("Lay out"), resting.start, ("draft",), "resting", roles=ROLES, order=10),
        Action(
            RELAXATION, "finish", T("Take back"), resting.finish, ("resting",), "ended", roles=ROLES, order=20, fields=(after,),
        ),
        Action(
            RELAXATION, "reverse", T("Reverse"), resting.reverse, ("resting", "ended"), "reversed",
            roles=("mgr",), reason=True, order=90,
        ),
    ):  # fmt: skip
        registry.action(action)

"""Actions on factory orders: substitutes are confirmed by a person, with a reason, and taken back."""

from __future__ import annotations

from core.api import Action, Declare, Field, PayloadTable, T
from plugins.factory_engineering.services import substitutes
from plugins.factory_engineering.services.substitutes import ORDER

RIGHT = "factory_engineering.substitute.confirm"
CHOSEN = PayloadTable(
    "substitutes",
    T("Substitutes"),
    (
        Field("what", T("Material and substitute"), required=True, max_length=200,
              help=T("As it is recommended: BTN-12 NVY > BTN-14 NVY.")),
    ),
)  # fmt: skip
DROPPED = PayloadTable(
    "decisions", T("Substitutes"), (Field("decision", T("Decision"), "int", required=True),)
)
OPEN = ("draft", "issued", "in_production")


def register(registry: Declare) -> None:
    """Declare them, and the right to decide."""
    registry.permission(RIGHT, T("Confirm substitutes of factory orders"), ("merch", "mgr"))
    registry.action(
        Action(
            ORDER, "confirm_substitutes", T("Take substitutes"), substitutes.confirm, OPEN, permission=RIGHT, tables=(CHOSEN,),
            reason=True, link="confirm_substitutes", order=45, visible=lambda ctx, row: bool(substitutes.recommended(ctx, row)),
        )
    )  # fmt: skip
    registry.action(
        Action(
            ORDER, "drop_substitutes", T("Take substitutes back"), substitutes.drop, OPEN, permission=RIGHT, tables=(DROPPED,),
            reason=True, link="drop_substitutes", order=82, visible=lambda ctx, row: bool(substitutes.live(ctx, row)),
        )
    )  # fmt: skip

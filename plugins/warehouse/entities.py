"""Entities and actions of the warehouse."""

from __future__ import annotations

from typing import Any

from core.api import Action, Column, Ctx, EntityType, Field, Registry, T
from plugins.catalog.codes import both, capitals, check_code
from plugins.catalog.words import ACTIVE, CODE, NAMES
from plugins.warehouse import need, stores
from plugins.warehouse.models import Store

STORE = EntityType(
    name="warehouse.store", model=Store, label=T("Store"), plural=T("Stores"),
    fields=(
        CODE,
        Field("name", T("Name"), required=True, max_length=200),
        NAMES,
        Field("address", T("Address"), "long", wide=True, max_length=500),
        Field("is_default", T("Default"), "bool", help=T("New documents start with this store.")),
        ACTIVE,
    ),
    columns=("code", Column("name", T("Name"), "text", attr="name"), "is_default", "active"),
    filters=("active",), search=("code", "name"), default_sort="code",
    validate=both(check_code(Store), stores.check), before_save=capitals, after_save=stores.after_save,
    edit_roles=("wh", "mgr"), menu=("warehouse", 90), icon="store",
)  # fmt: skip


def _differs(ctx: Ctx, order: Any) -> bool:
    return need.stale(ctx, order.id)


def register(registry: Registry) -> None:
    """Declare them."""
    registry.entity(STORE)
    registry.action(
        Action(
            "outsourcing.order", "update_need", T("Update material need"), need.update_action,
            ("issued", "in_production"), permission="warehouse.need.update", visible=_differs, reason=True, order=35,
        )
    )  # fmt: skip

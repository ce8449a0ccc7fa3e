"""Stores as core knows them: fields, columns, rules."""

from __future__ import annotations

from core.api import Column, Declare, EntityType, Field, T
from plugins.catalog.api import ACTIVE, CODE, NAMES, both, capitals, check_code
from plugins.stock.models import Store
from plugins.stock.services import stores

STORE = EntityType(
    name="stock.store", model=Store, label=T("Store"), plural=T("Stores"),
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
    edit_roles=("wh", "mgr"), menu=("stock", 90), icon="store",
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them."""
    registry.entity(STORE)

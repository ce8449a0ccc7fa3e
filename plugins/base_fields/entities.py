"""The field that an administrator makes, declared like any entity: list, form, page, trail, files, programs."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import ChildTable, Ctx, Declare, EntityType, Field, T, Text, pick, tenant_roles
from core.base_api import EVERY
from plugins.base_fields.models import CustomField, FieldOption
from plugins.base_fields.services import checks
from plugins.base_fields.services.keeper import CustomFields
from plugins.base_fields.words import FIELD


def _roles(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [(role.code, pick(role.names, role.name)) for role in tenant_roles(ctx)]


ENTITY = EntityType(
    name=FIELD, model=CustomField, label=T("Custom field"), plural=T("Custom fields"),
    fields=(
        Field("entity", T("Kind of document"), "choice", required=True, choices=checks.extendable),
        Field("kind", T("Kind of value"), "choice", required=True, choices=checks.kinds),
        Field("name", T("Called"), required=True, max_length=200),
        Field("names", T("Called in other languages"), "names"),
        Field("code", T("Code"), max_length=30,
              help=T("Its name in files and for programs, with x_ before it. Empty: the next free one.")),
        Field("help", T("Explanation"), max_length=400, wide=True),
        Field("helps", T("Explanation in other languages"), "names"),
        Field("target", T("Refers to"), "choice", choices=checks.referable),
        Field("decimals", T("Decimals"), "int", min=0, max=6),
        Field("unit", T("Unit"), max_length=20),
        Field("required", T("Needed"), "bool", help=T("Of people who see it, whenever they save the form.")),
        Field("initial", T("A new one begins with"), max_length=200, help=T("Of a choice the code.")),
        Field("position", T("Position"), "int", min=0),
        Field("listed", T("Shown in the list"), "bool"),
        Field("filtered", T("Filter of the list"), "bool", default=True),
        Field("searched", T("Found by the search"), "bool"),
        Field("printed", T("On printed documents"), "bool"),
        Field("labelled", T("On labels"), "bool"),
        Field("roles", T("Only for these roles"), "choices", choices=_roles,
              help=T("Nobody chosen: whoever sees the document. Administrators see all fields.")),
        Field("active", T("In use"), "bool", default=True,
              help=T("A retired field is asked for no more; what stands in it stays.")),
    ),
    children=(
        ChildTable(
            "options", T("Options"), FieldOption,
            (
                Field("code", T("Code"), required=True, max_length=40),
                Field("name", T("Called"), required=True, max_length=200),
                Field("names", T("Called in other languages"), "names"),
            ),
            help=T("Of a choice: what may be chosen."),
        ),
    ),
    columns=("code", "entity", "name", "kind", "required", "active"), filters=("entity", "kind", "active"),
    search=("code", "name"), default_sort="code", validate=checks.check, before_save=checks.name_it,
    after_save=checks.show_it, view_roles=(), deletable=True, menu=("admin", 44),
)  # fmt: skip


def declare(registry: Declare) -> None:
    """Declare it, and that every entity has such fields."""
    registry.entity(ENTITY)
    registry.extend_entity(EVERY, keeper=CustomFields())

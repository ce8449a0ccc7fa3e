"""Substitutes as an entity: master data with limits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.api import ChildTable, Ctx, Declare, EntityName, EntityType, Field, Problem, T
from plugins.engineering.models.substitutes import Substitute, SubstituteCustomer, SubstituteStyle

ENTITY = EntityName("engineering.substitute")
CUSTOMERS = {"is_customer": True}
STRATEGIES = (
    ("after_main", T("After the main material")),
    ("before_main", T("Before it: to be used up")),
)


def check(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
    """A material does not stand in for itself; ratio, validity and colours make sense."""
    problems = []

    def value(name: str) -> Any:
        return data[name] if name in data else getattr(row, name, None)

    main, by = value("main"), value("by")
    if main is not None and by is not None:
        colors = value("main_color"), value("by_color")
        if main.id == by.id and (None in colors or colors[0].id == colors[1].id):
            problems.append(Problem(T("{material} cannot stand in for itself.", material=by.code), "by"))
        if by.by_size and not main.by_size:
            problems.append(
                Problem(T("{by} is kept by size and {main} is not.", by=by.code, main=main.code), "by")
            )
        if by.by_color and not main.by_color and colors[1] is None:
            problems.append(
                Problem(
                    T("{material} is kept by colour: say which colour is used.", material=by.code), "by_color"
                )
            )
    for material, color in (("main", "main_color"), ("by", "by_color")):
        if value(material) is not None and value(color) is not None and not value(material).by_color:
            problems.append(
                Problem(T("{material} is not kept by colour.", material=value(material).code), color)
            )
    if value("ratio") is not None and value("ratio") <= 0:
        problems.append(Problem(T("This must be more than zero."), "ratio"))
    if value("valid_from") and value("valid_to") and value("valid_to") < value("valid_from"):
        problems.append(Problem(T("This is before “valid from”."), "valid_to"))
    for name, of in (("customers", "customer"), ("styles", "style")):
        seen: set[int] = set()
        for n, each in enumerate(children.get(name) or ()):
            found = each.get(of) if isinstance(each, Mapping) else getattr(each, of)
            if found is not None and found.id in seen:
                problems.append(Problem(T("This stands twice."), f"{name}-{n}-{of}"))
            seen |= {found.id} if found is not None else set()
    return problems


SUBSTITUTE = EntityType(
    name=ENTITY, model=Substitute, label=T("Substitute"), plural=T("Substitutes"), key="id", title="",
    fields=(
        Field("main", T("Main material"), "ref", ref="catalog.material", required=True),
        Field("main_color", T("In the colour"), "ref", ref="catalog.color", help=T("Empty: in every colour.")),
        Field("by", T("Substitute"), "ref", ref="catalog.material", required=True),
        Field("by_color", T("Colour of the substitute"), "ref", ref="catalog.color",
              help=T("Empty: the colour of the main material.")),
        Field("ratio", T("Ratio"), "rate", required=True, default=Decimal(1), places=6,
              help=T("One stock unit of the main material is so many of the substitute.")),
        Field("priority", T("Priority"), "int", required=True, default=1, min=1, max=99, help=T("The lower goes first.")),
        Field("strategy", T("When it is used"), "choice", required=True, choices=STRATEGIES, default="after_main"),
        Field("valid_from", T("Valid from"), "date", required=True, default=lambda ctx: ctx.today()),
        Field("valid_to", T("Valid to"), "date"),
        Field("note", T("Notes"), "long", max_length=4000),
    ),
    children=(
        ChildTable("customers", T("Only for these customers"), SubstituteCustomer,
                   (Field("customer", T("Customer"), "ref", ref="catalog.partner", where=CUSTOMERS, required=True),),
                   attr="customers", help=T("None: for all.")),
        ChildTable("styles", T("Only for these styles"), SubstituteStyle,
                   (Field("style", T("Style"), "ref", ref="catalog.style", required=True),),
                   attr="styles", help=T("None: for all.")),
    ),
    columns=("main", "main_color", "by", "by_color", "ratio", "priority", "strategy", "valid_from", "valid_to"),
    filters=("main", "by", "strategy"), search=("main", "by"), default_sort="main", validate=check,
    edit_roles=("merch", "purch", "mgr"), deletable=True, delete_roles=("mgr",), menu=("engineering", 40), icon="material",
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare it."""
    registry.entity(SUBSTITUTE)

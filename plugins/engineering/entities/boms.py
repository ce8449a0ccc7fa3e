"""Versions of BOMs as core knows them, what becomes of them, and where materials come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, ChildTable, Column, Ctx, Declare, EntityType, Field, Problem, T, Text, pick
from core.money import base_currency
from kit.papers import stamp_created
from plugins.catalog.api import FACTORY_PRICES, Material, Style, currency_choices
from plugins.engineering.entities.tree import TREE
from plugins.engineering.models import EngineeringBom, EngineeringOperation, MaterialSource
from plugins.engineering.services import tree_entry, versions
from plugins.engineering.words import BOM, BUY, EDITORS, SOURCES, STATES

OPERATIONS = ChildTable(
    "operations",
    T("Process sheet"),
    EngineeringOperation,
    (
        Field("name", T("Operation"), required=True, max_length=120),
        Field("work_centre", T("Work centre"), max_length=80),
        Field("minutes", T("Minutes"), "qty", min=0),
        Field("rate", T("Rate per hour"), "price", min=0, sees=FACTORY_PRICES),
        Field("price", T("Price per piece"), "price", min=0, sees=FACTORY_PRICES),
        Field("currency", T("Currency"), "choice", choices=currency_choices),
    ),
    help=T(
        "For one piece, or one stock unit of a made material: minutes at a rate, a price where work is bought, or both."
    ),
)


def check_owner(
    ctx: Ctx, row: EngineeringBom | None, data: Mapping[str, Any], children: Mapping[str, Any]
) -> list[Problem]:
    """Exactly one owner, and the same for good."""
    style, material = data.get("style"), data.get("material")
    if row is not None:
        moved = ("style" in data and (style.id if style else None) != row.style_id) or (
            "material" in data and (material.id if material else None) != row.material_id
        )
        return [Problem(T("A version stays with its style or material."), "style")] if moved else []
    if (style is None) == (material is None):
        return [Problem(T("Say which style or which made material this is for."), "style")]
    return []


def fill_new(ctx: Ctx, row: EngineeringBom, is_new: bool) -> None:
    """The next version of its owner; operations without a currency are in the currency of the books."""
    if is_new:
        row.version_no = versions.next_version(ctx, row.owner)
        stamp_created(ctx, row)
    for each in row.operations:
        each.currency = each.currency or base_currency(ctx)
        for name in ("minutes", "rate", "price"):
            setattr(each, name, getattr(each, name) or 0)


def _owners(ctx: Ctx, rows: Sequence[EngineeringBom]) -> dict[int, str]:
    return {row.id: pick(row.owner.names, row.owner.name) for row in rows}


ENTITY = EntityType(
    name=BOM, model=EngineeringBom, label=T("BOM version"), plural=T("BOM versions"), key="number", title="title",
    series=versions.SERIES, pattern="BOM-{YYYY}-{0000}", states=STATES,
    fields=(
        Field("style", T("Style"), "ref", ref="catalog.style"),
        Field("material", T("Made material"), "ref", ref="catalog.material", help=T("Where it is the BOM of a material.")),
        Field("version_no", T("Version"), "int", readonly=True),
        Field("valid_from", T("Valid from"), "date", readonly=True),
        Field("retired_on", T("Retired on"), "date", readonly=True),
        Field("note", T("Note"), "long", wide=True, max_length=2000),
    ),
    children=(OPERATIONS,), line_action="tree",
    columns=(
        Column("number", T("Number"), "text", attr="number"), "style", "material",
        Column("name", T("Name"), load=_owners, sort=False),
        Column("version_no", T("Version"), "int", attr="version_no"), Column("state", T("State"), "state", attr="state"),
        "valid_from", "retired_on",
    ),
    filters=("style", "material", "valid_from"), search=("number", "style", "material"), default_sort="-id",
    validate=check_owner, before_save=fill_new, edit_states=("draft",), edit_roles=EDITORS, menu=("engineering", 10),
    icon="material",
)  # fmt: skip


def _new_version(ctx: Ctx, owner: Style | Material, data: Mapping[str, Any]) -> EngineeringBom:
    return versions.new_version(ctx, owner, note=data.get("note", ""))


def _copy_from(ctx: Ctx, bom: EngineeringBom, data: Mapping[str, Any]) -> Text:
    n = versions.copy_lines(ctx, bom, data["style"])
    return T("{n} lines copied from {style}.", n=n, style=data["style"].code)


def _activate(ctx: Ctx, bom: EngineeringBom, data: Mapping[str, Any]) -> Text:
    others = versions.activate(ctx, bom, below=data.get("below", True))
    if others:
        return T(
            "{number} holds now, and so do {others}.",
            number=bom.number,
            others=", ".join(o.number for o in others),
        )
    return T("{number} holds now.", number=bom.number)


NOTE = Field("note", T("Note"), max_length=400)
ACTIONS = (
    Action("catalog.style", "new_version", T("New BOM version"), _new_version, permission=f"{BOM}.create", fields=(NOTE,),
           order=32),
    Action("catalog.material", "new_version", T("New BOM version"), _new_version, permission=f"{BOM}.create", fields=(NOTE,),
           order=32),
    Action(BOM, "tree", T("BOM tree"), tree_entry.run, ("draft",), permission=f"{BOM}.edit", check=tree_entry.check,
           tables=(TREE,), link="tree", edits=True, order=10, tone="primary", due=lambda ctx, row: not row.lines),
    Action(BOM, "copy_from", T("Copy from another style"), _copy_from, ("draft",), permission=f"{BOM}.edit", order=30,
           fields=(Field("style", T("Style"), "ref", ref="catalog.style", required=True),),
           confirm=T("The lines of this draft are replaced.")),
    Action(BOM, "activate", T("Activate"), _activate, ("draft",), "active", roles=EDITORS, tone="primary",
           order=20, confirm=T("What holds now is retired, and new documents are made by this version."),
           fields=(Field("below", T("With the drafts of made materials below it"), "bool", default=True),)),
    Action(BOM, "discard", T("Discard"), lambda ctx, row, data: None, ("draft",), "retired", permission=f"{BOM}.edit",
           tone="danger", order=80, confirm=T("Discard this draft?")),
)  # fmt: skip


def _check_source(
    ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]
) -> Sequence[Problem]:
    if data.get("source") in (None, "", BUY) and data.get("made_days"):
        return [Problem(T("Only what is made has a lead time of making."), "made_days")]
    return []


def register(registry: Declare) -> None:
    """Declare them."""
    registry.entity(ENTITY)
    for action in ACTIONS:
        registry.action(action)
    registry.extend_entity(
        "catalog.material", model=MaterialSource, validate=_check_source,
        fields=(
            Field("source", T("Source"), "choice", choices=SOURCES,
                  help=T("Empty: made where it has an active BOM, else bought.")),
            Field("made_days", T("Lead time of making"), "int", min=0, max=3650, suffix="d"),
        ),
        filters=("source",),
    )  # fmt: skip

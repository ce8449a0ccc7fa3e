"""The tables in which substitutes of a factory order are chosen, and taken back."""

from __future__ import annotations

from core.api import Ctx, T
from core.values import decimal_text
from kit.lines import ActionTable, Chosen, LineRow, LineTable, Shown
from plugins.factory_engineering.entities import CHOSEN, DROPPED
from plugins.factory_engineering.services import substitutes
from plugins.outsourcing.api import FactoryOrder


def _offered(ctx: Ctx, order: FactoryOrder) -> list[LineRow]:
    return [
        LineRow(
            offer=(key := substitutes.key_of(ctx, each)),
            name=key,
            chosen=False,
            sends={"what": key},
            shown={
                "main": str(each.name), "lacks": each.name.rounded(each.lacks), "uom": each.name.uom,
                "by": str(each.by_name), "ratio": decimal_text(each.allowed.ratio),
                "free": each.by_name.rounded(each.free), "by_uom": each.by_name.uom,
                "covers": each.name.takeable(each.covers),
            },
        )
        for each in substitutes.recommended(ctx, order)
    ]  # fmt: skip


def _decided(ctx: Ctx, order: FactoryOrder) -> list[LineRow]:
    return [
        LineRow(
            offer=str(each["row"].id),
            name=str(each["main"]),
            chosen=False,
            sends={"decision": each["row"].id},
            shown={"main": str(each["main"]), "by": str(each["by"]), "reason": each["row"].reason},
        )
        for each in substitutes.live(ctx, order)
    ]


TABLES = [
    (
        "confirm_substitutes",
        ActionTable(
            LineTable(
                CHOSEN,
                (
                    Chosen(T("Take it")),
                    Shown("main", T("Main material"), head=True),
                    Shown("lacks", T("Lacks"), numeric=True, unit="uom"),
                    Shown("by", T("Substitute")),
                    Shown("ratio", T("Ratio"), numeric=True),
                    Shown("free", T("Free in our stores"), numeric=True, unit="by_uom"),
                    Shown("covers", T("Would cover"), numeric=True, unit="uom"),
                ),
                _offered,
                spare=0,
                cards=True,
            ),
            save=T("Take substitutes"),
        ),
    ),
    (
        "drop_substitutes",
        ActionTable(
            LineTable(
                DROPPED,
                (
                    Chosen(T("Take back")),
                    Shown("main", T("Main material"), head=True),
                    Shown("by", T("Substitute")),
                    Shown("reason", T("Reason")),
                ),
                _decided,
                spare=0,
                cards=True,
            ),
            save=T("Take substitutes back"),
        ),
    ),
]

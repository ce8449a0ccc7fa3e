"""What the administrator keeps in every tenant: currencies, dated rates, number series, lists. Declared like any entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Declare, EntityType, Field, Filter, Problem, Refused, T, Text
from core.base_api import Currency, ExchangeRate, ListItem, Series, check_pattern, continue_series
from core.money import active_currencies


def currency_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """The tenant's active currencies."""
    return [(code, code) for code in active_currencies(ctx)]


def _list_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [(spec.code, spec.label) for spec in ctx.registry.lists.values() if ctx.is_on(spec.plugin)]


def _check_series(ctx: Ctx, row: Any, data: Mapping[str, Any], children: Any) -> list[Problem]:
    try:
        check_pattern(data.get("pattern") or "")
    except Refused as refused:
        return list(refused.problems)
    return []


def _continue(ctx: Ctx, row: Series, is_new: bool) -> None:
    continue_series(ctx, row.code, row.pattern)


def _by_list(ctx: Ctx, found: Any, value: str) -> Any:
    return found.where(ListItem.list_code == value)


def declare(registry: Declare) -> None:
    """Declare them."""
    registry.entity(
        EntityType(
            name="base_company.currency", model=Currency, label=T("Currency"), plural=T("Currencies"), title="code",
            fields=(
                Field("code", T("Code"), required=True, max_length=3),
                Field("decimals", T("Decimals"), "int", required=True, min=0, max=4, default=2),
                Field("active", T("Active"), "bool", default=True),
            ),
            columns=("code", "decimals", "active"), search=("code",), default_sort="code",
            view_roles=("fin", "mgr"), edit_roles=("fin",), deletable=True, delete_roles=("mgr",), menu=("admin", 40),
        )
    )  # fmt: skip
    registry.entity(
        EntityType(
            name="base_company.rate", model=ExchangeRate, label=T("Exchange rate"), plural=T("Exchange rates"),
            key="id", title="currency",
            fields=(
                Field("currency", T("Currency"), "choice", required=True, choices=currency_choices),
                Field("valid_from", T("Valid from"), "date", required=True, default=lambda ctx: ctx.today()),
                Field("rate", T("Worth in base currency"), "rate", required=True, min=0),
            ),
            columns=("currency", "valid_from", "rate"), filters=("currency",), default_sort="-valid_from",
            view_roles=("merch", "purch", "fin", "mgr"), edit_roles=("fin",), deletable=True,
            delete_roles=("mgr",), menu=("admin", 41),
        )
    )  # fmt: skip
    registry.entity(
        EntityType(
            name="base_company.series", model=Series, label=T("Number series"), plural=T("Number series"), title="pattern",
            fields=(
                Field("code", T("Code"), readonly=True),
                Field("pattern", T("Pattern"), required=True, max_length=40,
                      help=T("At most one {YYYY} or {YY}, and the digits as {0000}.")),
            ),
            columns=("code", "pattern"), search=("code",), default_sort="code", validate=_check_series,
            before_save=_continue, creatable=False, view_roles=("mgr",), edit_roles=(), menu=("admin", 42),
        )
    )  # fmt: skip
    registry.entity(
        EntityType(
            name="base_company.list_item", model=ListItem, label=T("List entry"), plural=T("Lists"),
            key="code", title="name",
            fields=(
                Field("list_code", T("List"), "choice", required=True, choices=_list_choices),
                Field("code", T("Code"), required=True, max_length=40),
                Field("name", T("Text"), required=True, max_length=400, wide=True),
                Field("names", T("Text in other languages"), "names", wide=True),
                Field("position", T("Position"), "int", min=0, default=0),
                Field("active", T("Active"), "bool", default=True),
            ),
            columns=("list_code", "code", "name", "position", "active"),
            filters=(Filter("list", T("List"), _list_choices, _by_list), "active"),
            search=("code", "name"), default_sort="list_code",
            view_roles=("mgr",), edit_roles=("mgr",), deletable=True, delete_roles=("mgr",), menu=("admin", 43),
        )
    )  # fmt: skip

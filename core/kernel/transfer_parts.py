"""The parts of how a company is set up: how each is read, checked, written. Each is a mapping from a key to a plain value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from sqlalchemy import select

from core.data.models import Series, Tenant
from core.data.records import Currency, ListItem
from core.entities.children import shown_value
from core.entities.numbering import check_pattern, continue_series
from core.entities.payload import clean_values
from core.errors import Refused
from core.kernel import transfer_rights
from core.kernel.transfer_checks import kept_text, known_name, values_of
from core.text.i18n import LOCALES, T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

TEXTS = ("name", "address", "country", "tax_id", "representative", "contact", "phone", "email", "bank")
NAMED = ("names", "addresses")
LONGEST = 500
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """How a part is read, checked and written: ``now(ctx)``, ``clean(ctx, key, value)`` (Refused where it cannot be), and
    ``put(ctx, key, value)``."""

    label: Text
    now: Callable[[Ctx], Values]
    clean: Callable[[Ctx, str, Any], Any]
    put: Callable[[Ctx, str, Any], None]


# --- company ------------------------------------------------------------------------------------------------------------


def _company(ctx: Ctx) -> Values:
    stored = ctx.setting("company") or {}
    found = {name: stored[name] for name in (*TEXTS, *NAMED, "base_currency") if stored.get(name)}
    return found | {"timezone": ctx.tenant.timezone}


def _clean_company(ctx: Ctx, key: str, value: Any) -> Any:
    if key == "timezone":
        return known_name(value, available_timezones())
    if key == "base_currency":
        return kept_text(value, 3)
    if key in NAMED:
        if not isinstance(value, dict):
            raise Refused(T("This is not as it was taken out."))
        return {known_name(code, LOCALES): kept_text(words, LONGEST) for code, words in value.items()}
    return kept_text(value, LONGEST if known_name(key, TEXTS) in ("address", "bank") else 200)


def _put_company(ctx: Ctx, key: str, value: Any) -> None:
    row = ctx.session.get_one(Tenant, ctx.tenant.id)
    if key == "timezone":
        row.timezone = value
        return
    if key == "name":
        row.name = value
    ctx.set_setting("company", {**(ctx.setting("company") or {}), key: value})


# --- currencies, lists, series ------------------------------------------------------------------------------------------


def _currencies(ctx: Ctx) -> Values:
    rows = ctx.session.scalars(select(Currency).order_by(Currency.code))
    return {row.code: {"decimals": row.decimals, "active": row.active} for row in rows}


def _clean_currency(ctx: Ctx, key: str, value: Any) -> Any:
    if len(key) != 3 or not key.isalpha() or not key.isupper():
        raise Refused(T("A currency has three letters."))
    decimals, active = values_of(value, "decimals", "active")
    if not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= 4:
        raise Refused(T("Decimals are a number from 0 to 4."))
    return {"decimals": decimals, "active": bool(active)}


def _put_currency(ctx: Ctx, key: str, value: Any) -> None:
    row = ctx.session.scalars(select(Currency).where(Currency.code == key)).one_or_none()
    if row is None:
        ctx.session.add(Currency(code=key, **value))
    else:
        row.active = value["active"]  # decimals stay: amounts were rounded to them


def _lists(ctx: Ctx) -> Values:
    rows = ctx.session.scalars(select(ListItem).order_by(ListItem.list_code, ListItem.position, ListItem.id))
    return {
        f"{row.list_code}/{row.code}": {
            "name": row.name,
            "names": row.names,
            "position": row.position,
            "active": row.active,
        }
        for row in rows
    }


def _clean_item(ctx: Ctx, key: str, value: Any) -> Any:
    which, _, code = key.partition("/")
    known_name(which, ctx.registry.lists)
    kept_text(code, 40)
    name, names, position, active = values_of(value, "name", "names", "position", "active")
    if names is not None and not isinstance(names, dict):
        raise Refused(T("This is not as it was taken out."))
    if not isinstance(position, int) or not 0 <= position < 2**31:
        raise Refused(T("This is not as it was taken out."))
    named = None if names is None else {known_name(c, LOCALES): kept_text(w, 400) for c, w in names.items()}
    return {"name": kept_text(name, 400), "names": named, "position": position, "active": bool(active)}


def _put_item(ctx: Ctx, key: str, value: Any) -> None:
    which, _, code = key.partition("/")
    row = ctx.session.scalars(
        select(ListItem).where(ListItem.list_code == which, ListItem.code == code)
    ).one_or_none()
    if row is None:
        ctx.session.add(ListItem(list_code=which, code=code, **value))
        return
    for name, each in value.items():
        setattr(row, name, each)


def _series(ctx: Ctx) -> Values:
    return {row.code: row.pattern for row in ctx.session.scalars(select(Series).order_by(Series.code))}


def _clean_series(ctx: Ctx, key: str, value: Any) -> Any:
    if key not in ctx.registry.number_series and key not in _series(ctx):
        raise Refused(T("There is no number series {code}.", code=key[:60]))
    check_pattern(kept_text(value, 40))
    return value


def _put_series(ctx: Ctx, key: str, value: Any) -> None:
    row = ctx.session.scalars(select(Series).where(Series.code == key)).one_or_none()
    if row is None:
        ctx.session.add(Series(code=key, pattern=value))
    else:
        row.pattern = value
    ctx.session.flush()
    continue_series(ctx, key, value)


# --- settings of plugins ------------------------------------------------------------------------------------------------


def _settings(ctx: Ctx) -> Values:
    stored = ctx.settings.all()
    return {
        f"{plugin.name}.{spec.name}": stored[f"{plugin.name}.{spec.name}"]
        for plugin in ctx.hub.plugins
        if plugin.name in ctx.enabled
        for spec in plugin.manifest.settings
        if not spec.readonly and stored.get(f"{plugin.name}.{spec.name}") is not None
    }


def _clean_setting(ctx: Ctx, key: str, value: Any) -> Any:
    name, _, field = key.partition(".")
    plugin = next((p for p in ctx.hub.plugins if p.name == name), None)
    spec = next((f for f in plugin.manifest.settings if f.name == field), None) if plugin else None
    if spec is None or spec.readonly:
        raise Refused(T("No feature here has this setting."))
    return shown_value(clean_values(ctx, [spec], {field: value})[field], spec, ctx)


def _put_setting(ctx: Ctx, key: str, value: Any) -> None:
    ctx.set_setting(key, value)


PARTS: dict[str, Part] = {
    "features": Part(
        T("Features"), transfer_rights.features, transfer_rights.clean_feature, transfer_rights.put_feature
    ),
    "currencies": Part(T("Currencies"), _currencies, _clean_currency, _put_currency),
    "company": Part(T("Company"), _company, _clean_company, _put_company),
    "settings": Part(T("Settings"), _settings, _clean_setting, _put_setting),
    "lists": Part(T("Lists"), _lists, _clean_item, _put_item),
    "series": Part(T("Number series"), _series, _clean_series, _put_series),
    "roles": Part(
        T("Roles and rights"), transfer_rights.roles, transfer_rights.clean_role, transfer_rights.put_role
    ),
}
"""In the order in which they are brought in: a feature brings its lists, series and rights first."""

"""The company behind a tenant, as it stands on its documents, and the settings of its plugins.

Kept under the setting ``company``: name, names (by language), address, addresses (by language), country, tax_id,
representative, contact, phone, email, bank, base_currency, and logo (the id of a stored file). Other keys are left as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select

from core.api import Ctx, Field, Refused, T, Text, record_audit
from core.base_api import AuditEntry, ExchangeRate, LoadedPlugin, Setting, Tenant, shown_value
from core.db import json_value
from core.remote import resolve_refs
from plugins.base_company.entities import currency_choices
from plugins.base_files import api as files

RIGHT = "base_company.settings"
LOGO_BYTES = 2 * 2**20


@cache
def zones() -> tuple[tuple[str, Text | str], ...]:
    """Time zones to choose from, the usual ones first."""
    first = ("Asia/Taipei", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Ho_Chi_Minh", "UTC")
    rest = sorted(
        z
        for z in available_timezones()
        if "/" in z and not z.startswith(("Etc/", "SystemV/", "posix", "right"))
    )
    return tuple((z, z.replace("_", " ")) for z in (*first, *(z for z in rest if z not in first)))


FIELDS: tuple[Field, ...] = (
    Field("name", T("Name"), required=True, max_length=200, wide=True),
    Field("names", T("Name in other languages"), "names", wide=True),
    Field("address", T("Address"), "long", max_length=500, wide=True),
    Field("addresses", T("Address in other languages"), "names", wide=True),
    Field("country", T("Country"), max_length=2, help=T("Two letters, such as TW.")),
    Field("tax_id", T("Tax id"), max_length=40),
    Field("representative", T("Representative"), max_length=120),
    Field("contact", T("Contact"), max_length=120),
    Field("phone", T("Telephone"), max_length=60),
    Field("email", T("E-mail"), "email", max_length=254),
    Field("bank", T("Bank"), "long", max_length=500, wide=True, help=T("Bank, branch, account, SWIFT code.")),
    Field("base_currency", T("Base currency"), "choice", required=True, choices=currency_choices),
    Field("timezone", T("Time zone"), "choice", required=True, choices=lambda ctx: zones()),
)


def company(ctx: Ctx) -> dict[str, Any]:
    """The company's values by name of field, and ``logo`` (file id or None)."""
    stored = ctx.setting("company") or {}
    values = {f.name: stored.get(f.name) for f in FIELDS}
    return {**values, "name": stored.get("name") or ctx.tenant.name, "timezone": ctx.tenant.timezone,
            "logo": stored.get("logo")}  # fmt: skip


def logo(ctx: Ctx) -> files.FileBlob | None:
    """The stored logo."""
    wanted = (ctx.setting("company") or {}).get("logo")
    return (
        ctx.session.scalars(select(files.FileBlob).where(files.FileBlob.id == wanted)).one_or_none()
        if wanted
        else None
    )


def save_company(
    ctx: Ctx, data: Mapping[str, Any], picture: bytes | None = None, *, no_logo: bool = False
) -> None:
    """Keep the company's values, checked by FIELDS; ``picture`` replaces the logo, ``no_logo`` takes it away.

    The base currency cannot change while exchange rates refer to it.
    """
    ctx.require(RIGHT)
    before = company(ctx)
    after: dict[str, Any] = {**before, **{name: json_value(value) for name, value in data.items()}}
    rebased = before["base_currency"] and after["base_currency"] != before["base_currency"]
    if rebased and ctx.session.scalar(select(ExchangeRate.id).limit(1)) is not None:
        raise Refused(T("The exchange rates refer to the base currency. Delete them first."), "base_currency")
    if picture:
        if len(picture) > LOGO_BYTES:
            raise Refused(T("The file is larger than {n} MB.", n=LOGO_BYTES // 2**20), "logo")
        after["logo"] = files.store(ctx, picture, allow=files.PICTURES, field="logo").id
    elif no_logo:
        after["logo"] = None
    changes = [(k, before[k], v) for k, v in after.items() if (before[k] or None) != (v or None)]
    if not changes:
        return
    row = ctx.session.get_one(Tenant, ctx.tenant.id)
    row.name, row.timezone = after["name"], after["timezone"]
    kept = ctx.setting("company") or {}
    ctx.set_setting("company", {**kept, **{k: v for k, v in after.items() if k != "timezone"}})
    record_audit(ctx, "base_company.company", ctx.tenant.id, "edit", changes=changes)
    ctx.session.flush()


def stamp(ctx: Ctx, plugin: str = "") -> str:
    """A mark of the values as they are stored, of the company or of a plugin's settings: another one once they changed."""
    mine = {
        k: v for k, v in ctx.settings.all().items() if k.startswith(f"{plugin}." if plugin else "company")
    }
    shown = json.dumps(
        [mine, "" if plugin else [ctx.tenant.name, ctx.tenant.timezone]], sort_keys=True, default=str
    )
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def unchanged_since(ctx: Ctx, seen: str, plugin: str = "") -> None:
    """Refused where somebody else saved the same settings after the form was shown with the mark ``seen``."""
    if seen == stamp(ctx, plugin):
        return
    entity = "base_company.setting" if plugin else "base_company.company"
    last = ctx.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity == entity, *([AuditEntry.number == plugin] if plugin else []))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    fields = {f.name: f.label for f in FIELDS}
    for found in settings(ctx):
        if found.plugin.name == plugin:
            fields = {f.name: f.label for f in found.fields}
    what = (
        "; ".join(f"{fields.get(n, n)}: {old or '–'} → {new or '–'}" for n, old, new in (last.changes or ()))
        if last
        else ""
    )
    raise Refused(
        T("{who} changed these meanwhile ({what}). Nothing was saved; what you typed is below. Save again to put it in place.",
          who=last.user_name if last else "?", what=what)
    )  # fmt: skip


@dataclass(frozen=True)
class PluginSettings:
    """The settings a plugin that is on asks for, with their values."""

    plugin: LoadedPlugin
    fields: tuple[Field, ...]
    values: dict[str, Any]


def settings(ctx: Ctx) -> list[PluginSettings]:
    """Of each plugin that is on and has any, in dependency order."""
    return [
        PluginSettings(p, p.manifest.settings, {f.name: _value(ctx, p.name, f) for f in p.manifest.settings})
        for p in ctx.hub.plugins
        if p.name in ctx.enabled and p.manifest.settings
    ]


def _value(ctx: Ctx, plugin: str, spec: Field) -> Any:
    stored = ctx.settings.all().get(f"{plugin}.{spec.name}")
    if stored is None:
        return spec.initial(ctx)
    if spec.kind == "date":
        return date.fromisoformat(stored)
    if spec.kind == "ref":
        return resolve_refs(ctx, spec, [stored]).get(str(stored).upper())
    return stored


def save_settings(ctx: Ctx, plugin: str, data: Mapping[str, Any]) -> None:
    """Keep cleaned values of a plugin's settings under ``<plugin>.<field>``: decimals as text, references by their code."""
    ctx.require(RIGHT)
    found = next((s for s in settings(ctx) if s.plugin.name == plugin), None)
    if found is None:
        raise Refused(T("There is no plugin {name}.", name=plugin))
    changes = []
    for spec in found.fields:
        if spec.readonly or spec.name not in data:
            continue
        old, new = shown_value(found.values[spec.name], spec, ctx), shown_value(data[spec.name], spec, ctx)
        if old != new and str(old) != str(new):
            changes.append((spec.name, old, new))
            ctx.set_setting(f"{plugin}.{spec.name}", new)
    if changes:
        row = ctx.session.scalars(select(Setting).where(Setting.key == f"{plugin}.{changes[0][0]}")).one()
        record_audit(ctx, "base_company.setting", row.id, "edit", number=plugin, changes=changes)
        ctx.session.flush()
        ctx.hooks.settings_changed(plugin=plugin)


def changes_of_settings(ctx: Ctx) -> list[tuple[AuditEntry, Text]]:
    """Who changed settings of features last, newest first, with the feature's title."""
    titles = {p.name: p.manifest.title for p in ctx.hub.plugins}
    found = (
        select(AuditEntry)
        .where(AuditEntry.entity == "base_company.setting")
        .order_by(AuditEntry.id.desc())
        .limit(20)
    )
    return [(row, titles[row.number]) for row in ctx.session.scalars(found) if row.number in titles]

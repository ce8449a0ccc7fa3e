"""Custom fields on printed documents: what stands in them, in every language that is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import LOCALE_NAMES, Ctx, DocumentBlock, DocumentKind, T, hookimpl
from core.base_api import locale_scope
from core.remote import to_json
from core.values import decimal_text
from plugins.base_fields.services.definitions import Definition, definitions
from plugins.base_fields.services.keeper import CustomFields


@hookimpl
def document_blocks(ctx: Ctx, kind: DocumentKind, row: Any) -> Sequence[DocumentBlock]:
    """A table of the fields that are printed and in which something stands. One for some roles is on no paper."""
    printed = [d for d in definitions(ctx, kind.entity) if d.printed and not d.added.retired]
    if not printed:
        return ()
    entity = ctx.registry.get(kind.entity)
    values = CustomFields().read(ctx, entity, (row.id,), ()).get(row.id, {})
    facts = [fact for each in printed if (fact := _fact(ctx, each, values.get(each.added.field.name)))]
    return (DocumentBlock("base_fields/facts.html", {"facts": facts}, 40),) if facts else ()


def _fact(ctx: Ctx, definition: Definition, value: Any) -> dict[str, dict[str, str]] | None:
    spec = definition.added.field
    if spec.when is not None or value in (None, ""):
        return None
    return {
        "called": _in_each(lambda: str(spec.label)),
        "says": _in_each(lambda: _said(ctx, definition, value)),
    }


def _in_each(say: Callable[[], str]) -> dict[str, str]:
    found = {}
    for locale in LOCALE_NAMES:
        with locale_scope(locale):
            found[locale] = say()
    return found


def _said(ctx: Ctx, definition: Definition, value: Any) -> str:
    spec = definition.added.field
    if isinstance(value, bool):
        return str(T("yes")) if value else str(T("no"))
    if isinstance(value, Decimal):
        return f"{decimal_text(value, grouped=True)} {spec.suffix}".strip()
    if isinstance(value, date):
        return value.isoformat()
    if definition.kind == "choice":
        return str(dict(spec.options(ctx)).get(value, value))
    return str(to_json(ctx, value))

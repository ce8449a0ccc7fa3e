"""Custom fields on printed documents and labels: what stands in them, in every language that is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import LOCALE_NAMES, Ctx, DocumentBlock, DocumentKind, T, hookimpl
from core.base_api import KeptFile, locale_scope
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


@hookimpl(optionalhook=True)
def label_lines(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """A line for each field that stands on labels, in the language of now. One for some roles is on no label."""
    chosen = [d for d in definitions(ctx, entity) if d.labelled and not d.added.retired]
    if not chosen:
        return {}
    found = CustomFields().read(ctx, ctx.registry.get(entity), ids, ())
    return {
        row_id: [
            f"{each.added.field.label}: {_said(ctx, each, value)}"
            for each in chosen
            if each.added.field.when is None
            and (value := values.get(each.added.field.name)) not in (None, "")
        ]
        for row_id, values in found.items()
    }


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
    if isinstance(value, KeptFile):
        return value.name
    if definition.kind == "choice":
        return str(dict(spec.options(ctx)).get(value, value))
    return str(to_json(ctx, value))

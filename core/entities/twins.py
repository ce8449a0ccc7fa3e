"""Rows that a person would not tell apart from another: told when they are saved, and kept (``twins`` of the entity)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ColumnElement, func, or_, select

from core.declare.declarations import EntityType
from core.text.i18n import LOCALES, T
from core.values.folding import code_key

if TYPE_CHECKING:
    from core.kernel.context import Ctx

GONE = ("cancelled", "reversed")
"""States of documents that are no twin of anything any more."""
MOST = 3
"""Twins that are named."""


def tell_twins(ctx: Ctx, entity: EntityType, row: Any, changed: Collection[str] | None) -> None:
    """Warn (:meth:`Ctx.warn`) of rows that ``row`` is a twin of: one warning a group of fields, naming the others.

    ``changed`` are the fields that this save touched; None for a new row. Texts are compared without case, width and blanks;
    only rows that this person may see are named. One query for each group whose first field says something.
    """
    for group in entity.twins:
        if changed is None or not set(group).isdisjoint(changed):
            for text, others in _found(ctx, entity, row, group):
                labels = {f.name: f.label for f in entity.fields}
                ctx.warn(
                    T(
                        "{others}: the same {fields} “{text}”. Look whether it is there twice.",
                        others=", ".join(str(getattr(o, entity.key)) for o in others),
                        text=text,
                        fields=" + ".join(str(labels.get(name, name)) for name in reversed(group)),
                    )
                )


def _found(
    ctx: Ctx, entity: EntityType, row: Any, group: Sequence[str]
) -> Iterator[tuple[str, Sequence[Any]]]:
    first, model = group[0], entity.model
    said = dict.fromkeys(text.strip() for text in _texts(row, first) if text and text.strip())
    if not said:
        return
    wanted = select(model).where(model.id != row.id, or_(*_same(model, first, said)))
    for name in group[1:]:
        spec = next(f for f in entity.fields if f.name == name)
        wanted = wanted.where(getattr(model, spec.attr) == getattr(row, spec.attr))
    if entity.states:
        wanted = wanted.where(model.state.not_in(GONE))  # type: ignore[attr-defined]
    others = ctx.session.scalars(ctx.scope.narrow(entity, wanted.order_by(model.id.desc()).limit(MOST))).all()
    if others:
        keys = {code_key(text) for other in others for text in _texts(other, first) if text}
        yield next((text for text in said if code_key(text) in keys), next(iter(said))), others


def _texts(row: Any, name: str) -> list[str]:
    """What a row says there, and of a name what it is called in other languages."""
    names = getattr(row, f"{name}s", None)
    return [getattr(row, name) or "", *(names.values() if isinstance(names, dict) else ())]


def _same(model: Any, name: str, said: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """Conditions: one of these texts, as it may be stored: narrow or full width, with the capitals that the engine makes."""
    keys = {code_key(text) for text in said} | {"".join(text.split()) for text in said}
    forms = {form for key in keys for form in (key, _ascii_upper(key), _wide(key))}
    columns = [getattr(model, name)]
    if isinstance(getattr(getattr(model, f"{name}s", None), "type", None), JSON):
        columns += [getattr(model, f"{name}s")[locale].as_string() for locale in LOCALES]
    for column in columns:
        yield func.upper(func.replace(func.replace(column, " ", ""), "\u3000", "")).in_(forms)


def _ascii_upper(text: str) -> str:
    return "".join(sign.upper() if sign.isascii() else sign for sign in text)


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)

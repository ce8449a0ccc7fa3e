"""Documents on paper: which may be printed of a row, and the file that the plugin that prints makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.declare.declarations import EntityType
from core.declare.kinds import DocumentKind
from core.errors import NotFound
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def printable(ctx: Ctx, entity: EntityType) -> list[DocumentKind]:
    """The kinds of document that this person may print of rows of ``entity``, in the order they were declared."""
    return [
        kind
        for kind in ctx.registry.documents.all_standing(ctx.enabled)
        if kind.entity == entity.name and (not kind.right or ctx.can(kind.right))
    ]


def offered(ctx: Ctx, entity: EntityType, row: Any) -> list[DocumentKind]:
    """Those that the page of ``row`` offers in its bar. One that cannot say whether it is offered is not offered."""
    return [k for k in printable(ctx, entity) if k.button and (k.visible is None or _visible(ctx, k, row))]


def _visible(ctx: Ctx, kind: DocumentKind, row: Any) -> bool:
    visible, what = kind.visible, f"visible of document {kind.name}"
    return ctx.hooks.guarded(
        kind.plugin, what, lambda: visible is not None and bool(visible(ctx, row)), False
    )


def print_row(
    ctx: Ctx, entity: EntityType, row: Any, name: str = "", language: str = ""
) -> tuple[str, bytes]:
    """(file name, PDF) of ``row`` as the document ``name`` in ``language``; the first one there is, in the reader's language,
    where they are empty. The row must have been read with the right to see it.

    Raises NotFound for a document that is none of this entity's or needs a right that the person has not, for a language it is
    not printed in, and where no plugin prints; Refused where it cannot be drawn exactly.
    """
    kind = next((k for k in printable(ctx, entity) if name in ("", k.name)), None)
    if kind is None:
        raise NotFound(T("There is nothing called {name}.", name=name))
    if not language:
        language = ctx.locale if ctx.locale in kind.languages else kind.languages[0]
    elif language not in kind.languages:
        raise NotFound(T("There is nothing called {name}.", name=language))
    data: bytes | None = ctx.hooks.print_document(kind=kind, row=row, language=language)
    if data is None:
        raise NotFound(T("There is nothing called {name}.", name=kind.name))
    return kind.filename(row), data

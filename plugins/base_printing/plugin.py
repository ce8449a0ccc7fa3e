"""Wiring of printing: documents as PDF, on the screen and on the command line; a serving hub keeps a process for them warm."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, DocumentKind, Manifest, Problem, SaveChange, T, hookimpl
from kit.printing import documents
from kit.printing.pool import pool
from plugins.base_printing.services import blocks, typed

manifest = Manifest(
    name="base_printing",
    title=T("Printing"),
    version="0.1.0",
    summary=T("Documents as PDF, made by a process that stays warm."),
    category="platform",
    base=True,
)


@hookimpl
def hub_started() -> None:
    """Start one process ahead of need: the first contract is as quick as the next."""
    threading.Thread(target=pool.warm, daemon=True).start()


@hookimpl
def print_document(ctx: Ctx, kind: DocumentKind, row: Any, language: str) -> bytes:
    """The document, made now."""
    return documents.render(ctx, kind.name, row, language).pdf


@hookimpl
def printed_blocks(ctx: Ctx, kind: DocumentKind, row: Any) -> Sequence[blocks.Part]:
    """What other plugins put on it, as it was when it was issued."""
    return blocks.printed(ctx, kind, row)


@hookimpl
def after_save(ctx: Ctx, entity: str, row: Any) -> None:
    """What other plugins put on a document that says something new is kept with it."""
    blocks.keep(ctx, entity, row)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any) -> None:
    """The same where an action issued or revised it."""
    blocks.keep(ctx, entity, row)


@hookimpl
def before_save(ctx: Ctx, entity: str, change: SaveChange) -> list[Problem]:
    """What is typed into a document that is printed can be printed."""
    return typed.save_problems(ctx, entity, change)


@hookimpl
def before_transition(ctx: Ctx, entity: str, action: str, data: Mapping[str, Any]) -> list[Block]:
    """What an action writes into a document that is printed can be printed."""
    return typed.action_blocks(ctx, entity, action, data, manifest.name)


@hookimpl
def register_commands(group: Any) -> None:
    """``hub print``."""
    from plugins.base_printing.commands import print_

    group.add_command(print_)

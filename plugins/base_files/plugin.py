"""Wiring of files and remarks: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Declare, Manifest, Panel, T, hookimpl
from core.base_api import EVERYONE, Activity
from plugins.base_files import hookspecs, models, shown  # noqa: F401  (models maps the tables)
from plugins.base_files.services import attachments, store

manifest = Manifest(
    name="base_files",
    title=T("Files and remarks"),
    version="0.1.0",
    summary=T("Files on documents, checked by content; what people write about a document."),
    category="platform",
    base=True,
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What others may implement."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare the right to see and add files and remarks."""
    registry.permission(attachments.RIGHT, T("See and add files and comments"), EVERYONE)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Files and remarks have addresses of their own."""
    from plugins.base_files.screens import FilesPage, RemarksPage

    registry.view(FilesPage(name="Files", endpoint="files", url="/files"))
    registry.view(RemarksPage(name="Remarks", endpoint="remarks", url="/remarks"))


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """The files of a document, and the form for a remark."""
    return shown.of_document(ctx, entity, row)


@hookimpl
def activity(ctx: Ctx, entity: str, row: Any) -> Sequence[Activity]:
    """Remarks stand in the stream of what was done to the document."""
    return shown.activity(ctx, entity, row)


@hookimpl
def data_faults(ctx: Ctx) -> Sequence[str]:
    """Every file that a row names is there, and is what was stored."""
    return store.faults(ctx)

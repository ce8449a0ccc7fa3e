"""Wiring of labels: manifest and hook implementations, nothing else."""

from __future__ import annotations

from typing import Any

from core.api import Declare, Manifest, T, hookimpl
from core.base_api import FramePart
from plugins.labels import hookspecs
from plugins.labels.shown import entity_panels, listed
from plugins.labels.words import SHEET

manifest = Manifest(
    name="labels",
    title=T("Labels"),
    version="0.1.0",
    summary=T("Labels with bar code and QR code for rolls, cartons, stores and documents."),
    category="platform",
    requires=("base_printing",),
    settings=(SHEET,),
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What plugins say of labels."""
    return hookspecs


@hookimpl
def register_screens(registry: Declare) -> None:
    """Choosing and printing."""
    from plugins.labels.screens import LabelPage

    registry.view(LabelPage(name="Labels", endpoint="labels", url="/labels"))
    registry.frame_part(FramePart("labels", "ticked", "labels/ticked.html", when=listed))


__all__ = ["entity_panels", "manifest"]

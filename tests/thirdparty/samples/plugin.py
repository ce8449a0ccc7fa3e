"""A plugin of somebody else, with one of everything that core offers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from core.api import (
    Ctx,
    Declare,
    Manifest,
    T,
    hookimpl,
    hookspec,
)
from tests.thirdparty.samples import entities
from tests.thirdparty.samples.models import Request

manifest = Manifest(
    name="samples",
    title=T("Samples"),
    version="1.0",
    summary=T("Samples asked of makers."),
    category="development",
    default_on=False,
)


@hookspec
def sample_stamped(ctx: Ctx, row: Request, word: str) -> None:
    """A request was stamped."""


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    return SimpleNamespace(sample_stamped=sample_stamped)


@hookimpl
def register(registry: Declare) -> None:
    entities.register(registry)

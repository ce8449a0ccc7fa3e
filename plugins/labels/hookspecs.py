"""What plugins say of the labels of their documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from core.api import Ctx, hookspec
from kit.labels import Label


@hookspec
def labels(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[Label]] | None:
    """Labels of these documents: the rolls of a receipt, the cartons of a shipment. A document without an answer has one
    label with its number; one with an empty answer has none. A fixed number of queries; the texts in the language of now."""


@hookspec
def label_lines(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[str]] | None:
    """More lines for every label of these documents, whoever says what else stands there. They keep their places where the
    label has no room for all. A fixed number of queries; the texts in the language of now."""


@hookspec
def label_kinds(ctx: Ctx) -> Collection[str] | None:
    """Kinds whose lists offer labels of the rows that are ticked: places, materials, receipts."""

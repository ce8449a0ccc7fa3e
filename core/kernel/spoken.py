"""Names of entities are values (:class:`core.declare.names.EntityName`): finds code that writes one as bare text.

A text with a typing error is equal to nothing, and nobody says so. In declarations a name may stand as text: the start of the
hub knows them all and stops at one that nobody declares.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from pathlib import Path

CHECKED = {
    "Action", "ChildTable", "Column", "DocumentKind", "EntityName", "EntityType", "Event", "Field", "Filter", "PayloadTable",
    "ProcessStep",
}  # fmt: skip
"""Calls that name an entity before the hub has started, or that make the value."""
ALIKE = {"KIND", "RIGHT", "SETTING"}
"""Constants for other things, whose names may be spelt like an entity's: papers and jobs, rights, settings."""


def entity_texts(file: Path, known: Container[str]) -> Iterator[tuple[int, str]]:
    """Lines of ``file`` with the text of a ``known`` name of an entity, apart from declarations, keys of ``ctx.memo`` and
    constants for other things."""
    yield from _texts(ast.parse(file.read_text(encoding="utf-8")), known)


def _texts(node: ast.AST, known: Container[str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
        yield node.lineno, node.value
    if not _is_of_another(node) and not (isinstance(node, ast.Call) and _is_checked(node.func)):
        for child in ast.iter_child_nodes(node):
            yield from _texts(child, known)


def _is_of_another(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and all(
        isinstance(t, ast.Name) and t.id in ALIKE for t in node.targets
    )


def _is_checked(called: ast.expr) -> bool:
    match called:
        case ast.Name(id=name):
            return name in CHECKED
        case ast.Attribute(value=ast.Name("registry")) | ast.Attribute(value=ast.Attribute(attr="memo")):
            return True
    return False

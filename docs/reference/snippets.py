"""Pieces of the example plugin, as the tutorial shows them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TUTORIAL = Path(__file__).parent.parent / "tutorial.md"
EXAMPLE = Path(__file__).parents[2] / "examples/acme_compliance"
TAKEN = re.compile(r"<!-- ([\w/.]+\.py): (?:def |class )?(\w+) -->\n+(?:```python\n(.*?)```\n)?", re.S)


def piece(file: str, name: str) -> str:
    """The function, class or constant of an example's file, with its decorators."""
    text = (EXAMPLE / file).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        named = getattr(node, "name", "") or (
            isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "")
        )
        if named == name:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno]) + "\n"
    raise AssertionError(f"{file} has no {name}")


def with_pieces(text: str) -> str:
    """The tutorial with each piece of code as the example has it."""
    return TAKEN.sub(lambda m: f"{m[0].partition(chr(10))[0]}\n```python\n{piece(m[1], m[2])}```\n", text)

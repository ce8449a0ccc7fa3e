"""States change in one place: finds code that sets one by hand instead of by an action, ``follow`` or ``enter_state``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def assigned_states(file: Path) -> Iterator[int]:
    """Line numbers where ``file`` sets an attribute ``state`` of something, by assignment, ``setattr`` or an UPDATE.

    Rows that are just being made get theirs in the constructor; that is not found.
    """
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Assign(targets=targets):
                found = any(_is_state(t) for target in targets for t in ast.walk(target))
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                found = _is_state(target)
            case ast.Call(func=ast.Name("setattr"), args=[_, ast.Constant("state"), *_]):
                found = True
            case ast.Call(func=ast.Attribute(attr="values"), keywords=given):
                found = any(k.arg == "state" for k in given)
            case _:
                found = False
        if found and isinstance(node, ast.stmt | ast.expr):
            yield node.lineno


def _is_state(target: ast.AST) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "state" and isinstance(target.ctx, ast.Store)

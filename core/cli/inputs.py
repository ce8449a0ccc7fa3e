"""What was typed after ``hub do``: ``field=value``, files, and JSON, checked as a form would check them."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.declare.action import Action
from core.declare.fields import Field
from core.errors import Refused, Unreadable
from core.remote import parse_json
from core.text.i18n import T
from core.values import decode_text, parse_id


def pairs(arguments: Sequence[str]) -> dict[str, str]:
    """``["a=1", "b=@file"]`` → name → what was typed. Refused for anything else."""
    found = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or not name:
            raise Refused(T("“{text}” is not written as field=value.", text=argument))
        found[name] = value
    return found


def version_of(given: dict[str, str]) -> int | None:
    """Take ``_version=N`` out of what was typed."""
    typed = given.pop("_version", "")
    if typed and parse_id(typed) is None:
        raise Refused(T("“{value}” is not a number.", value=typed), "_version")
    return int(typed) if typed else None


def merged(action: Action, given: Mapping[str, str], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What came as JSON, and over it what was typed as ``field=value``, ``field=@path`` or ``table=JSON``."""
    fields, tables = {f.name: f for f in action.all_fields()}, {t.name for t in action.tables}
    texts = {
        n: json_of(v, n) if n in tables else _value(fields.get(n.split(".")[0]), n, v)
        for n, v in given.items()
    }
    return {**sent, **texts}


def payload_of(typed: str) -> dict[str, Any]:
    """A whole payload: JSON, ``@path``, or ``-`` for what is piped in. Refused where it is not a JSON object."""
    text = sys.stdin.read() if typed == "-" else typed
    given = json_of(text, "payload") if text else {}
    if not isinstance(given, dict):
        raise Refused(T("A payload is a JSON object."), "payload")
    return given


def json_of(typed: str, name: str) -> Any:
    """JSON, or what the file behind ``@path`` holds; decimals stay exact. Refused where it is not JSON."""
    return parse_json(_read(name, typed[1:]).removeprefix(BOM_UTF8) if typed.startswith("@") else typed, name)


def _value(spec: Field | None, name: str, typed: str) -> Any:
    if not typed.startswith("@") or spec is None:
        return typed
    content = _read(name, typed[1:])
    if spec.kind == "file":
        return Path(typed[1:]).name, content
    try:
        return decode_text(content)
    except Unreadable as error:
        raise Refused(T("{path}: {why}", path=typed[1:], why=error.message), name) from error


def _read(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refused(T("{path} cannot be read.", path=path), name) from error

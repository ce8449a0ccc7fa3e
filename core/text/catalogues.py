"""Translation catalogues: gather the sentences of core and each plugin, keep the .po files up to date, check them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.text.i18n import DOMAIN, LOCALES

METHODS = [
    ("**/migrations/**", "ignore"),
    ("**/testing/**", "ignore"),
    ("testing.py", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
]
KEYWORDS = {"T": None, "_": None, "TC": ((1, "c"), 2), "_c": ((1, "c"), 2)}
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.do"}}
BRACES = re.compile(r"\{[a-z_]*\}")


def sentences(package: Path) -> Catalog:
    """Every translatable sentence of a package (core, or one plugin)."""
    catalogue = Catalog(charset="utf-8")
    for file, line, message, comments, context in extract_from_dir(
        str(package), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("i18n:",), strip_comment_tags=True
    ):
        catalogue.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return catalogue


def po_path(package: Path, locale: str) -> Path:
    """Where a package keeps its catalogue of a language."""
    return package / "translations" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def update(package: Path) -> dict[str, int]:
    """Bring the .po files of a package in line with its sentences; returns how many lack a translation by locale."""
    template = sentences(package)
    missing = {}
    for locale in LOCALES[1:]:
        path = po_path(package, locale)
        if path.exists():
            with path.open("rb") as source:
                known = read_po(source, locale=locale)
        else:
            known = Catalog(locale=locale)
        merged = Catalog(locale=locale, project="OEM Hub", charset="utf-8", fuzzy=False)
        for message in template:
            if message.id:
                old = known.get(message.id, message.context)
                merged.add(message.id, context=message.context, string=old.string if old is not None and not old.fuzzy else "",
                           locations=[(f, 0) for f in sorted({f for f, _line in message.locations})])  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            write_po(out, merged, sort_output=True, omit_header=False, include_lineno=False, width=120)
        _drop_dates(path)
        missing[locale] = sum(1 for m in merged if m.id and not m.string)
    return missing


def _drop_dates(path: Path) -> None:
    # dates in the header would change with every run
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r'"(POT-Creation-Date|PO-Revision-Date|Generated-By):.*\n', "", text), encoding="utf-8"
    )


def problems(package: Path) -> list[str]:
    """What is wrong with a package's catalogues: missing or stale sentences, values that differ from the original."""
    template = {(m.id, m.context) for m in sentences(package) if m.id}
    found = []
    for locale in LOCALES[1:]:
        path = po_path(package, locale)
        if not path.exists():
            found += [f"{path} does not exist"] if template else []
            continue
        with path.open("rb") as source:
            known = {(m.id, m.context): m for m in read_po(source, locale=locale) if m.id}
        found += [
            f"{path}: no entry for {_called(*m)}"
            for m in sorted(template - set(known), key=lambda m: _called(*m))
        ]
        for (msgid, context), message in known.items():
            if (msgid, context) in template and not message.string:
                found.append(f"{path}: not translated: {_called(msgid, context)}")
            elif set(BRACES.findall(str(msgid))) != set(BRACES.findall(str(message.string))):
                found.append(f"{path}: other values than the original: {msgid!r} → {message.string!r}")
    return found


def _called(msgid: object, context: str | None) -> str:
    """A sentence as it is named in messages."""
    return f"{msgid!r} in context {context!r}" if context else repr(msgid)


def conflicts(packages: Iterable[Path], about: Collection[Path] = ()) -> list[str]:
    """Sentences that two packages translate differently. Each shows its own, but who reads both wonders: where the meaning
    differs say it in a context (``TC("relaxation", "After")``), else agree on one translation. ``about``: only those that
    one of these packages has a part in."""
    found = []
    for locale in LOCALES[1:]:
        said: dict[str, dict[str, list[str]]] = {}
        for package in packages:
            path = po_path(package, locale)
            if not path.exists():
                continue
            with path.open("rb") as source:
                for message in read_po(source, locale=locale):
                    if message.id and message.string:
                        said.setdefault(_called(message.id, message.context), {}).setdefault(
                            str(message.string), []
                        ).append(package.name)
        for msgid, ways in sorted(said.items()):
            if len(ways) > 1 and (
                not about or {p.name for p in about} & {n for ns in ways.values() for n in ns}
            ):
                each = ", ".join(f"{words!r} ({', '.join(names)})" for words, names in ways.items())
                found.append(f"{locale}: {msgid} has several translations: {each}")
    return found


def untranslatable(package: Path) -> Iterator[str]:
    """Calls of ``T`` or ``TC`` with something that is not a plain string: nobody could translate them."""
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("T", "TC"):
                words = node.args[: 2 if node.func.id == "TC" else 1]
                if not words or not all(
                    isinstance(w, ast.Constant) and isinstance(w.value, str) for w in words
                ):
                    yield f"{file}:{node.lineno}"

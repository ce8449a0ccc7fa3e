"""Translated text without a web framework.

``T("{n} lines", n=3)`` is a sentence that is translated when it is shown, not when it is made, so that services, jobs
and the command line speak the language of whoever reads. The language is a context variable.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

LOCALES: tuple[str, ...] = ("en", "zh_Hant_TW", "zh_Hans_CN")
LOCALE_NAMES = {"en": "English", "zh_Hant_TW": "繁體中文", "zh_Hans_CN": "简体中文"}
DEFAULT_LOCALE = "zh_Hant_TW"
DOMAIN = "messages"

CORE = "core"
Sentences = dict[str, str]
"""Translations by sentence, one in a context by context, ``\\4`` and sentence (as gettext writes it)."""

_locale: contextvars.ContextVar[str] = contextvars.ContextVar("hub_locale", default="en")
_catalogues: dict[tuple[str, str], Sentences] = {}
"""By language and package. A sentence is translated by the catalogue of the package it was written in, then by core's."""
_chosen: dict[str, dict[str, Sentences]] = {}
"""By language and module what a sentence written there is looked up in: its package's over core's. Made once."""
_files: dict[Path, tuple[float, Sentences]] = {}
"""What was read already, with the file's time."""


class Text:
    """A translatable sentence with named values (``str.format`` style), resolved by ``str()``.

    It is no string: its words depend on who reads it. Two are equal where sentence, context and values are.
    """

    __slots__ = ("context", "home", "msgid", "params")

    def __init__(
        self, msgid: str, params: dict[str, Any] | None = None, home: str = CORE, context: str = ""
    ) -> None:
        self.msgid = msgid
        self.params = params or {}
        self.home = home
        self.context = context

    def with_values(self, **params: Any) -> Text:
        """The same sentence with other values."""
        return Text(self.msgid, params, self.home, self.context)

    def __str__(self) -> str:
        sentence = translate(self.msgid, self.home, self.context)
        return sentence.format(**self.params) if self.params else sentence

    def __repr__(self) -> str:
        return f"T({self.msgid!r})"

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        return (self.msgid, self.context, self.params) == (other.msgid, other.context, other.params)

    def __hash__(self) -> int:
        return hash((self.msgid, self.context))


class Called(Text):
    """What people call something, in as many languages as they wrote it (:func:`pick`): no sentence of a catalogue."""

    __slots__ = ("names",)

    def __init__(self, name: str, names: dict[str, str] | None = None) -> None:
        super().__init__(name)
        self.names = names or {}

    def __str__(self) -> str:
        return pick(self.names, self.msgid)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Called) and (self.msgid, self.names) == (other.msgid, other.names)

    def __hash__(self) -> int:
        return hash((self.msgid, *sorted(self.names.items())))


def T(msgid: str, /, **params: Any) -> Text:
    """Mark ``msgid`` for translation and bind its named values. Shown in the language current when it is shown, translated by
    the plugin that says it."""
    return Text(msgid, params, sys._getframe(1).f_globals.get("__name__", CORE))


def TC(context: str, msgid: str, /, **params: Any) -> Text:
    """:func:`T` in a context: where one English sentence means two things, ``TC("relaxation", "After")``."""
    return Text(msgid, params, sys._getframe(1).f_globals.get("__name__", CORE), context)


def translate(msgid: str, home: str = CORE, context: str = "") -> str:
    """``msgid`` in the current language, as the package says it that module ``home`` belongs to, else as core does; the English
    original where no translation exists."""
    locale = _locale.get()
    try:
        sentences = _chosen[locale][home]
    except KeyError:
        sentences = _chosen.setdefault(locale, {})[home] = _sentences_for(locale, home)
    return sentences.get(f"{context}\4{msgid}" if context else msgid, msgid)


def _sentences_for(locale: str, module: str) -> Sentences:
    """What the package that ``module`` is in says, the innermost one that has a catalogue; modules of one share it."""
    core = _catalogues.get((locale, CORE), {})
    package = module
    while package and (locale, package) not in _catalogues:
        package = package.rpartition(".")[0]
    if not package or package == CORE:
        return core
    if module == package:
        return {**core, **_catalogues[locale, package]}
    shared = _chosen.setdefault(locale, {})
    if package not in shared:
        shared[package] = {**core, **_catalogues[locale, package]}
    return shared[package]


def current_locale() -> str:
    """The language sentences are shown in at this moment, one of :data:`LOCALES`."""
    return _locale.get()


def set_locale(locale: str) -> contextvars.Token[str]:
    """Switch the language for the rest of this context (a request, a job)."""
    return _locale.set(locale if locale in LOCALES else "en")


@contextlib.contextmanager
def locale_scope(locale: str) -> Iterator[None]:
    """Speak ``locale`` inside the ``with`` block."""
    token = set_locale(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def compile_catalogues(folders: Iterable[Path]) -> int:
    """Make ``messages.mo`` beside every ``messages.po`` that is newer than it; returns how many were made."""
    made = 0
    for folder in folders:
        for po in sorted(Path(folder).glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
            mo = po.with_suffix(".mo")
            if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
                continue
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parts[-3])
            target = mo.with_suffix(f".mo.{os.getpid()}")  # several processes may start at once
            with target.open("wb") as out:
                write_mo(out, catalogue)
            target.replace(mo)
            made += 1
    return made


def load_catalogues(packages: Mapping[str, Path]) -> None:
    """Load the catalogues of packages (import name → folder), each for the sentences that are written in it; what they lack is
    asked of core's.

    Added, not replaced: a process may hold more than one hub, and one with fewer plugins must not silence the others.
    """
    for package, folder in packages.items():
        with contextlib.suppress(
            OSError
        ):  # whoever runs the hub need not be able to write where it is installed
            compile_catalogues([folder / "translations"])
        for locale in LOCALES:
            po = folder / "translations" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
            mo = po.with_suffix(".mo")
            if mo.exists() and not (po.exists() and po.stat().st_mtime > mo.stat().st_mtime):
                _catalogues[locale, package] = _read(mo)
            elif po.exists():
                _catalogues[locale, package] = _read(po)
    _chosen.clear()


def _key(msgid: str, context: str | bytes | None) -> str:
    # Babel leaves the context as it is in the file
    text = context.decode("utf-8") if isinstance(context, bytes) else context
    return f"{text}\4{msgid}" if text else msgid


def _read(file: Path) -> Sentences:
    """A catalogue, compiled or as it was written."""
    stamp = file.stat().st_mtime
    if file not in _files or _files[file][0] != stamp:
        with file.open("rb") as source:
            found = {
                _key(message.id, message.context): str(message.string)
                for message in (read_mo(source) if file.suffix == ".mo" else read_po(source))
                if isinstance(message.id, str) and message.id and message.string and not message.fuzzy
            }
        _files[file] = (stamp, found)
    return _files[file][1]


def pick(names: dict[str, str] | None, fallback: str) -> str:
    """A name kept in several languages, in the current one: exact, then the other Chinese, then ``fallback``."""
    if not names:
        return fallback
    locale = _locale.get()
    if names.get(locale):
        return names[locale]
    if locale.startswith("zh"):
        for other in ("zh_Hant_TW", "zh_Hans_CN"):
            if names.get(other):
                return names[other]
    return fallback


def best_locale(header: str) -> str:
    """The supported language that fits an ``Accept-Language`` header; English for anything else."""
    for part in re.split(r"\s*,\s*", header.lower()):
        tag = part.split(";")[0].strip()
        if tag.startswith(("zh-tw", "zh-hk", "zh-mo", "zh-hant")):
            return "zh_Hant_TW"
        if tag.startswith("zh"):
            return "zh_Hans_CN"
        if tag.startswith("en"):
            return "en"
    return "en"

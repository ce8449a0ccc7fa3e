"""Translated text without a web framework.

``T("{n} lines", n=3)`` is a sentence that is translated when it is shown, not when it is made, so that services, jobs
and the command line speak the language of whoever reads. The language is a context variable.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES: tuple[str, ...] = ("en", "zh_Hant_TW", "zh_Hans_CN")
LOCALE_NAMES = {"en": "English", "zh_Hant_TW": "繁體中文", "zh_Hans_CN": "简体中文"}
DEFAULT_LOCALE = "zh_Hant_TW"
DOMAIN = "messages"

_locale: contextvars.ContextVar[str] = contextvars.ContextVar("hub_locale", default="en")
_catalogues: dict[str, Translations] = {}


class Text:
    """A translatable sentence with named values (``str.format`` style), resolved by ``str()``."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, params: dict[str, Any] | None = None) -> None:
        self.msgid = msgid
        self.params = params or {}

    def __str__(self) -> str:
        sentence = translate(self.msgid)
        return sentence.format(**self.params) if self.params else sentence

    def __repr__(self) -> str:
        return f"T({self.msgid!r})"

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | Text) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.msgid)

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def __add__(self, other: object) -> str:
        return str(self) + str(other)

    def __radd__(self, other: object) -> str:
        return str(other) + str(self)

    def __mod__(self, params: Any) -> str:
        formatted: str = str(self) % params
        return formatted

    def __len__(self) -> int:
        return len(str(self))

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)


def T(msgid: str, /, **params: Any) -> Text:
    """Mark ``msgid`` for translation and bind its named values. Shown in the language current when it is shown."""
    return Text(msgid, params)


def translate(msgid: str) -> str:
    """``msgid`` in the current language; the English original where no translation exists."""
    catalogue = _catalogues.get(_locale.get())
    if catalogue is None or not msgid:
        return msgid
    return str(catalogue.gettext(msgid))


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


def load_catalogues(folders: Iterable[Path]) -> None:
    """Load the catalogues of core and of every loaded plugin into those that are there; a later folder wins.

    Added, not replaced: a process may hold more than one hub, and one with fewer plugins must not silence the others.
    """
    folders = list(folders)
    compile_catalogues(folders)
    for locale in LOCALES:
        merged: Translations | None = _catalogues.get(locale)
        for folder in folders:
            mo = Path(folder) / locale / "LC_MESSAGES" / f"{DOMAIN}.mo"
            if not mo.exists():
                continue
            with mo.open("rb") as source:
                catalogue = Translations(source, domain=DOMAIN)
            if merged is None:
                merged = catalogue
            else:
                merged.merge(catalogue)
        if merged is not None:
            _catalogues[locale] = merged


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

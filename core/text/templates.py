"""Sentences in templates: each is translated by the catalogue of whoever wrote the template, wherever it is included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from core.text import i18n

CALLS = ("_", "_c")


class WhoseSentences(Extension):
    """Writes into each ``_("…")`` and ``_c("context", "…")`` of a template which package it belongs to."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, with one argument more in those calls."""
        homes: Mapping[str, str] = self.environment.homes  # type: ignore[attr-defined]
        package = homes.get((stream.name or "").split("/")[0], i18n.CORE)
        before: Token | None = None
        for token in stream:
            yield token
            called = before is not None and before.type == "name" and before.value in CALLS
            if called and token.type == "lparen":
                yield Token(token.lineno, "string", package)
                yield Token(token.lineno, "comma", ",")
            # an attribute of that name is something else
            before = None if before is not None and before.type == "dot" else token


def translate_templates(environment: Environment, homes: Mapping[str, str]) -> None:
    """Let the templates of ``environment`` say ``_("sentence", name=value)`` and ``_c("context", "sentence")``. ``homes`` maps
    the first folder of a template's name to the package whose catalogue translates it; others are core's."""
    environment.extend(homes=dict(homes))
    environment.add_extension(WhoseSentences)
    environment.globals.update(_=_sentence, _c=_in_context)


def _sentence(package: str, msgid: str, **values: Any) -> str:
    sentence = i18n.translate(msgid, package)
    return sentence.format(**values) if values else sentence


def _in_context(package: str, context: str, msgid: str, **values: Any) -> str:
    sentence = i18n.translate(msgid, package, context)
    return sentence.format(**values) if values else sentence

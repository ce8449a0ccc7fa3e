"""What other plugins put on a printed document: drawn before its signatures, each part apart from the others."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from core.api import DocumentBlock, T

log = logging.getLogger("hub.documents")


class Blocks:
    """The parts of one document: ``{{ blocks }}`` in its template puts them there; otherwise they stand at its end."""

    def __init__(
        self,
        environment: jinja2.Environment,
        parts: Sequence[tuple[str, DocumentBlock | Exception]],
        values: Mapping[str, Any],
    ) -> None:
        self._environment, self._parts, self._values = environment, parts, values
        self.placed = False

    def __html__(self) -> str:
        self.placed = True
        return Markup("").join(self._drawn(plugin, part) for plugin, part in self._parts)

    def _drawn(self, plugin: str, part: DocumentBlock | Exception) -> Markup:
        """One part. One that fails says so in its place, and the document lives."""
        if isinstance(part, DocumentBlock):
            try:
                template = self._environment.get_template(part.template)
                return Markup(template.render({**self._values, **part.values}))  # noqa: S704 - autoescaped
            except Exception:
                log.exception("the part %s of plugin %s could not be drawn", part.template, plugin)
        sentence = T("A part of {plugin} could not be shown.", plugin=plugin)
        return Markup("<p>{}</p>").format(str(sentence))

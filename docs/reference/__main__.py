"""``python -m docs.reference``: write the pages of the reference anew, and bring the tutorial's code in line."""

from __future__ import annotations

from pathlib import Path

from docs.reference.pages import pages
from docs.reference.snippets import TUTORIAL, with_pieces

for name, text in pages().items():
    (Path(__file__).parent / name).write_text(text, encoding="utf-8")
TUTORIAL.write_text(with_pieces(TUTORIAL.read_text(encoding="utf-8")), encoding="utf-8")

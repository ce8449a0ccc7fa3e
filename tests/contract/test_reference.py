"""The reference says what the code says, and the promises of the surfaces are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.text.i18n import locale_scope
from docs.reference.pages import pages
from docs.reference.snippets import TAKEN, TUTORIAL, with_pieces
from tests import surface

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.once


def test_the_reference_is_that_of_the_code() -> None:
    """``python -m docs.reference`` writes it anew."""
    with locale_scope("en"):
        made = pages()
    stored = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "docs/reference").glob("*.md")}
    assert [name for name in sorted({*made, *stored}) if made.get(name) != stored.get(name)] == [], (
        "run python -m docs.reference"
    )


def test_links_between_the_docs_lead_somewhere() -> None:
    broken = []
    for page in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_the_tutorial_shows_the_code_of_its_example() -> None:
    """``python -m docs.reference`` brings it in line."""
    text = TUTORIAL.read_text(encoding="utf-8")
    assert len(TAKEN.findall(text)) > 10
    assert with_pieces(text) == text


def test_the_changelog_names_what_changed_for_plugins() -> None:
    """``python -m tests.surface`` lists it; what is gone, or takes other arguments, is told in words too."""
    text, now = surface.CHANGELOG.read_text(encoding="utf-8"), list(surface.lines())
    assert surface.changelog(text, now) == text, "run python -m tests.surface"
    told = text.partition("### For plugin authors")[2].partition("### For administrators")[0]
    told = told.partition(surface.BEGIN)[0]
    found = surface.changes(now)
    silent = [n for n in (*found["gone"], *found["other"]) if n.rpartition(".")[2] not in told]
    assert silent == [], "say under 'For plugin authors' in CHANGELOG.md what to write instead"

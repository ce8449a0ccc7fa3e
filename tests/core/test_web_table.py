"""The rows of a list as HTML: nothing a person typed becomes markup."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from core.declare.declarations import Column
from core.text.i18n import T
from core.web.screens import table

COLUMNS = (
    Column("code", T("Code"), "text"),
    Column("qty", T("Quantity"), "qty"),
    Column("step:need", T("Need"), "figure"),
)


def body(*values: Any, base: str = "/samples/stamp/") -> Markup:
    """One row, number 7, with these values."""
    entity: Any = SimpleNamespace(states=())
    return table.body([(SimpleNamespace(id=7), values)], COLUMNS, entity, base)


def test_the_first_cell_leads_to_the_page_of_the_row() -> None:
    assert body("A-1", 5, "x") == (
        '<tr><td><a href="/samples/stamp/7">A-1</a></td><td class="num">5</td><td class="step">x</td></tr>\n'
    )


def test_what_is_missing_has_a_dash_where_a_link_or_a_step_would_be_empty() -> None:
    assert body(None, None, None) == (
        '<tr><td><a href="/samples/stamp/7">–</a></td><td class="num"></td>'
        '<td class="step"><span class="muted">–</span></td></tr>\n'
    )


def test_text_is_escaped_and_markup_is_not_escaped_twice() -> None:
    evil = '<script>alert("1")</script>'
    found = body(evil, 1, evil, base='/"><b>/')
    assert "<script" not in found
    assert "<b>" not in found
    assert found.count("&lt;script&gt;") == 2
    assert "<i>fine</i>" in body(Markup("<i>fine</i>"), 1, "x")
    assert "more &lt;i&gt;" in body("A-1", 1, T("more <i>"))  # a sentence is no markup either
    assert isinstance(found, Markup)

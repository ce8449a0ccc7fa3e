"""What is given up goes on to work, and says whose code uses it, what to write instead, and until when."""

from __future__ import annotations

import sys
import types

import pytest

from core.declare.deprecation import HubDeprecation, deprecated, renamed

pytestmark = pytest.mark.once


@deprecated(since="0.2", gone="0.4", instead="core.api.find_rows(…)")
def read_rows(count: int) -> list[int]:
    """Rows."""
    return list(range(count))


def called_by(package: str, code: str, **names: object) -> object:
    """What an expression gives in a module of that name."""
    return eval(compile(code, f"{package}/x.py", "eval"), {"__name__": package, **names})


@pytest.mark.parametrize(
    ("package", "named"), [("acme_kits.services", "acme_kits"), ("plugins.tna.shown", "tna")]
)
def test_a_function_works_on_and_names_the_plugin_that_calls_it(package: str, named: str) -> None:
    words = rf"plugin '{named}': read_rows is deprecated since 0.2 and will be gone in 0.4. Use core.api.find_rows\(…\)."
    with pytest.warns(HubDeprecation, match=f"^{words}$"):
        assert called_by(package, "read(2)", read=read_rows) == [0, 1]
    assert read_rows.__doc__ == "Rows."


def test_an_old_name_is_the_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    surface = types.ModuleType("somewhere.api")
    surface.new = len  # type: ignore[attr-defined]
    surface.__getattr__ = renamed("somewhere.api", {"old": ("new", "0.2", "0.4")})  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "somewhere.api", surface)
    with pytest.warns(HubDeprecation, match="plugin 'acme': somewhere.api.old is .* Use somewhere.api.new."):
        assert called_by("acme", "surface.old", surface=surface) is len
    with pytest.raises(AttributeError, match="has no attribute 'never'"):
        surface.never  # noqa: B018

"""What a change reaches, and the parts that measure a run: the tests of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.testing.changed import reached
from core.testing.order import test_id as name_of
from core.testing.shapes import cover, in_sample, shape_of

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]


def test_a_plugin_reaches_those_that_require_or_extend_it() -> None:
    found = reached(["plugins/catalog/prices.py"], ROOT)
    assert {
        "tests/plugins/catalog",
        "tests/plugins/orders",
        "tests/contract",
        "tests/journeys",
        "tests/plugins/base_home",
    } <= set(found)


def test_a_plugin_that_nothing_stands_on_does_not_reach_the_others() -> None:
    found = reached(["plugins/proforma/screens.py"], ROOT)
    assert {"tests/plugins/proforma", "tests/contract", "tests/journeys", "tests/plugins/base_home"} <= set(
        found
    )
    assert not {"tests/plugins/catalog", "tests/plugins/orders", "tests/core"} & set(found)


@pytest.mark.parametrize(
    "file", ["core/errors.py", "pyproject.toml", "tests/conftest.py", "tests/thirdparty/samples/models.py"]
)
def test_what_everything_stands_on_reaches_everything(file: str) -> None:
    assert reached(["docs/plugins.md", file], ROOT) == ["tests"]


def test_words_reach_nothing_and_a_test_reaches_itself() -> None:
    assert reached(["docs/plugins.md", "plugins/tna/README.md"], ROOT) == []
    assert reached(["tests/core/test_changed.py"], ROOT) == ["tests/core/test_changed.py"]


def test_what_tests_share_reaches_those_that_take_it() -> None:
    found = reached(["tests/plugins/outsourcing/conftest.py"], ROOT)
    assert {"tests/plugins/outsourcing", "tests/plugins/tna"} <= set(found)


def test_a_kit_reaches_the_plugins_that_use_it() -> None:
    found = reached(["kit/printing/fonts.py"], ROOT)
    assert {"tests/kit", "tests/plugins/outsourcing"} <= set(found)


def test_lists_of_any_length_have_one_shape() -> None:
    one = shape_of("SELECT a FROM t\nWHERE t.id IN (?, ?, ?) AND b = ?")
    assert one == shape_of("SELECT a FROM t WHERE t.id IN (?) AND b = ?")
    assert shape_of("INSERT INTO t (a, b) VALUES (?, ?), (?, ?)") == shape_of(
        "INSERT INTO t (a, b) VALUES (?, ?)"
    )
    assert one != shape_of("SELECT a FROM t WHERE t.id IN (?)")


def test_the_sample_shows_every_shape_as_cheaply_as_it_can() -> None:
    tests = {"dear": {"a", "b", "c"}, "x": {"a"}, "y": {"b"}, "z": {"c"}, "none": set[str]()}
    assert cover(tests, {"dear": 0.1, "x": 5, "y": 5, "z": 5}, ()) == ["dear"]
    assert cover(tests, {"dear": 50, "x": 0, "y": 0, "z": 0}, ["a"]) == ["y", "z"]


def test_folders_and_single_tests_are_in_the_sample() -> None:
    sample = {"always": ["tests/contract/"], "tests": {"tests/a.py::test_b[c]"}}
    assert in_sample("tests/contract/test_x.py::test_y", sample)
    assert in_sample("tests/a.py::test_b[c]", sample)
    assert not in_sample("tests/a.py::test_b", sample)


def test_a_test_is_called_the_same_in_every_process() -> None:
    assert name_of("tests/a.py::test_b[x@y]@tests/a.py") == "tests/a.py::test_b[x@y]"
    assert name_of("tests/a.py::test_b[x@y]") == "tests/a.py::test_b[x@y]"

"""What a change reaches, and the parts that measure a run: the tests of the tests."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import event, select, update

from core.data.models import Setting
from core.kernel.context import Ctx
from core.kernel.hub import Hub
from tests.support.changed import reached
from tests.support.order import test_id as name_of
from tests.support.sample import Sample, cover
from tests.support.shapes import Notes, Shapes, asked_by_test, housekeeping, shapes_of

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]


def test_a_plugin_reaches_those_that_require_or_extend_it() -> None:
    found = reached(["plugins/catalog/services/prices.py"], ROOT)
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
    one = shapes_of("SELECT a FROM t\nWHERE t.id IN (?, ?, ?) AND b = ?")
    assert one == {"SELECT a FROM t WHERE t.id IN (?) AND b = ?"}
    assert one == shapes_of("SELECT a FROM t WHERE t.id IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1) AND b = ?")
    assert one != shapes_of("SELECT a FROM t WHERE t.id IN (?)")


def test_a_row_written_by_its_key_has_a_shape_for_each_column() -> None:
    both = shapes_of("UPDATE t SET a=?, b=? WHERE t.id = ? AND t.tenant_id = ?")
    assert both == shapes_of("UPDATE t SET a=? WHERE t.id = ? AND t.tenant_id = ?") | shapes_of(
        "UPDATE t SET b=? WHERE t.id = ? AND t.tenant_id = ?"
    )
    assert len(shapes_of("UPDATE t SET a=?, b=? WHERE t.c = ?")) == 1, "not by its key"
    assert len(shapes_of("UPDATE t SET a=(t.a + ?), b=? WHERE t.id = ?")) == 1, "counted by the database"
    assert shapes_of("INSERT INTO t (a, b) VALUES (?, ?), (?, ?)") == {
        "INSERT INTO t (a) VALUES (?)",
        "INSERT INTO t (b) VALUES (?)",
    }


def test_what_is_joined_has_its_own_shapes() -> None:
    joined = "SELECT anon_1.a FROM (SELECT a UNION ALL SELECT b) AS anon_1 UNION ALL SELECT c"
    assert shapes_of(joined) == {"SELECT anon.a FROM (SELECT a UNION ALL SELECT b) AS anon", "SELECT c"}


def test_what_a_test_asks_by_itself_is_none_of_the_products_statements(
    pytestconfig: pytest.Config, ctx: Ctx, hub: Hub
) -> None:
    notes = Shapes(pytestconfig, leaves_notes=False)
    notes.now = set()
    notes.listen(hub.engine)
    try:
        ctx.session.scalars(select(Setting).where(Setting.key == "mine")).all()
        ctx.session.execute(update(Setting).where(Setting.key == "mine").values(value=1))
        assert notes.now == set()
        ctx.session.add(Setting(key="mine", value=1))
        ctx.session.flush()
        hub.tenants()
        seen = {notes.notes.texts[key].split(" FROM ")[0] for key in notes.now}
        assert any(text.startswith('INSERT INTO core_setting ("key")') for text in seen)
        assert any(text.startswith("SELECT core_tenant.id") for text in seen)
    finally:
        event.remove(hub.engine, "after_cursor_execute", notes._after)
    assert asked_by_test(pytestconfig.rootpath)


def test_the_sample_shows_every_shape_as_cheaply_as_it_can() -> None:
    notes = Notes(tests={"dear": {"a", "b", "c"}, "x": {"a"}, "y": {"b"}, "z": {"c"}, "none": set()})
    assert cover(notes, {"dear": 0.1, "x": 5, "y": 5, "z": 5}, set()) == {"dear"}
    assert cover(notes, {"dear": 50, "x": 0, "y": 0, "z": 0}, {"x"}) == {"y", "z"}


def test_what_others_make_superfluous_is_left_out() -> None:
    notes = Notes(tests={"first": {"a", "b", "c"}, "p": {"a", "b", "d"}, "q": {"c", "e"}})
    assert cover(notes, {}, set()) == {"p", "q"}


def test_a_scene_is_paid_once() -> None:
    scenes = {"x": "big", "y": "big", "z": "small"}
    notes = Notes(
        tests={"x": {"a"}, "y": {"b"}, "z": {"b"}}, scenes=scenes, prices={"big": 9.0, "small": 1.0}
    )
    assert cover(notes, {"y": 0.5}, set()) == {"x", "z"}
    assert cover(notes, {"y": 0.5}, {"x"}) == {"y"}


@pytest.mark.parametrize(("passed", "status"), [({"x", "y"}, 0), ({"y"}, 1)])
def test_a_statement_that_no_test_showed_fails_the_run(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, passed: set[str], status: int
) -> None:
    monkeypatch.delattr(pytestconfig, "workerinput", raising=False)
    sample, session = Sample(pytestconfig), SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    sample.notes = Notes(pytestconfig.args, {"x": {"a", "b"}, "y": {"b"}}, texts={"a": "SELECT a"})
    sample.passed = passed
    sample.pytest_sessionfinish(cast(pytest.Session, session))
    assert (session.exitstatus, sample.unseen) == (status, ["a"] if status else [])


@pytest.fixture(scope="module")
def prepared() -> str:
    """Something for all tests of the file that ask for it."""
    return "once"


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process has everything anyway")
def test_what_a_file_prepares_is_prepared_in_one_process(
    prepared: str, request: pytest.FixtureRequest
) -> None:
    assert request.node.nodeid.endswith("@tests/core/test_changed.py")


def test_a_test_is_called_the_same_in_every_process() -> None:
    assert name_of("tests/a.py::test_b[x@y]@tests/a.py") == "tests/a.py::test_b[x@y]"
    assert name_of("tests/a.py::test_b[x@y]") == "tests/a.py::test_b[x@y]"


def test_what_a_database_says_of_itself_need_be_shown_by_no_other():
    assert housekeeping("PRAGMA foreign_keys")
    assert housekeeping("SELECT sql FROM sqlite_master WHERE name = ? AND type = 'index'")
    assert not housekeeping("SELECT catalog_size.id FROM catalog_size WHERE catalog_size.tenant_id = ?")

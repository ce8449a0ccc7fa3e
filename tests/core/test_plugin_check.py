"""``hub plugin check``: one plugin from its declarations to its wheel, on a copy of the database."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.cli import checking
from tests.core.vaultworld import fill, rows, run

pytestmark = [pytest.mark.thorough, pytest.mark.once]


def test_what_is_right_is_said_and_the_database_stays_as_it_is(new_hub, capsys, monkeypatch):
    hub = fill(new_hub())
    before = rows(hub)
    monkeypatch.setattr(checking, "wheel_problems", lambda _plugin: [])
    monkeypatch.setattr(
        checking, "_translations", lambda _hub, _plugin: []
    )  # the small plugins speak English alone
    done, said, err = run(hub, capsys, "plugin", "check", "samples")
    assert done == 0, said + err
    for what in (
        "contract",
        "translations",
        "models and migrations",
        "screens",
        "tables down and up",
        "wheel",
    ):
        assert what in said
    assert rows(hub) == before


def test_what_is_wrong_is_said(new_hub, capsys, monkeypatch):
    hub = fill(new_hub())
    monkeypatch.setattr(checking, "wheel_problems", lambda _plugin: ["a.html is not in the wheel."])
    monkeypatch.setattr(checking, "_counts", _counts())
    done, said, err = run(hub, capsys, "plugin", "check", "samples")
    assert done == 1
    assert "samples_x had 3 rows before going down and up, then 2" in said
    assert "a.html is not in the wheel." in said
    assert "samples: " in err


def _counts():
    found = iter([{"samples_x": 3}, {"samples_x": 2}])
    return lambda *_: next(found)


PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "acme-thing"
version = "1"
[tool.hatch.build.targets.wheel]
only-include = ["acme_thing/__init__.py", "acme_thing/plugin.py"]
[project.entry-points."oem_hub.plugins"]
acme_thing = "acme_thing.plugin"
"""


def test_a_wheel_that_leaves_files_behind(tmp_path, monkeypatch):
    """Code alone, as setuptools does by default."""
    package = tmp_path / "acme_thing"
    (package / "templates" / "acme_thing").mkdir(parents=True)
    (package / "templates" / "acme_thing" / "page.html").touch()
    for name in ("__init__.py", "plugin.py"):
        (package / name).touch()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    module = SimpleNamespace(__name__="acme_thing.plugin", __file__=str(package / "plugin.py"))
    plugin = SimpleNamespace(module=module, name="acme_thing", manifest=SimpleNamespace(version="1.1"))
    found = checking.wheel_problems(plugin)  # type: ignore[arg-type]
    assert [f.split(" is not in")[0] for f in found] == [
        "acme_thing/templates/acme_thing/page.html",
        "the wheel is of version 1, the manifest says 1.1",
    ]


def test_a_build_that_fails_says_why(tmp_path):
    (tmp_path / "acme_thing").mkdir()
    (tmp_path / "acme_thing" / "plugin.py").touch()
    (tmp_path / "pyproject.toml").write_text(PROJECT.replace('version = "1"', 'version = "one"'))
    module = SimpleNamespace(
        __name__="acme_thing.plugin", __file__=str(tmp_path / "acme_thing" / "plugin.py")
    )
    plugin = SimpleNamespace(module=module, name="acme_thing", manifest=SimpleNamespace(version="1"))
    (said,) = checking.wheel_problems(plugin)  # type: ignore[arg-type]
    assert said.startswith(f"no wheel could be built of {tmp_path}: ")
    assert "one" in said.rpartition(": ")[2]

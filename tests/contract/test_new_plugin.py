"""What ``hub plugin new`` writes installs, loads, migrates and keeps every promise, as it is written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.scaffolding import write_plugin
from core.errors import StartError
from core.testing.databases import engine_name


@pytest.fixture
def run(tmp_path: Path):
    """A command of Python in the folder of the new plugin, which has to succeed; returns what it printed."""

    def carry_out(*arguments: str, folder: Path = tmp_path) -> str:
        roots = [str(folder), str(Path(__file__).parents[2])]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(roots), "HUB_TEST_ENGINE": engine_name()}
        for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "HUB_TEST_SAMPLE", "HUB_TEST_THOROUGH"):
            env.pop(name, None)
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return carry_out


def test_it_passes_its_own_tests_as_it_is_written(run, tmp_path: Path) -> None:
    said = run("-m", "core.cli", "plugin", "new", "acme_kits", "--entity", "kit_box")
    home = tmp_path / "acme_kits"
    assert "acme_kits_0001_first_tables.py" in said
    assert " passed" in run("-m", "pytest", "-q", "-p", "no:xdist", folder=home)
    run("-m", "ruff", "check", "--isolated", "--line-length", "128", ".", folder=home)
    assert [
        p.name for p in home.rglob("*") if "§" in p.name or (p.suffix == ".py" and "§" in p.read_text())
    ] == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "noun"), [("Acme", "kit"), ("acme__x", "kit"), ("acme", "class"), ("", "kit"), ("../x", "kit")]
)
def test_names_that_will_not_do_are_refused(tmp_path: Path, name: str, noun: str) -> None:
    with pytest.raises(StartError, match="is no name"):
        write_plugin(tmp_path, name, noun)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once
def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    with pytest.raises(StartError, match="is there already"):
        write_plugin(tmp_path, "acme", "kit")

"""The example plugins pass their own tests, run as their author would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.testing.databases import engine_name
from core.text import catalogues

ROOT = Path(__file__).parents[2]
EXAMPLES = ("acme_compliance", "acme_relaxation")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(EXAMPLES[0], marks=pytest.mark.more),
        pytest.param(EXAMPLES[1], marks=pytest.mark.thorough),
    ],
)
def test_it_passes_its_own_tests(name: str) -> None:
    home = ROOT / "examples" / name
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HUB_TEST_ENGINE": engine_name()}
    for left_out in (
        "PYTEST_XDIST_WORKER",
        "PYTEST_ADDOPTS",
        "HUB_TEST_SAMPLE",
        "HUB_TEST_THOROUGH",
        "HUB_PLUGINS_LOAD",
    ):
        env.pop(left_out, None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist"]
    done = subprocess.run(
        command, cwd=home, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.once
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_sentence_of_it_is_translated_as_everywhere_else(name: str) -> None:
    package = ROOT / "examples" / name / name
    assert catalogues.problems(package) == []
    others = [p for p in (ROOT / "plugins").iterdir() if (p / "translations").is_dir()]
    assert catalogues.conflicts([ROOT / "core", ROOT / "kit", *others, package], [package]) == []


@pytest.mark.once
def test_what_is_taken_from_the_scaffold_is_the_same() -> None:
    scaffold = ROOT / "core/cli/scaffold/common"
    for name in EXAMPLES:
        for file in ("LICENSE", "tests/conftest.py", "hatch_build.py"):
            words = (scaffold / f"{file}.tmpl").read_text(encoding="utf-8")
            assert (ROOT / "examples" / name / file).read_text(encoding="utf-8") == words, file

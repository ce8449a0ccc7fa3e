"""Plants one fault after the other in a copy of the tree and says whether the daily run notices: ``python -m tests.faults``.

First the tests next to the fault run, then, if they noticed nothing, all that the change can reach. ``python -m tests.faults
3 7`` plants only those numbers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def main(numbers: set[int]) -> int:
    """Plant them all, or these; returns how many were missed."""
    faults = tomllib.loads((Path(__file__).parent / "faults.toml").read_text(encoding="utf-8"))["fault"]
    missed = stale = planted = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", copy, "HEAD"], cwd=ROOT, check=True)
        try:
            for number, fault in enumerate(faults, 1):
                if numbers and number not in numbers:
                    continue
                said = plant(copy, fault)
                planted += said is not None
                stale += said is None
                missed += said == ""
                print(
                    f"{number:2} {'not there any more' if said is None else said or 'MISSED'}: {fault['what']}",
                    flush=True,
                )
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", copy], cwd=ROOT, check=False)
    print(f"{planted} planted, {planted - missed} noticed, {missed} missed, {stale} no longer fit the source")
    return missed


def plant(copy: Path, fault: dict[str, Any]) -> str | None:
    """Which test noticed first; "" where none did, None where the line is not there."""
    file = copy / fault["file"]
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before.count(fault["find"]) < 1:
        return None
    file.write_text(before.replace(fault["find"], fault["put"], 1), encoding="utf-8")
    try:
        parts = Path(fault["file"]).parts
        near = fault.get("near") or [f"tests/plugins/{parts[1]}"]
        return run(copy, near) or run(copy, reach(copy, fault["file"]))
    finally:
        file.write_text(before, encoding="utf-8")


def reach(copy: Path, file: str) -> list[str]:
    """The tests that a change of this file can reach, by what the copy's plugins say."""
    asked = "import sys, pathlib, tests.support.changed as c; print(*c.reached(sys.argv[1:], pathlib.Path()))"
    done = subprocess.run(
        [sys.executable, "-c", asked, file], cwd=copy, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def run(copy: Path, paths: list[str]) -> str:
    """The first test that fails, "" where none does."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not thorough and not more and not browser", "--no-header", *paths],
        cwd=copy, capture_output=True, text=True, check=False,
        env={**os.environ, "HUB_TEST_ENGINE": "sqlite", "HUB_TEST_SEED": "1"},
    )  # fmt: skip
    if done.returncode == 0:
        return ""
    found = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return found[0].split(" - ")[0] if found else f"it does not start: {(done.stdout + done.stderr)[-300:]}"


if __name__ == "__main__":
    sys.exit(1 if main({int(n) for n in sys.argv[1:]}) else 0)

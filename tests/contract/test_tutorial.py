"""The tutorial, walked: its commands as they are written, its code from the example, a plugin that passes at the end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
NAME = "acme_compliance"
EXAMPLE = ROOT / "examples" / NAME
BLOCKS = re.compile(r"^## (\d+)\. .*?$|^```sh\n(.*?)^```$", re.M | re.S)
SERVED = ("make demo", "source .venv", "hub serve")
"""What is there already in a test, or would wait for somebody who looks."""


def commands() -> list[tuple[int, str]]:
    """(step, command) in their order, without comments."""
    step, found = 0, []
    for match in BLOCKS.finditer(TUTORIAL.read_text(encoding="utf-8")):
        step = int(match[1]) if match[1] else step
        lines = [line.partition(" #")[0].strip() for line in (match[2] or "").splitlines()]
        found += [(step, line) for line in lines if line and not line.startswith(SERVED)]
    return found


def code() -> list[Path]:
    """The files of the example that a reader writes: all but what the scaffold wrote so and what commands make."""
    made = ("migrations", "translations", "__pycache__")
    kept = ("__init__.py", "conftest.py", "test_contract.py", "hatch_build.py")
    return [
        path
        for path in sorted(EXAMPLE.rglob("*"))
        if path.suffix in (".py", ".html")
        and not set(made) & set(path.relative_to(EXAMPLE).parts)
        and (path.name not in kept or path.parent.name == "documents")
    ]


@pytest.mark.once
def test_it_names_every_file_of_the_example() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    names = [p.name if p.name != "__init__.py" else f"{p.parent.name}/" for p in code()]
    assert [name for name in names if name not in text] == []


@pytest.mark.once
@pytest.mark.thorough
def test_its_commands_do_what_it_says(tmp_path: Path) -> None:
    home, site, hub = tmp_path / NAME, tmp_path / "site", tmp_path / "hub"
    tools = tmp_path / "bin"
    for folder in (hub, tools):
        folder.mkdir()
    (tools / "hub").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m core.cli "$@"\n')
    (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tools / "pip").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip "$@" --no-build-isolation\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    (hub / "config.toml").write_text((ROOT / "config.toml").read_text(encoding="utf-8"))
    env = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(map(str, (home, ROOT, site))),
        "HUB_DATA": str(tmp_path / "data"),
        "HUB_CONFIG": str(hub / "config.toml"),
        "HUB_TEST_ENGINE": "sqlite",
    }
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "HUB_TEST_SAMPLE", "HUB_TEST_THOROUGH"):
        env.pop(name, None)

    def run(command: str, folder: Path) -> str:
        done = subprocess.run(
            ["bash", "-ec", command],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    run("hub db upgrade; hub tenant create FAT Demo --base-currency USD", hub)
    folder, written = hub, False
    for step, command in commands():
        if command.startswith("cd "):
            folder = (folder / command.removeprefix("cd ")).resolve()
        elif command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            env[name] = value
        elif command.startswith("pip install -e"):  # into a folder of its own, not into what the tests run in
            run(f"pip install -q --no-deps --target {site} .", folder)
            shutil.rmtree(site / NAME)
        else:
            if step >= 10 and not written:
                written = True
                for path in code():
                    shutil.copy(path, home / path.relative_to(EXAMPLE))
            if command.startswith("hub i18n check"):  # the reader has filled them by now
                shutil.copytree(
                    EXAMPLE / NAME / "translations", home / NAME / "translations", dirs_exist_ok=True
                )
            said = run(command, folder)
            if "pytest" in command:
                assert re.search(r"\d+ passed", said), said
                assert "failed" not in said, said
    assert "acme_compliance.daily" in run("hub job run acme_compliance.daily --tenant FAT", folder)
    assert list((home / "dist").glob("*.whl"))

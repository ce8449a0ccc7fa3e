"""What ``hub plugin new`` writes installs, loads, migrates and keeps every promise, as it is written."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.cli import checking, main
from core.cli.scaffolding import Near, find_near, write_plugin
from core.errors import StartError
from core.testing.databases import engine_name
from core.text import catalogues


@pytest.fixture
def run(tmp_path: Path):
    """A command of Python in the folder of the new plugin, which has to succeed; returns what it printed."""

    def carry_out(*arguments: str, folder: Path = tmp_path, beside: Path | None = None) -> str:
        root = Path(__file__).parents[2]
        roots = [str(folder), str(root), *([str(beside)] if beside else [])]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(roots), "HUB_TEST_ENGINE": engine_name()}
        env["HUB_CONFIG"] = str(
            folder / "config.toml" if (folder / "config.toml").exists() else root / "config.toml"
        )
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


ORDER = Near(
    "orders.order",
    "number",
    "customer order",
    "orders_order",
    "CustomerOrder",
    "orders",
    "plugins.orders",
    "confirm",
    "",
)
FORMS = {
    "a document": ("--entity", "kit_box"),
    "additions": ("--extends", "outsourcing.order"),
    "a document about another": ("--entity", "check", "--extends", "purchasing.order"),
}


def written(run, form: str) -> str:
    return run("-m", "core.cli", "plugin", "new", "acme_kits", *FORMS[form])


@pytest.mark.thorough
@pytest.mark.parametrize("form", FORMS)
def test_it_passes_its_own_tests_as_it_is_written(run, tmp_path: Path, form: str) -> None:
    assert "acme_kits_0001_first_tables.py" in written(run, form)
    home = tmp_path / "acme_kits"
    assert " passed" in run("-m", "pytest", "-q", "-p", "no:xdist", folder=home)


@pytest.mark.once
@pytest.mark.thorough
@pytest.mark.parametrize("form", list(FORMS)[:2])
def test_its_wheel_is_installed_loaded_migrated_and_switched_on_for_one_company(
    run, tmp_path: Path, form: str
) -> None:
    written(run, form)
    home, site = tmp_path / "acme_kits", tmp_path / "site"
    build = ("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), ".")
    run(*build, folder=home)
    wheel = next(tmp_path.glob("acme_kits-*.whl"))
    held = {Path(n) for n in zipfile.ZipFile(wheel).namelist()}
    package = home / "acme_kits"
    left = {"__pycache__", "messages.po"}
    kept = {
        f.relative_to(home) for f in package.rglob("*") if f.is_file() and not left & {f.name, f.parent.name}
    }
    assert kept - held == set()
    module = SimpleNamespace(__name__="acme_kits.plugin", __file__=str(package / "plugin.py"))
    plugin = SimpleNamespace(module=module, name="acme_kits", manifest=SimpleNamespace(version="0.1.0"))
    assert checking.wheel_problems(plugin) == []  # type: ignore[arg-type]
    assert {n.parts[-3] for n in held if n.name == "messages.mo"} == {"zh_Hant_TW", "zh_Hans_CN"}
    assert any(n.name == "LICENSE" for n in held)
    run("-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel))
    here = tmp_path / "hub"
    here.mkdir()
    needed = '"catalog", "orders", "outsourcing"'
    (here / "config.toml").write_text(f'[plugins]\nload = [{needed}, "acme_kits"]\n')
    hub = partial(run, "-m", "core.cli", folder=here, beside=site)
    hub("db", "upgrade")
    for code in ("ONE", "TWO"):
        hub("tenant", "create", code, code)
    hub("plugin", "enable", "acme_kits", "--tenant", "ONE")
    assert "acme_kits.daily" in hub("job", "list", "--tenant", "ONE")
    assert "acme_kits" not in hub("job", "list", "--tenant", "TWO")
    assert "In order." in hub("check")
    assert "in order" in hub("db", "check")


@pytest.mark.once
@pytest.mark.parametrize(
    "form", [pytest.param(f, marks=pytest.mark.thorough if i else ()) for i, f in enumerate(FORMS)]
)
@pytest.mark.more
def test_what_is_written_is_tidy_and_every_sentence_is_translated(run, tmp_path: Path, form: str) -> None:
    written(run, form)
    home = tmp_path / "acme_kits"
    run("-m", "ruff", "check", "--isolated", "--line-length", "128", ".", folder=home)
    texts = [
        p for p in home.rglob("*") if p.is_file() and p.suffix != ".pyc" and ".ruff_cache" not in p.parts
    ]
    assert [p.name for p in texts if "§" in p.name or "§" in p.read_text(encoding="utf-8")] == []
    assert catalogues.problems(home / "acme_kits") == []
    others = [Path(f"plugins/{n}") for n in ("catalog", "orders", "outsourcing", "purchasing")]
    assert catalogues.conflicts([Path("core"), *others, home / "acme_kits"], [home / "acme_kits"]) == []


@pytest.mark.once
def test_an_entity_that_nobody_has_is_refused_with_those_there_are(capsys) -> None:
    assert main.run(["plugin", "new", "acme_kits", "--extends", "nobody.thing"]) == 1
    assert "no loaded plugin has an entity 'nobody.thing'. There are: " in capsys.readouterr().err


@pytest.mark.once
def test_the_action_that_is_vetoed_is_one_that_the_builder_leaves_out() -> None:
    near = find_near("orders.order")  # which has an action "price" too, and its builder a price
    assert (near.builder, near.verb) == ("make_order", "confirm")


@pytest.mark.once
def test_its_licence_is_the_hubs() -> None:
    root = Path(__file__).parents[2]
    assert (root / "core/cli/scaffold/common/LICENSE.tmpl").read_bytes() == (root / "LICENSE").read_bytes()


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "noun"), [("Acme", "kit"), ("acme__x", "kit"), ("acme", "class"), ("", "kit"), ("../x", "kit")]
)
def test_names_that_will_not_do_are_refused(tmp_path: Path, name: str, noun: str) -> None:
    with pytest.raises(StartError, match="is no name"):
        write_plugin(tmp_path, name, noun, ORDER)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once
def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    with pytest.raises(StartError, match="is there already"):
        write_plugin(tmp_path, "acme", "kit", ORDER)

"""A hub that one plugin keeps from starting starts without it: nothing of it is imported, and its rows stay."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from core.cli import main
from core.data.records import Job
from core.errors import StartError
from core.kernel.config import Config, load_config
from core.kernel.leaving_out import leave_out, required_by
from core.kernel.plugins import GROUP, import_plugins
from core.work import jobs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path) -> Config:
    url = f"sqlite:///{tmp_path}/x.db"
    return Config(
        database_url=url, owner_url=url, data=tmp_path, plugins=("catalog", "orders", "claims", "tna", "rest")
    )


def test_what_requires_it_is_left_out_too_and_named(config):
    found = leave_out(replace(config, without=("orders",)))
    assert found == {"orders": "", "claims": "orders"}
    assert leave_out(config) == {}
    assert {p.name for p in import_plugins(config.plugins, without=found)} >= {"catalog", "rest", "base_home"}
    assert not {p.name for p in import_plugins(config.plugins, without=found)} & set(found)


def test_the_safe_mode_leaves_the_default_ones(config):
    found = leave_out(replace(config, safe=True))
    assert set(found) == set(config.plugins)
    assert all(p.manifest.base for p in import_plugins(config.plugins, without=found))


def test_default_plugins_may_be_left_out_and_what_needs_them(config):
    found = leave_out(replace(config, without=("base_files",)))
    assert (found["base_company"], found["base_files"], found["catalog"]) == ("base_files", "", "base_files")


def test_a_name_that_nobody_would_load(config):
    with pytest.raises(
        StartError, match="--without names 'order', which would not be loaded anyway. Loaded would be"
    ):
        leave_out(replace(config, without=("order",)))


def test_what_is_written_in_the_manifest_is_what_is_required(hub):
    for point in entry_points(group=GROUP):
        assert required_by(point) == point.load().manifest.requires, point.name
    assert required_by(None) == ()


def test_the_environment_tells_the_processes_that_a_command_starts(monkeypatch, tmp_path):
    monkeypatch.setenv("HUB_WITHOUT", "orders tna")
    monkeypatch.setenv("HUB_SAFE", "1")
    found = load_config()
    assert (found.without, found.safe) == (("orders", "tna"), True)


def test_work_for_what_is_left_out_waits(hub, tenant, monkeypatch):
    with hub.context(tenant) as ctx:
        ctx.session.add(
            Job(kind="acme.fly", payload={}, status="waiting", run_after=datetime.now(UTC), attempts=0, done=0, total=0,
                error="", created_at=datetime.now(UTC))
        )  # fmt: skip
    monkeypatch.setattr(hub, "left_out", {"acme": ""})
    assert jobs.run_due(hub, tenants=[tenant]) == 0
    monkeypatch.setattr(hub, "left_out", {})
    assert jobs.run_due(hub, tenants=[tenant]) == 1, "nobody knows it: it fails"


@pytest.mark.more
def test_a_hub_with_a_broken_plugin_says_how_to_start_and_does(tmp_path):
    """Through the command, in processes of their own."""
    (tmp_path / "acme_broken.py").write_text(
        "from core.api import Manifest, T\nfrom nowhere import anything\n"
        "manifest = Manifest(name='acme_broken', title=T('x'), version='1', summary=T('x'))\n"
    )
    (tmp_path / "acme_after.py").write_text(
        "from core.api import Manifest, T\nimport acme_broken\n"
        "manifest = Manifest(name='acme_after', title=T('x'), version='1', summary=T('x'), requires=('acme_broken',))\n"
    )
    info = tmp_path / "acme_broken-3.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-broken\nVersion: 3.1\n")
    (info / "entry_points.txt").write_text(
        "[oem_hub.plugins]\nacme_broken = acme_broken\nacme_after = acme_after\n"
    )
    (tmp_path / "config.toml").write_text('[plugins]\nload = ["acme_broken", "acme_after"]\n')

    def hub(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "core.cli", *words], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": "", "HUB_CONFIG": str(tmp_path / "config.toml")},
        )  # fmt: skip

    said = hub("check")
    assert said.returncode == 1
    assert said.stderr.splitlines() == [
        "hub: plugin 'acme_broken' (acme-broken 3.1) cannot be imported: No module named 'nowhere' (acme_broken.py, "
        "line 2). Mend it, or remove it from [plugins] load.",
        "hub: `hub --without acme_broken …` does it without that plugin, whose data stays; `hub --safe …` with the default "
        "plugins alone.",
    ]
    done = hub("--without", "acme_broken", "db", "upgrade")
    assert (
        done.returncode,
        "left out this time: acme_broken, acme_after (it needs acme_broken)" in done.stderr,
    ) == (
        0,
        True,
    )


def test_the_way_out_is_told_of_what_would_be_loaded_only():
    said = "plugin 'base_files' (oem-hub 1): migration base_files_0002 failed, and nothing was changed: no such table"
    assert main.way_out(StartError(said))[0].startswith(
        "`hub --without base_files …` does it without that plugin"
    )
    assert main.way_out(StartError("there is no plugin 'acme_kits'; loaded are: catalog")) == []
    assert main.way_out(StartError("cannot listen on 127.0.0.1:80")) == []

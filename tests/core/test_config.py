"""config.toml and the environment: what cannot be is said in one sentence that names the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StartError
from core.kernel.config import find_config, load_config

pytestmark = pytest.mark.once


@pytest.fixture
def written(tmp_path, monkeypatch):
    """``written("[server]\\nport = 1")``: the configuration of a file with this text."""
    for name in ("PORT", "HUB_DATABASE_URL", "HUB_DATA", "HUB_PLUGINS_LOAD"):
        monkeypatch.delenv(name, raising=False)

    def load(text: str = "") -> object:
        path = Path(tmp_path / "config.toml")
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return load


def test_numbers_are_read_from_the_file_and_the_environment_goes_first(written, monkeypatch):
    assert written().port == 8000
    found = written("[server]\nport = 9001\nthreads = 3")
    assert (found.port, found.threads) == (9001, 3)
    monkeypatch.setenv("PORT", "9002")
    assert written("[server]\nport = 9001").port == 9002


@pytest.mark.parametrize("given", ["abc", "8000.5", "-1", "0", "65536", "٣", "99999999999999999999"])
def test_a_port_that_is_none(written, monkeypatch, given):
    monkeypatch.setenv("PORT", given)
    with pytest.raises(StartError, match=f"^PORT must be a whole number from 1 to 65,535, not '{given}'$"):
        written()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[server]\nport = "x"', r"\[server\] port must be a whole number from 1 to 65,535, not 'x'"),
        ("[server]\nport = true", r"\[server\] port must be a whole number"),
        ("[server]\nthreads = 0", r"\[server\] threads must be a whole number from 1 to 1,000, not 0"),
        ("[server\n", "cannot be read"),
    ],
)
def test_what_the_file_says_wrongly(written, text, said):
    with pytest.raises(StartError, match=said):
        written(text)


def test_a_pinned_day_that_is_none(written, monkeypatch):
    monkeypatch.setenv("HUB_TODAY", "tomorrow")
    with pytest.raises(StartError, match="HUB_TODAY is not a day such as 2026-11-23: 'tomorrow'"):
        written()


def test_plugins_to_load_come_from_the_environment_instead_or_beside(written, monkeypatch):
    text = '[plugins]\nload = ["catalog"]'
    monkeypatch.setenv("HUB_PLUGINS_LOAD", "orders, acme_kits")
    assert written(text).plugins == ("orders", "acme_kits")
    monkeypatch.setenv("HUB_PLUGINS_LOAD", "+acme_kits catalog")
    assert written(text).plugins == ("catalog", "acme_kits")


def test_a_folder_in_the_file_is_counted_from_the_file(written, tmp_path):
    assert written('[files]\npath = "data"').data == tmp_path / "data"


def test_the_configuration_is_found_from_the_folder_of_a_plugin(tmp_path, monkeypatch):
    monkeypatch.delenv("HUB_CONFIG", raising=False)
    hub, plugin = tmp_path / "hub", tmp_path / "acme_kits"
    inside = plugin / "acme_kits"
    hub.mkdir()
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    (plugin / "pyproject.toml").write_text('[tool.oem-hub]\nconfig = "../hub/config.toml"')
    with pytest.raises(StartError, match=r"\[tool.oem-hub\] config = .*is not there"):
        find_config()
    (hub / "config.toml").write_text("")
    assert find_config() == hub / "config.toml"
    (inside / "config.toml").write_text("")
    assert str(find_config()) == "config.toml"
    monkeypatch.setenv("HUB_CONFIG", "/nowhere.toml")
    with pytest.raises(StartError, match="HUB_CONFIG names /nowhere.toml, which is not there"):
        find_config()

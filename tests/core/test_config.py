"""config.toml and the environment: what cannot be is said in one sentence that names the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StartError
from core.kernel.config import load_config

pytestmark = pytest.mark.once


@pytest.fixture
def written(tmp_path, monkeypatch):
    """``written("[server]\\nport = 1")``: the configuration of a file with this text."""
    for name in ("PORT", "HUB_DATABASE_URL", "HUB_DATA"):
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

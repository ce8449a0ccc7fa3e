"""One person asks for so many files, PDFs, searches and uploads in a minute, and is told when to go on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from core.errors import StartError
from core.kernel.config import LIMITS, load_config
from core.kernel.context import Ctx
from core.web.frame import limits
from core.web.frame.limits import Limits

HOME = "/samples/request/"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def limited(app: Any, clock: list[float]) -> Iterator[Any]:
    app.config["HUB_LIMITS"] = Limits({"exports": 3, "searches": 2, "uploads": 1, "pdfs": 0})
    yield app
    app.config["HUB_LIMITS"] = None


def test_so_many_in_a_minute_and_each_for_oneself(
    limited: Any, client_as: Callable[..., Any], ctx: Ctx, clock: list[float]
) -> None:
    ctx.session.commit()
    admin, merch = client_as("admin"), client_as("merch")
    for address, most in ((f"{HOME}export/csv", 3), ("/search?q=a&json=1", 2), ("/lookup/samples.maker", 0)):
        for _n in range(most):
            assert admin.get(address).status_code in (200, 308)
        reply = admin.get(address, follow_redirects=True)
        assert reply.status_code == 429, address
        assert reply.headers["Retry-After"] == "60"
        assert "try again in 60 seconds" in reply.text
        assert merch.get(address, follow_redirects=True).status_code == 200 or most == 0
    assert admin.get(HOME).status_code == 200
    clock[0] += 45
    assert admin.get(f"{HOME}export/xlsx").headers["Retry-After"] == "15"
    clock[0] += 16
    assert admin.get(f"{HOME}export/xlsx").status_code == 200


def test_uploads_are_counted_wherever_they_are_posted(
    limited: Any, client_as: Callable[..., Any], ctx: Ctx, ask: Callable[..., Any]
) -> None:
    row_id = ask(ctx).id
    ctx.session.commit()
    client = client_as("admin")

    def send(colour: str) -> int:
        out = io.BytesIO()
        Image.new("RGB", (4, 4), colour).save(out, "PNG")
        data = {"files": [(io.BytesIO(out.getvalue()), f"{colour}.png")]}
        return int(client.post(f"/files/on/samples.request/{row_id}", data=data).status_code)

    assert [send("red"), send("navy")] == [302, 429]
    assert client.get(f"{HOME}{row_id}").text.count(".png</a>") == 1


def test_what_is_not_asked_for_any_more_is_forgotten(clock: list[float]) -> None:
    counted = Limits({"exports": 1})
    for user in range(10_001):
        counted.ask("exports", 1, user)
    clock[0] += 61
    counted.ask("exports", 1, 1)
    assert len(counted._asked) == 1
    with pytest.raises(limits.TooOften):
        counted.ask("exports", 1, 1)


def test_limits_are_configured(tmp_path: Any) -> None:
    place = tmp_path / "config.toml"
    place.write_text("[limits]\nexports = 5\npdfs = 0")
    assert load_config(place).limits == {**LIMITS, "exports": 5, "pdfs": 0}
    for wrong in ("export = 5", "exports = -1", "exports = true"):
        place.write_text(f"[limits]\n{wrong}")
        with pytest.raises(StartError):
            load_config(place)

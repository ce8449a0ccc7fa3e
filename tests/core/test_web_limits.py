"""One person asks for so many files, PDFs, searches and uploads in a minute, and is told when to go on."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from core.errors import StartError
from core.kernel.config import LIMITS, load_config
from core.kernel.context import Ctx
from core.web.frame import limits
from core.web.frame.limits import Limits
from core.web.frame.places import Places

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


def test_so_much_at_once_for_a_person_and_for_a_company() -> None:
    """Whoever has to wait gets the next place that is given back; a place is given back once."""
    places = Places({"at_once": 2, "at_once_company": 3}, patience=0)
    first, _second = places.take(1, 1), places.take(1, 1)
    with pytest.raises(limits.TooOften):
        places.take(1, 1)
    places.take(1, 2)
    with pytest.raises(limits.TooOften):
        places.take(1, 3)
    places.take(2, 1)
    waiting = Places({"at_once": 1}, patience=30)
    held = waiting.take(1, 1)
    threading.Timer(0.05, held).start()
    waiting.take(1, 1)
    queue = threading.Thread(target=lambda: waiting.take(1, 1))
    queue.start()
    while not waiting._waiting:
        time.sleep(0.001)
    with pytest.raises(limits.TooOften):  # at once: another one waits already
        waiting.take(1, 1)
    with waiting._changed:
        waiting._taken.clear()
        waiting._changed.notify_all()
    queue.join()
    first()
    places.take(1, 3)


def test_a_place_is_given_back_with_the_last_byte(app: Any, client_as: Callable[..., Any], ctx: Ctx) -> None:
    ctx.session.commit()
    client = client_as("admin")
    app.config["HUB_PLACES"] = Places({"at_once": 1}, patience=0)
    try:
        under_way = client.get(f"{HOME}export/csv", buffered=False)
        refused = client.get(f"{HOME}export/csv")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
        assert "still being made" in refused.text
        assert client.get(HOME).status_code == 200
        under_way.close()
        for _n in range(2):  # one after the other, and one that fails gives its place back too
            assert client.get(f"{HOME}export/nothing", buffered=True).status_code == 404
            assert client.get(f"{HOME}export/csv", buffered=True).status_code == 200
    finally:
        app.config["HUB_PLACES"] = None

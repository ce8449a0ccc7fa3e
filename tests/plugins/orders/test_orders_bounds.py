"""The entry of lines does bounded work, whatever is posted: rows and lines are counted before they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.api import Ctx
from plugins.orders.models import CustomerOrder
from plugins.orders.screens import grid
from plugins.orders.services import quick_entry


@pytest.fixture
def page(shop: Ctx, order: CustomerOrder, client_as: Any) -> tuple[Any, str]:
    """A merchandiser's browser and the address of the order's entry page."""
    return client_as("merch"), f"/orders/order/{order.id}/lines"


@pytest.mark.parametrize("many", [1_500, 19_000])
@pytest.mark.parametrize("tail", ["", "/block"])
def test_too_many_blocks_are_not_drawn(
    page: tuple[Any, str],
    count_queries: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
    many: int,
    tail: str,
) -> None:
    client, url = page
    dressed: list[int] = []
    usual = grid.dress
    monkeypatch.setattr(
        grid, "dress", lambda ctx, blocks, *a: dressed.append(len(blocks)) or usual(ctx, blocks, *a)
    )
    with count_queries() as log:
        reply = client.post(url + tail, data={f"blocks-{n}-style": "ST-1" for n in range(many)})
    assert reply.status_code == 422
    assert f"At most 500 rows at once; these are {many}." in reply.text.replace(",", "")
    assert max(dressed, default=0) <= 1
    assert len(reply.data) < 60_000
    assert log.count < 60, log


def test_too_many_quick_lines_are_not_read(page: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    client, url = page
    monkeypatch.setattr(quick_entry, "_entry", lambda *_: pytest.fail("a line was read"))
    text = "ST-1 NVY S=1\n" * 100_000
    for do in ("save", "spread"):
        reply = client.post(url, data={"quick": text, "do": do})
        assert reply.status_code == 422
        assert 'id="e-quick">At most 2000 lines at once; these are 100000.' in reply.text.replace(",", "")
        assert reply.text.count("ST-1 NVY S=1") == 100_000, "what was typed is still there"

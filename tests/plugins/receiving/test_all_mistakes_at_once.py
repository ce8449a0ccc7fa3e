"""Several wrong inputs of a delivery are all told, each where it was typed: what cannot be read beside what breaks a rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.api import Ctx, Refused, run_action
from tests.plugins.purchasing.conftest import bought, ids, line


def test_on_the_sheet(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(
        mill,
        *(line(mill, "FAB", "300", color=c) for c in ("NVY", "WHT")),
        line(mill, "FAB", "90", color="NVY"),
    )
    first, second, third = ids(mill, po)
    mill.session.commit()
    typed = {
        "store": "MAIN", "received_on": "2027-06-30", f"lines-{first}-received": "12,34,5", f"lines-{second}-received": "5",
        f"lines-{second}-rejected": "9", f"lines-{third}-received": "10", f"lines-{third}-rejected": "x",
    }  # fmt: skip
    reply = client_as("wh").post("/receiving/sheet/", data=typed)
    assert reply.status_code == 422
    for said in ("lies in the future", "is not a number: between thousands", "More was rejected than received",
                 "“x” is not a number"):  # fmt: skip
        assert said in reply.text, said
    for value in ("12,34,5", "2027-06-30"):
        assert f'value="{value}"' in reply.text, "nothing typed is lost"


@pytest.mark.parametrize("action", ["receive"])
def test_as_a_payload(mill: Ctx, action: str) -> None:
    po = bought(mill, line(mill, "FAB", "300", color="NVY"), line(mill, "FAB", "100", color="WHT"))
    rows = [
        {"line": 1, "received": "abc"},
        {"line": 2, "received": "5", "rejected": "9"},
        {"line": 7, "received": "1"},
        {"line": 1, "received": "0"},
    ]
    with pytest.raises(Refused) as caught:
        run_action(
            mill,
            mill.registry.get("purchasing.order"),
            po,
            action,
            {"lines": rows, "received_on": "2027-06-30"},
        )
    found = {p.field: str(p) for p in caught.value.problems}
    assert set(found) == {
        "received_on",
        "lines.0.received",
        "lines.1.rejected",
        "lines.2.line",
        "lines.3.received",
    }
    assert not re.search("[{}]", "".join(found.values()))

"""What the journeys of being on time do over HTTP: read a timeline and the gate, put deliveries off, take goods in, claim."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from plugins.claims.demo import pictures
from tests.journeys.steps import cell, inputs, submit, table, words

Client = Callable[..., Any]


def said(text: str) -> str:
    """Words without the sign before each badge."""
    return " ".join(re.sub(r"[^\w\s(),.+−/%:-]", " ", text).split())


class Orders:
    """A factory order and its timeline as the roles see them."""

    def __init__(self, client_as: Client, address: str) -> None:
        self.client_as, self.address = client_as, address
        page = client_as("merch").get(address).text
        found = re.search(r'href="(/tna/timeline/\d+)">(FO-[\d-]+)<', page)
        assert found
        self.timeline, self.number = found.groups()

    def stones(self) -> dict[str, dict[str, str]]:
        """The milestones by code."""
        page = self.client_as("merch").get(self.timeline).text
        codes = re.findall(r'<tr id="m-(\w+)"', page)
        return dict(zip(codes, table(page, "Milestone", "Projected", "Actual"), strict=True))

    def stone(self, code: str) -> tuple[str, str, str]:
        """Status, projected and actual day of a milestone."""
        row = self.stones()[code]
        return said(row["Status"]), row["Projected"], row["Actual"]

    def head(self) -> dict[str, str]:
        """How the timeline stands, from its head."""
        page = self.client_as("merch").get(self.timeline).text
        return {
            words(name): said(words(value))
            for name, value in re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.S)
        }

    def enter(self, role: str, **days: str) -> None:
        """Type actual days."""
        address = f"{self.timeline}/actuals"
        form = inputs(self.client_as(role).get(address).text)
        typed = {f"actual-{code}": day for code, day in days.items()}
        submit(self.client_as(role), address, **{**form, **typed})

    def badges(self) -> tuple[str, str]:
        """Gate and timeline in the list of factory orders."""
        rows = table(self.client_as("merch").get("/outsourcing/order/").text, "Material", "Timeline")
        row = next(r for r in rows if r["Number"] == self.number)
        return said(row["Material"]), said(row["Timeline"])


def revise(purch: Any, order: str, day: str, reason: str) -> None:
    """Another day is promised for every line of a purchase order."""
    page = purch.get(f"{order}/revise").text
    form = inputs(page)
    form |= {
        n.replace("-material", "-required_date"): day
        for n, v in form.items()
        if n.endswith("-material") and v
    }
    assert day in form.values()
    submit(purch, f"{order}/revise", **{**form, "reason": reason})


def promised(page: str) -> dict[str, tuple[str, ...]]:
    """The groups of a factory order's material that are short: required, received, what is short, when it comes and on what."""
    rows = table(page, "Required", "Received", "ETA")
    return {
        " ".join([*r["Material"].split()[:1], r["Colour"]]): tuple(
            r[k] for k in ("Required", "Received", "State", "ETA")
        )
        for r in rows
    }


def goods_in(wh: Any, day: str, pieces: dict[str, tuple[int, int]]) -> str:
    """Finished goods of the first factory order by size: received and, of these, rejected. Returns the number."""
    made = submit(
        wh,
        "/factory_stock/goods_in/new",
        kind="goods_in",
        factory_order="FO-2026-0001",
        store="MAIN",
        day=day,
    )
    page = wh.get(made).text
    typed = {}
    for size, (came, bad) in pieces.items():
        name = cell(page, f"NVY {size} Received")
        typed |= {name: str(came), name.replace("received", "rejected"): str(bad or "")}
    empty = {n: "" for n in inputs(page) if "-sizes." in n}
    gone = submit(wh, made, **{**inputs(page), **empty, **typed, "_then": "post"})
    found = re.search(r"<h1>(\S+)", wh.get(gone).text)
    assert found
    return found[1]


def claimed(qc: Any, text: str) -> str:
    """A garment claim of the first factory order with two pictures; its address."""
    shots = [
        (io.BytesIO(pictures.close_up()), "IMG_1.jpg"),
        (io.BytesIO(pictures.pocket((3, 7), 3)), "IMG_2.jpg"),
    ]
    data = {"kind": "garment", "number": "FO-2026-0001", "text": text, "photos": shots}
    reply = qc.post("/claims/claim/quick", data=data, content_type="multipart/form-data")
    assert reply.status_code == 302, words(reply.text)[-1500:]
    return str(reply.location)

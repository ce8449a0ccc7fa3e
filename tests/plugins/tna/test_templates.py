"""Templates: what a tenant starts with, and what the administrator's form refuses, each at its input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.tna.models import Template, Timeline
from plugins.tna.services import templates

BASE = "/tna/template"


def by_code(ctx: Ctx, code: str) -> Template:
    return ctx.session.scalars(select(Template).where(Template.code == code)).one()


def test_a_tenant_starts_with_three(ctx: Ctx) -> None:
    standard, short, long = (by_code(ctx, code) for code in ("TNA-90", "TNA-60", "TNA-120"))
    assert [len(t.lines) for t in (standard, short, long)] == [25, 23, 25]
    assert (standard.standard, short.standard, long.standard) == (True, False, False)
    offsets = {line.code: line.offset_days for line in standard.lines}
    assert (offsets["PO_RCVD"], offsets["CONTRACT"], offsets["CUT_START"], offsets["FG_IN"]) == (
        90,
        70,
        30,
        2,
    )
    templates.seed(ctx)
    assert len(ctx.session.scalars(select(Template)).all()) == 3
    assert templates.standard(ctx).code == "TNA-90"


def test_sixty_days_drop_two_samples_and_take_two_thirds_of_the_rest(ctx: Ctx) -> None:
    short = {line.code: line for line in by_code(ctx, "TNA-60").lines}
    assert not {"FIT_OK", "SIZESET_OK"} & short.keys()
    # ⅔ of 90, 87, 77, 73, 40, 38, 10, 4, 2, rounded half up
    wanted = {"PO_RCVD": 60, "TECHPACK": 58, "FO_ISSUED": 51, "LABDIP_OK": 49, "FAB_IN": 27, "PPS_OK": 25, "SEW_END": 7,
              "FINAL_INSP": 3, "FG_IN": 1}  # fmt: skip
    assert {code: short[code].offset_days for code in wanted} == wanted
    assert short["PPS_OK"].predecessors == "TECHPACK"  # its own ones are dropped
    assert (short["BULK_LOT_OK"].min_days, short["SEW_END"].min_days) == (12, 9)  # ⅔ of 18 and 14, down


def test_hundred_and_twenty_days_buy_the_fabric_earlier(ctx: Ctx) -> None:
    long = {line.code: line.offset_days for line in by_code(ctx, "TNA-120").lines}
    assert (long["FAB_PO"], long["BULK_LOT_OK"], long["PO_RCVD"]) == (114, 60, 120)
    assert (long["CONTRACT"], long["CUT_START"]) == (70, 30)


def form(*lines: dict[str, str], **head: str) -> dict[str, str]:
    """What the form of a template sends."""
    quiet = {"owner_role": "merch", "offset_days": "10", "calendar": "company", "scope": "fo", "event": ""}
    data = {"code": "MINE", "name": "Mine", "active": "1", **head}
    for n, line in enumerate(lines):
        data |= {f"lines-{n}-{name}": value for name, value in {**quiet, **line}.items()}
    return data


A, B, C = {"code": "A"}, {"code": "B", "predecessors": "A"}, {"code": "C", "predecessors": "A;B"}


@pytest.mark.parametrize(
    ("lines", "place", "words"),
    [
        ([A, {**B, "predecessors": "A NOWHERE"}], "lines-1-predecessors", "no milestone NOWHERE"),
        ([{**A, "predecessors": "C"}, B, C], "lines-0-predecessors", "circle: A ← C ← A"),
        ([{**A, "predecessors": "A"}], "lines-0-predecessors", "circle: A ← A"),
        ([A, {"code": "a"}], "lines-1-code", "stands here twice"),
        ([{"code": "A B"}], "lines-0-code", "letters, digits"),
        ([A, {**B, "offset_days": "-1"}], "lines-1-offset_days", "not negative"),
        ([{**A, "min_days": "-3"}], "lines-0-min_days", "not negative"),
        ([{**A, "warn_days": "-3"}], "lines-0-warn_days", "not negative"),
        ([{**A, "offset_days": ""}], "lines-0-offset_days", "needed"),
        ([{**A, "owner_role": "nobody"}], "lines-0-owner_role", ""),
        ([], "lines", "at least one milestone"),
    ],
)
def test_refused_where_it_was_typed(
    lines: list[dict[str, str]], place: str, words: str, client_as: Callable[..., Any], hub: Hub, tenant: TenantInfo
) -> None:  # fmt: skip
    reply = client_as("admin").post(f"{BASE}/new", data=form(*lines))
    assert reply.status_code == 422
    at = reply.text.index(f'id="e-{place}"')
    assert words in reply.text[at : at + 200]
    with hub.context(tenant, write=False) as ctx:
        assert ctx.session.scalar(select(Template.id).where(Template.code == "MINE")) is None


def test_the_message_stands_at_its_row_although_another_one_was_struck_out(
    client_as: Callable[..., Any],
) -> None:
    data = form(A, B, {"code": "C", "predecessors": "X"}) | {"lines-1-_delete": "1"}
    reply = client_as("admin").post(f"{BASE}/new", data=data)
    assert 'id="e-lines-2-predecessors"' in reply.text


def test_saved_tidily_and_only_one_is_the_standard(
    client_as: Callable[..., Any], hub: Hub, tenant: TenantInfo
) -> None:
    data = form({"code": "a", "names.en": "First"}, {"code": "b", "predecessors": "a, A"}, standard="1")
    assert client_as("admin").post(f"{BASE}/new", data=data).status_code == 302
    with hub.context(tenant, write=False) as ctx:
        made = by_code(ctx, "MINE")
        assert [(line.code, line.predecessors, line.names) for line in made.lines] == [
            ("A", "", {"en": "First"}),
            ("B", "A", {"en": "B"}),
        ]
        assert [t.code for t in ctx.session.scalars(select(Template).where(Template.standard))] == ["MINE"]


def test_only_the_administrator_changes_templates(client_as: Callable[..., Any]) -> None:
    for role in ("merch", "mgr"):
        person = client_as(role)
        assert person.get(f"{BASE}/").status_code == 200
        assert person.post(f"{BASE}/new", data=form(A)).status_code == 403
    assert client_as("wh").get(f"{BASE}/").status_code == 403


def test_a_changed_template_changes_no_timeline(
    timeline: Timeline, template: Template, client_as: Callable[..., Any], shop: Ctx
) -> None:
    template.lines[2].offset_days = 1
    shop.session.commit()
    shop.session.expire_all()
    kept = shop.session.scalars(select(Timeline)).one()
    assert [m.offset_days for m in kept.milestones] == [30, 20, 10]

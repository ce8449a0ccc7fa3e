"""Scenes: made once, and every test finds what its stages left, whatever others did to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from core.kernel.context import Ctx, TenantInfo
from core.testing.scenes import Plan, freeze, plan_of, stage
from tests.thirdparty.samples.models import Maker

PLAYED: list[str] = []
"""Which stages ran in this process."""


@dataclass
class Workshop:
    """Something made of rows."""

    ctx: Ctx
    makers: list[Maker]
    names: dict[str, int]


@stage
def maker(ctx: Ctx) -> Maker:
    PLAYED.append("maker")
    row = Maker(code="M1", name="First")
    ctx.session.add(row)
    ctx.session.flush()
    return row


@stage
def workshop(ctx: Ctx, maker: Maker) -> Workshop:
    PLAYED.append("workshop")
    other = Maker(code="M2", name="Second")
    ctx.session.add(other)
    ctx.session.flush()
    return Workshop(ctx, [maker, other], {"First": 1})


@pytest.mark.parametrize("turn", range(4))
def test_each_finds_what_the_stages_left(ctx: Ctx, workshop: Workshop, maker: Maker, turn: int) -> None:
    assert [m.name for m in ctx.session.scalars(select(Maker).order_by(Maker.id))] == ["First", "Second"]
    assert workshop.makers[0] is maker
    assert workshop.ctx is ctx
    assert workshop.names == {"First": 1}
    maker.name = f"changed by turn {turn}"
    ctx.session.add(Maker(code=f"T{turn}", name="left behind"))
    ctx.session.commit()
    assert PLAYED.count("workshop") <= 2, "once for this scene, and once for that with a stand-in"


def test_another_set_of_stages_is_another_scene(ctx: Ctx, maker: Maker) -> None:
    assert ctx.session.scalars(select(Maker.code)).all() == ["M1"]


def test_a_tenant_of_its_own_beside_the_scene(
    hub: Any, workshop: Workshop, other_tenant: TenantInfo, tenant: TenantInfo
) -> None:
    with hub.context(other_tenant, write=False) as theirs:
        assert theirs.session.scalars(select(Maker.code)).all() == []
    assert workshop.ctx.tenant == tenant


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HUB_STAND_IN", "there")
    return "there"


@pytest.fixture
def by_hand(maker: Maker) -> str:
    return maker.name


@stage
def after_hand(ctx: Ctx, by_hand: str) -> str:
    return f"{by_hand} and then"


def test_what_can_be_kept_is_found_by_itself(
    request: Any, after_hand: str, workshop: Workshop, stand_in: str
) -> None:
    plan = plan_of(request)
    assert plan is not None
    assert [name for name, _function in plan.stages] == ["maker", "workshop"]
    assert plan.stand_ins == ("stand_in",)
    assert plan.name != Plan(plan.stages, ()).name
    assert after_hand == "First and then"


@pytest.mark.parametrize("value", [lambda: 1, len, object])
def test_what_cannot_be_found_again_is_said(tenant: TenantInfo, value: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"cannot be kept: use pytest\.fixture"):
        freeze(value, tenant)


def test_the_demo_is_there_and_nobody_changed_it(hub: Any, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        assert ctx.tenant.demo
        assert ctx.session.scalars(select(Maker.code)).all() == []

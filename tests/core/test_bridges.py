"""A bridge is on exactly while all that it joins are on; nobody switches it."""

from __future__ import annotations

import sys
from itertools import permutations
from types import ModuleType

import pytest
from sqlalchemy import select

from core.api import Manifest, T, hookimpl
from core.data.models import Enablement, Grant
from core.errors import Refused, StartError
from core.kernel import enablement, offering
from core.kernel.hub import Hub

told: list[tuple[str, ...]] = []
"""What the bridge was told, in order."""


def plugin(name: str, **more) -> ModuleType:
    module = ModuleType(f"tests.bridge_{name}.plugin")
    module.__file__ = __file__
    module.manifest = Manifest(
        name, T("Bridge of {name}", name=name), "1", T("Joins them."), default_on=False, **more
    )
    sys.modules[module.__name__] = module
    return module


@pytest.fixture(scope="module")
def joined(hub, hub_extra):
    """``left`` and ``right``, the bridge ``span`` between them, ``arch`` from it to samples, and ``walker`` that needs it."""
    span = plugin("span", requires=("left", "right"), bridge=True)

    @hookimpl
    def register(registry):
        registry.permission("span.cross", T("Cross"), ("mgr",))

    @hookimpl
    def plugins_enabled(ctx, plugins):
        if "span" in plugins:
            told.append(("on", *plugins))

    @hookimpl
    def plugin_disabled(ctx, plugin):
        if plugin == "span":
            told.append(("off", "left" in ctx.enabled, "right" in ctx.enabled))

    span.register, span.plugins_enabled, span.plugin_disabled = register, plugins_enabled, plugin_disabled
    more = [plugin("left"), plugin("right"), span, plugin("arch", requires=("span", "samples"), bridge=True),
            plugin("walker", requires=("span",))]  # fmt: skip
    return Hub(hub.config, extra=[*hub_extra, *more])


@pytest.fixture
def ctx(joined, make_tenant):
    told.clear()
    with joined.context(make_tenant(plugins=[])) as found:
        yield found
        found.session.rollback()


def on(ctx):
    rows = ctx.session.execute(select(Enablement.plugin, Enablement.enabled)).all()
    kept = {name for name, enabled in rows if enabled and name != offering.CORE}
    assert kept == ctx.enabled  # what is kept and what this context knows are one
    return {name for name in kept if not name.startswith("base_")}


@pytest.mark.parametrize("order", list(permutations(("left", "right", "samples"))))
def test_it_comes_with_the_last_side_and_goes_with_the_first(ctx, order):
    for n, name in enumerate(order):
        enablement.enable_plugin(ctx, name)
        some = set(order[: n + 1])
        span = {"left", "right"} <= some
        assert on(ctx) == some | ({"span"} if span else set()) | ({"arch"} if len(some) == 3 else set())
    for n, name in enumerate(order):
        enablement.disable_plugin(ctx, name)
        some = set(order[n + 1 :])
        assert on(ctx) == some | ({"span"} if {"left", "right"} <= some else set())


def test_it_is_given_what_it_declares_and_told_as_others_are(ctx):
    enablement.enable_plugin(ctx, "left")
    assert told == []
    assert ctx.session.scalars(select(Grant).where(Grant.permission == "span.cross")).all() == []
    enablement.enable_plugin(ctx, "right")
    assert told == [("on", "right", "span")]
    assert ctx.session.scalars(select(Grant).where(Grant.permission == "span.cross")).all() != []
    enablement.disable_plugin(ctx, "left")
    assert told[1:] == [("off", True, True)]  # it goes first, while its sides are there


def test_what_needs_a_bridge_needs_its_sides(ctx):
    assert enablement.enable_plugin(ctx, "walker") == ["left", "right", "span", "walker"]
    with pytest.raises(Refused, match="needed by Bridge of walker"):
        enablement.disable_plugin(ctx, "right")


def test_it_has_no_switch(ctx):
    with pytest.raises(Refused, match="is on while all of these are: Bridge of left, Bridge of right"):
        enablement.enable_plugin(ctx, "span")
    enablement.enable_plugin(ctx, "walker")
    enablement.disable_plugin(ctx, "walker")
    with pytest.raises(Refused, match="is on while all of these are"):
        enablement.disable_plugin(ctx, "span")


def test_an_upgrade_that_brings_a_bridge_switches_it_on(ctx):
    enablement.enable_plugin(ctx, "left")
    enablement.enable_plugin(ctx, "right")
    ctx.session.scalars(select(Enablement).where(Enablement.plugin == "span")).one().enabled = False
    ctx.session.flush()
    ctx.switch_to(ctx.enabled - {"span"})
    assert "span" in enablement.sync(ctx)
    assert "span" in on(ctx)


def test_a_bridge_with_one_side_is_none(hub, hub_extra):
    with pytest.raises(StartError, match="'stub'.*names less than two"):
        Hub(hub.config, extra=[*hub_extra, plugin("stub", requires=("samples",), bridge=True)])

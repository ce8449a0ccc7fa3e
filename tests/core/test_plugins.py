"""A plugin that cannot take part stops the start with a message that names it, where it comes from, and the remedy."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.hookspecs import hookimpl
from core.declare.manifest import Manifest
from core.errors import StartError
from core.kernel import plugins
from core.kernel.config import Config
from core.kernel.hub import Hub
from core.kernel.plugins import import_plugins
from core.text.i18n import T
from tests.thirdparty.samples import plugin as samples
from tests.thirdparty.samples.models import Maker


def module(name: str, **content: Any) -> ModuleType:
    """A plugin module made here; ``manifest`` keywords in ``content['says']``."""
    made = ModuleType(f"plugin_{name}")
    made.__file__ = f"/nowhere/{name}/plugin.py"
    says = content.pop("says", {})
    made.manifest = Manifest(**{"name": name, "title": T(name), "version": "1", "summary": T(name), **says})  # type: ignore[attr-defined]
    for key, value in content.items():
        setattr(made, key, value)
    return made


def offered(monkeypatch: pytest.MonkeyPatch, group: str = plugins.GROUP, **points: Any) -> None:
    """Only ``points`` are installed, in ``group``."""
    monkeypatch.setattr(plugins, "discover", lambda asked=plugins.GROUP: points if asked == group else {})


def point(made: ModuleType) -> Any:
    return type("Point", (), {"dist": None, "load": lambda self: made})()


@pytest.fixture
def start(tmp_path):
    def make(*modules: ModuleType, load: tuple[str, ...] = ()) -> Hub:
        url = f"sqlite:///{tmp_path}/x.db"
        return Hub(Config(database_url=url, owner_url=url, data=tmp_path, plugins=load), modules)

    return make


def test_order_is_by_depth_then_name(monkeypatch):
    offered(monkeypatch)
    found = import_plugins(
        (),
        [
            module("z", says={"requires": ("m",)}),
            module("m", says={"requires": ("b",)}),
            module("c"),
            module("b"),
            module("a", says={"extends": ("z", "not_there")}),
        ],
    )
    assert [p.name for p in found] == ["b", "c", "m", "z", "a"]


def test_named_but_not_installed(start):
    with pytest.raises(
        StartError, match=r"'nothing' is named in \[plugins\] load but is not installed.*config.toml"
    ):
        start(load=("nothing",))


def test_required_but_not_loaded(start):
    with pytest.raises(StartError, match="'z' .* requires 'm', which is not loaded.*Install it"):
        start(module("z", says={"requires": ("m",)}))


def test_a_circle(start):
    with pytest.raises(StartError, match="circle: .* → "):
        start(module("a", says={"requires": ("b",)}), module("b", says={"requires": ("a",)}))


def test_another_api(start):
    with pytest.raises(StartError, match="'old' .* speaks API 7, this hub speaks 1"):
        start(module("old", says={"api": 7}))


def test_an_import_that_fails_names_the_distribution(start, monkeypatch):
    class Point:
        name = "broken"
        dist = type("D", (), {"name": "acme-broken", "version": "3.1"})

        def load(self) -> Any:
            raise ImportError("no module named acme")

    offered(monkeypatch, broken=Point())
    with pytest.raises(
        StartError, match="'broken' .acme-broken 3.1. cannot be imported: no module named acme"
    ):
        start(load=("broken",))


def test_a_module_without_manifest(start):
    bare = ModuleType("bare")
    with pytest.raises(StartError, match="manifest"):
        start(bare)


def test_a_manifest_with_another_name(monkeypatch, start):
    offered(monkeypatch, one=point(module("two")))
    with pytest.raises(StartError, match="'one'.*'two'"):
        start(load=("one",))


def test_a_default_plugin_is_loaded_without_being_named(monkeypatch, start):
    offered(monkeypatch, plugins.BASE_GROUP, house=point(module("house", says={"base": True})))
    assert start(module("a")).plugin_names == ("a", "house")
    assert start(load=("house",)).plugin_names == ("house",)


@pytest.mark.parametrize("base", [True, False])
def test_a_default_plugin_says_so_and_is_offered_as_one(monkeypatch, start, base):
    group = plugins.GROUP if base else plugins.BASE_GROUP
    offered(monkeypatch, group, house=point(module("house", says={"base": base})))
    with pytest.raises(StartError, match=f"'house' .* says base={base} .* entry point of {group}"):
        start(load=("house",))


def test_a_default_plugin_requires_nothing_that_tenants_may_switch_off(monkeypatch, start):
    offered(monkeypatch)
    house = module("house", says={"base": True, "requires": ("m",)})
    with pytest.raises(StartError, match="default plugin 'house' .* requires 'm'"):
        start(house, module("m"))
    assert start(house, module("m", says={"base": True})).plugin_names == ("m", "house")


def test_a_menu_group_is_declared_once(start):
    @hookimpl
    def register(registry: Any) -> None:
        registry.menu_group("office", T("Office"), 10)

    with pytest.raises(
        StartError, match="'b' .* declares menu group 'office', which plugin 'a' .* has declared already"
    ):
        start(module("a", register=register), module("b", register=register))


def test_a_misspelt_hook_stops_the_start(start):
    @hookimpl
    def after_transitoin(ctx: Any) -> None:
        """Not a hook."""

    with pytest.raises(StartError, match="hook that does not exist.*after_transitoin"):
        start(module("typo", after_transitoin=after_transitoin))


def test_an_argument_that_the_hook_does_not_have_stops_the_start(start):
    @hookimpl
    def after_transition(ctx: Any, documnet: Any) -> None:
        """Wrong argument."""

    with pytest.raises(StartError, match="(?s)typo.*documnet"):
        start(module("typo", after_transition=after_transition))


def test_an_action_on_an_unknown_entity(start):
    @hookimpl
    def register(registry: Any) -> None:
        registry.action(Action("no.thing", "go", T("Go")))

    with pytest.raises(StartError, match="'lost': action on unknown entity 'no.thing'"):
        start(module("lost", register=register))


def test_an_entity_declared_twice(start):
    @hookimpl
    def register(registry: Any) -> None:
        kind = EntityType("twin.maker", Maker, T("Maker"), T("Makers"), ())
        registry.entity(kind)
        registry.entity(replace(kind, label=T("Other")))

    with pytest.raises(StartError, match="'twin' declares entity 'twin.maker' a second time"):
        start(module("twin", register=register))


def test_an_empty_database_is_said_to_lack_migrations(start):
    with pytest.raises(StartError, match="lacks migrations of core, .*samples.*Run `hub db upgrade`"):
        start(samples).check_ready()


def test_an_unreachable_database_is_said_so(tmp_path):
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    hub = Hub(Config(database_url=url, owner_url=url, data=tmp_path, plugins=()))
    with pytest.raises(StartError, match="the database cannot be used"):
        hub.check_ready()

"""Declarations cannot collide: names that are taken, or that are nobody's, stop the start and say who and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from core.api import (
    Action,
    ChildTable,
    Column,
    Declare,
    DocumentKind,
    EntityName,
    EntityRef,
    EntityType,
    Event,
    Field,
    JobKind,
    ListSpec,
    Manifest,
    ProcessStep,
    State,
    T,
    hookimpl,
)
from core.errors import StartError
from core.kernel.config import Config
from core.kernel.hub import Hub
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples
from tests.thirdparty.samples.models import Maker, RequestLine, Stamp

pytestmark = pytest.mark.once
REQUEST = "samples.request"
Says = Callable[[Declare], Any]


def plugin(name: str, register: Says | None = None, screens: Says | None = None, **says: Any) -> ModuleType:
    """A plugin module that declares what it is given; further words go into its manifest."""
    made = ModuleType(name)
    made.__file__ = f"/nowhere/{name}/plugin.py"
    says = {"requires": ("samples",), **says}
    made.manifest = Manifest(name=name, title=T("Other"), version="2", summary=T("Other"), **says)  # type: ignore[attr-defined]

    def declare(registry: Declare) -> None:
        if register:
            register(registry)

    def declare_screens(registry: Declare) -> None:
        if screens:
            screens(registry)

    made.register = hookimpl(declare, specname="register")  # type: ignore[attr-defined]
    made.register_screens = hookimpl(declare_screens, specname="register_screens")  # type: ignore[attr-defined]
    return made


@pytest.fixture
def start(tmp_path):
    """``start(plugin(...), …)``: a hub with ``samples``, ``couriers`` and these."""

    def make(*modules: ModuleType) -> Hub:
        url = f"sqlite:///{tmp_path}/x.db"
        config = Config(database_url=url, owner_url=url, data=tmp_path, plugins=())
        return Hub(config, (samples, couriers, *modules))

    return make


def nothing(*_given: Any) -> dict[str, Any]:
    return {}


def entity(name: str, model: Any = Stamp, **more: Any) -> EntityType:
    return EntityType(name, model, T("Other"), T("Others"), **{"fields": (), "title": "word", **more})


def document(name: str, of: str = REQUEST) -> DocumentKind:
    return DocumentKind(name, of, T("Paper"), "x.html", nothing, str)


TWICE: dict[str, tuple[Says, str]] = {
    "entity": (lambda r: r.entity(entity(REQUEST)), "entity 'samples.request'"),
    "model": (
        lambda r: r.entity(entity("other.maker", Maker)),
        r"entity 'other.maker' over Maker \(as 'samples.maker' is\)",
    ),
    "action": (
        lambda r: r.action(Action(REQUEST, "send", T("Send"), nothing)),
        "action 'samples.request.send'",
    ),
    "right": (lambda r: r.permission("samples.force", T("Force")), "right 'samples.force'"),
    "right of an action": (
        lambda r: r.permission("samples.request.stamp", T("Stamp"), ("wh",)),
        "right 'samples.request.stamp'",
    ),
    "right of an entity": (
        lambda r: r.permission("samples.maker.view", T("See")),
        "right 'samples.maker.view'",
    ),
    "list": (lambda r: r.list(ListSpec("samples.note", T("Notes"))), "list 'samples.note'"),
    "right of core": (lambda r: r.permission("core.plugins", T("Plugins")), "right 'core.plugins'"),
    "number series": (lambda r: r.series("samples.request", "X-{0000}"), "number series 'samples.request'"),
    "menu group": (lambda r: r.menu_group("admin", T("Admin"), 1), "menu group 'admin'"),
    "column": (
        lambda r: r.extend_columns(REQUEST, Column("fee", T("Fee"))),
        "column 'fee' of 'samples.request'",
    ),
    "column of a field that is no column": (
        lambda r: r.extend_columns(REQUEST, Column("notes", T("Notes"))),
        "column 'notes' of 'samples.request'",
    ),
}


@pytest.mark.parametrize("what", TWICE)
def test_a_name_that_another_plugin_has_stops_the_start(start, what):
    says, named = TWICE[what]
    others = {"right of core": "the hub itself", "menu group": r"plugin 'base_company' \(.*\)"}
    owner = others.get(what, r"plugin 'samples' \(given directly\)")
    with pytest.raises(
        StartError,
        match=rf"^plugin 'other' \(given directly\) declares {named}, which {owner} has declared already. "
        "Give yours another name",
    ):
        start(plugin("other", says))


@pytest.mark.parametrize(
    ("what", "says"),
    {
        "column 'more'": lambda r: r.extend_columns(REQUEST, Column("more", T("More"))),
        "step 'pressed'": lambda r: r.step(ProcessStep("pressed", REQUEST, T("Pressed"), nothing)),
        "event 'x.pressed'": lambda r: r.event(Event("x.pressed", T("Pressed"), REQUEST)),
        "document 'x.paper'": lambda r: r.document(document("x.paper")),
        "role 'boss'": lambda r: r.role("boss", "Boss", {}),
        "job 'x.job'": lambda r: r.job(JobKind("x.job", nothing, T("Job"))),
        "action 'samples.request.press'": lambda r: r.action(
            Action(REQUEST, "press", T("Press"), nothing, permission="samples.request.edit")
        ),
    }.items(),
)
def test_two_that_add_to_a_third_do_not_take_each_others_names(start, what, says):
    with pytest.raises(
        StartError, match=rf"'second' .*declares {what}.*which plugin 'first' .*declared already"
    ):
        start(plugin("first", says), plugin("second", says))
    with pytest.raises(StartError, match=f"'first' declares {what}.* a second time. Take one of them away"):
        start(plugin("first", lambda r: (says(r), says(r))))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fields": (Field("a", T("A")), Field("a", T("A")))}, "field 'a'"),
        ({"states": (State("a", T("A")), State("a", T("A")))}, "state 'a'"),
        ({"columns": (Column("a", T("A")), Column("a", T("A")))}, "column 'a'"),
        ({"filters": ("a", "a")}, "filter 'a'"),
        ({"children": (ChildTable("a", T("A"), RequestLine, ()),) * 2}, "table 'a'"),
        (
            {"children": (ChildTable("a", T("A"), RequestLine, (Field("b", T("B")),) * 2),)},
            r"field \(table a\) 'b'",
        ),
    ],
)
def test_within_an_entity_every_name_is_there_once(start, more, said):
    with pytest.raises(StartError, match=f"'other' .*declares {said} of 'other.thing' twice"):
        start(plugin("other", lambda r: r.entity(entity("other.thing", **more))))


# --- names of nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "says"),
    {
        "field of 'other.thing' 'maker' names 'samples.nobody'": lambda r: r.entity(
            entity("other.thing", fields=(Field("maker", T("Maker"), "ref", ref="samples.nobody"),))
        ),
        "field of action 'samples.request.go' 'to' names 'samples.nobody'": lambda r: r.action(
            Action(
                REQUEST, "go", T("Go"), nothing, fields=(Field("to", T("To"), "ref", ref="samples.nobody"),)
            )
        ),
        "document 'x.paper' names 'samples.nobody'": lambda r: r.document(
            document("x.paper", "samples.nobody")
        ),
        "event 'x.gone' names 'samples.nobody'": lambda r: r.event(
            Event("x.gone", T("Gone"), "samples.nobody")
        ),
        "step 'x' names 'samples.nobody'": lambda r: r.step(
            ProcessStep("x", "samples.nobody", T("X"), nothing)
        ),
        "column 'x' names 'samples.nobody'": lambda r: r.extend_columns(
            "samples.nobody", Column("x", T("X"))
        ),
    }.items(),
)
def test_the_name_of_no_entity_stops_the_start(start, said, says):
    with pytest.raises(
        StartError, match=rf"^plugin 'other' \(given directly\): {said}, which no loaded plugin"
    ):
        start(plugin("other", says))


def test_a_setting_that_refers_to_nothing(start):
    settings = (Field("maker", T("Maker"), "ref", ref="samples.nobody"),)
    with pytest.raises(StartError, match="setting 'maker' names 'samples.nobody'"):
        start(plugin("other", settings=settings))


def test_what_is_written_as_no_name(start):
    with pytest.raises(StartError, match="'Request' is not the name of an entity, such as 'orders.order'"):
        start(plugin("other", lambda r: r.extend_columns("Request", Column("x", T("X")))))


def test_a_plugin_adds_only_to_those_it_names(start):
    says = lambda r: r.extend_columns(REQUEST, Column("x", T("X")))  # noqa: E731
    with pytest.raises(
        StartError,
        match="column 'x' of 'samples.request', which belongs to plugin 'samples'.*"
        "Add 'samples' to `requires` or `extends` of the manifest of 'other'",
    ):
        start(plugin("other", says, requires=()))
    start(plugin("other", says, requires=(), extends=("samples",)))
    start(plugin("other", says, requires=("couriers",)))  # which requires it


def test_what_is_added_to_a_plugin_that_is_not_there_is_left_out(start):
    def says(r: Declare) -> None:
        r.extend_columns("absent.thing", Column("x", T("X")))
        r.action(Action("absent.thing", "go", T("Go"), nothing))
        r.document(document("other.paper", "absent.thing"))
        r.event(Event("other.gone", T("Gone"), "absent.thing"))
        r.step(ProcessStep("x", "absent.thing", T("X"), nothing), replaces="absent")
        r.job(JobKind("absent.job", nothing, T("Job")), replaces="absent")

    registry = start(plugin("other", says, extends=("absent",))).registry
    assert "absent.thing" not in registry.columns
    assert not {"absent.job"} & set(registry.jobs)
    assert not registry.events
    assert "absent.thing.go" not in registry.permissions
    with pytest.raises(StartError, match="names 'absent.thing'|unknown entity 'absent.thing'"):
        start(plugin("other", says))


# --- names as values ------------------------------------------------------------------------------------------------------


def test_a_name_is_a_string_that_knows_its_plugin_and_makes_references():
    order = EntityName("samples.request")
    assert (order, order.plugin, order.ref(7)) == (REQUEST, "samples", EntityRef(REQUEST, 7))
    assert f"{order}.view" == "samples.request.view"
    for wrong in ("request", "samples.", ".x", "Samples.Request", "samples.request.view", ""):
        with pytest.raises(ValueError, match="is not the name of an entity"):
            EntityName(wrong)


def test_constants_that_name_nothing_stop_the_start(start):
    module = plugin("other")
    module.MAKER, module.LATER = EntityName("samples.maker"), EntityName("absent.thing")  # type: ignore[attr-defined]
    import sys

    sys.modules["other"] = module
    try:
        start(module)
        module.WRONG = EntityName("samples.nobody")  # type: ignore[attr-defined]
        with pytest.raises(StartError, match="'other' .*: WRONG in other names 'samples.nobody'"):
            start(module)
    finally:
        del sys.modules["other"]


# --- closed after the start -------------------------------------------------------------------------------------------------


def test_nothing_is_declared_after_the_start(start):
    kept: list[Declare] = []
    hub = start(plugin("other", kept.append))
    for late in (
        lambda r: r.job(JobKind("other.late", nothing, T("Late"))),
        lambda r: r.entity(entity("other.late")),
        lambda r: r.action(Action(REQUEST, "late", T("Late"), nothing)),
        lambda r: r.step(ProcessStep("late", "samples.maker", T("Late"), nothing)),
    ):
        with pytest.raises(StartError, match="'other' declares '.*late.*' after the start"):
            late(kept[0])
    with pytest.raises(TypeError):
        hub.registry.jobs["other.late"] = None  # type: ignore[index]
    assert not [name for name in (*hub.registry.jobs, *hub.registry.entities) if "late" in name]


def test_screens_are_declared_while_screens_are_made(start):
    says = lambda r: r.screen("other.thing", object)  # noqa: E731
    both = lambda r: (r.entity(entity("other.thing")), says(r))  # noqa: E731
    with pytest.raises(
        StartError, match="declares a screen of 'other.thing' in `register`. Declare it in `reg"
    ):
        start(plugin("other", both))
    hub = start(plugin("other", lambda r: r.entity(entity("other.thing")), says))
    assert dict(hub.declare_screens().classes).keys() == {"other.thing"}
    assert dict(hub.declare_screens().classes).keys() == {"other.thing"}, "a second application starts anew"


def test_the_plugin_that_declares_is_the_one_that_was_called(start):
    kept: list[Declare] = []
    hub = start(
        plugin("first", kept.append),
        plugin("second", lambda r: kept[0].list(ListSpec("first.late", T("Late")))),
    )
    assert hub.registry.lists["first.late"].plugin == "first"


# --- replacing on purpose ---------------------------------------------------------------------------------------------------


def test_replacing_is_said_with_the_owners_name_and_needs_the_manifest(start):
    action = Action(REQUEST, "send", T("Send twice"), nothing)
    start(plugin("other", lambda r: r.action(action, replaces="samples")))
    with pytest.raises(StartError, match="Say replaces='samples'"):
        start(plugin("other", lambda r: r.action(action, replaces="couriers"), requires=("couriers",)))
    boxes = Column("parcels", T("Boxes"))
    with pytest.raises(
        StartError, match="'parcels' .*belongs to plugin 'couriers' .* Say replaces='couriers'"
    ):
        start(
            plugin(
                "other",
                lambda r: r.extend_columns(REQUEST, boxes, replaces="samples"),
                requires=("couriers",),
            )
        )
    with pytest.raises(StartError, match="Add 'samples' to `requires` or `extends`"):
        start(plugin("other", lambda r: r.action(action, replaces="samples"), requires=()))
    with pytest.raises(StartError, match="'samples', which declares no such thing"):
        start(plugin("other", lambda r: r.action(replace(action, name="sned"), replaces="samples")))


def test_a_replacement_asks_for_the_right_of_the_original(start):
    action = Action(REQUEST, "send", T("Send twice"), nothing, permission="samples.request.view")
    hub = start(plugin("other", lambda r: r.action(action, replaces="samples")))
    shelf = hub.registry.actions[REQUEST]
    assert shelf["send"].plugin == "samples"
    assert shelf.standing("send", {"samples"}) is shelf["send"]
    standing = shelf.standing("send", {"samples", "other"})
    assert (standing.plugin, standing.right) == ("other", "samples.request.send")
    assert shelf.standing("send", set()) is None
    assert [a.name for a in shelf.all_standing({"other", "samples"})][:1] == ["send"]

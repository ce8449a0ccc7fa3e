"""Every kind of broken plugin in one table: where it is tried, and what is said of it.

Most are tried here, each by a plugin of a few lines that is declared beside others in a hub of the default plugins: the start
stops with one sentence. ``ELSEWHERE`` names the test that tries what needs more around it: an installed distribution, a
database, a process of its own, a page.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import pytest

from core.api import (
    Action,
    Column,
    DocumentKind,
    EntityName,
    EntityType,
    Event,
    Field,
    Filter,
    JobKind,
    ListSpec,
    Manifest,
    PayloadTable,
    ProcessStep,
    State,
    T,
    hookimpl,
)
from core.base_api import FramePart, ListExport
from core.declare.stock_words import ItemKind, MovementKind, PlaceKind
from core.errors import StartError
from core.kernel.config import Config
from core.kernel.hub import Hub
from core.web.api import EntityView, Page, route
from core.web.app import create_app
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples
from tests.thirdparty.samples.models import Maker, Stamp

pytestmark = pytest.mark.once
REQUEST = "samples.request"
X = T("X")
FIELDS = (Field("word", X),)


def entity(name: str = "broken.thing", fields: Any = FIELDS, **more: Any) -> EntityType:
    return EntityType(name, more.pop("model", Stamp), X, X, fields, title="word", key="id", **more)


def nothing(*_given: Any) -> Any:
    return {}


class Twin(Page):
    @route("/", right="")
    def index(self) -> str:
        return ""


class NoRight(Page):
    @route("/", right="broken.nobody_declares")
    def index(self) -> str:
        return ""


# what both the neighbour and the broken plugin declare
SHARED = {
    "entity": lambda r: r.entity(entity("broken.thing")),
    "right": lambda r: r.permission("both.may", X),
    "role": lambda r: r.role("broken_role", "X", {}),
    "list": lambda r: r.list(ListSpec("both.reasons", X)),
    "series": lambda r: r.series("both.series", "B-{0000}"),
    "menu group": lambda r: r.menu_group("both", X, 10),
    "document": lambda r: r.document(DocumentKind("both.paper", REQUEST, X, "x.html", nothing, str)),
    "job": lambda r: r.job(JobKind("both.job", nothing, X)),
    "export": lambda r: r.export(ListExport("both", X, "text/plain", nothing)),
    "event": lambda r: r.event(Event("both.event", X, REQUEST)),
    "place": lambda r: r.place_kind(PlaceKind("both_place", X, True)),
    "movement": lambda r: r.movement_kind(MovementKind("both_move", X)),
    "item": lambda r: r.item_kind(ItemKind("both_item", X, frozenset())),
    "step": lambda r: r.step(ProcessStep("both", REQUEST, X, nothing)),
    "column": lambda r: r.extend_columns(REQUEST, Column("both", X, load=nothing)),
    "action": lambda r: r.action(Action(REQUEST, "both", X, nothing, permission="samples.request.view")),
}
CALLED = {
    "entity": "entity 'broken.thing'", "right": "right 'both.may'", "role": "role 'broken_role'", "list": "list 'both.reasons'",
    "series": "number series 'both.series'", "menu group": "menu group 'both'", "document": "document 'both.paper'",
    "job": "job 'both.job'", "export": "export 'both'", "event": "event 'both.event'",
    "place": "kind of place 'both_place'", "movement": "kind of movement 'both_move'", "item": "kind of item 'both_item'",
    "step": "step 'both' of 'samples.request'", "column": "column 'both' of 'samples.request'",
    "action": "action 'samples.request.both'",
}  # fmt: skip

START: dict[str, tuple[Any, str]] = {
    "an action of another's name": (
        lambda r: r.action(Action(REQUEST, "stamp", X, nothing)),
        "declares action 'samples.request.stamp', which plugin 'samples' .*has declared already. Give yours another name",
    ),
    "a right of another's action": (
        lambda r: r.permission("samples.request.stamp", X),
        "declares right 'samples.request.stamp', which plugin 'samples'",
    ),
    "a column of another's name": (
        lambda r: r.extend_columns(REQUEST, Column("fee", X)),
        "declares column 'fee' of 'samples.request', which plugin 'samples'",
    ),
    "a job of core's own": (
        lambda r: r.job(JobKind("base_jobs.tidy", nothing, X)),
        "declares job 'base_jobs.tidy', which plugin 'base_jobs'",
    ),
    "the model of another's entity": (
        lambda r: r.entity(entity("broken.maker", (Field("code", X),), model=Maker)),
        "declares entity 'broken.maker' over Maker .as 'samples.maker' is.",
    ),
    "an action on nothing": (
        lambda r: r.action(Action("samples.nothing", "x", X, nothing)),
        "action on unknown entity 'samples.nothing'. Declare the entity first",
    ),
    "a column of a plugin it does not name": (
        lambda r: r.extend_columns("couriers.parcel", Column("x", X)),
        "belongs to plugin 'couriers'|names 'couriers.parcel'",
    ),
    "a step on nothing": (lambda r: r.step(ProcessStep("x", "samples.gone", X, nothing)), "'samples.gone'"),
    "a document on nothing": (
        lambda r: r.document(DocumentKind("broken.x", "samples.gone", X, "x.html", nothing, str)),
        "'samples.gone'",
    ),
    "an event on nothing": (lambda r: r.event(Event("broken.x", X, "samples.gone")), "'samples.gone'"),
    "a document with a right that nobody declares": (
        lambda r: r.document(
            DocumentKind("broken.x", REQUEST, X, "x.html", nothing, str, right="broken.never")
        ),
        "document 'broken.x' asks for the right 'broken.never', which nobody declares",
    ),
    "a field twice": (
        lambda r: r.entity(entity(fields=FIELDS * 2)),
        "declares field 'word' of 'broken.thing' twice",
    ),
    "a state twice": (
        lambda r: r.entity(entity(states=(State("a", X), State("a", X)))),
        "declares state 'a' of 'broken.thing' twice",
    ),
    "a filter twice": (
        lambda r: r.entity(entity(filters=(Filter("f", X, nothing, nothing),) * 2)),
        "declares filter 'f' of 'broken.thing' twice",
    ),
    "a list column twice": (
        lambda r: r.entity(entity(columns=("word", "word"))),
        "declares column 'word' of 'broken.thing' twice",
    ),
    "an action that takes one name twice": (
        lambda r: r.action(
            Action(REQUEST, "x", X, nothing, fields=FIELDS, tables=(PayloadTable("word", X, FIELDS),))
        ),
        "action 'samples.request.x' takes 'word' twice",
    ),
    "a table whose key is no field": (
        lambda r: r.action(
            Action(REQUEST, "x", X, nothing, tables=(PayloadTable("rows", X, FIELDS, key="no"),))
        ),
        "names 'no' as the key of its table 'rows', which is no field of it",
    ),
    "a file field that nothing serves": (
        lambda r: r.entity(entity(fields=(Field("picture", X, "file"),))),
        "field 'picture' of 'broken.thing' is of kind 'file', which no form of a row has",
    ),
    "a field of no kind": (
        lambda r: r.entity(entity(fields=(Field("word", X, "colour"),))),  # type: ignore[arg-type]
        "is of kind 'colour'",
    ),
    "a reference without relationship": (
        lambda r: r.entity(entity(fields=(Field("request", X, "ref", ref=REQUEST),))),
        "is a reference, and Stamp has no relationship of that name. Add to Stamp: request",
    ),
    "a reference to nothing": (
        lambda r: r.entity(entity(fields=(Field("gone", X, "ref", ref="samples.gone"),))),
        "names 'samples.gone', which no loaded plugin declares",
    ),
    "register fails": (
        lambda r: 1 / 0,
        "fails in `register`: ZeroDivisionError: division by zero .test_broken",
    ),
    "register ends the process": (lambda r: exit(3), "fails in `register`: SystemExit: 3"),
}
SCREENS: dict[str, tuple[Any, str]] = {
    "register_screens fails": (lambda r: 1 / 0, "fails in `register_screens`: ZeroDivisionError"),
    "another's screen": (
        lambda r: r.screen(REQUEST, EntityView),
        "declares screen of 'samples.request', which plugin 'samples'",
    ),
    "a screen of nothing": (lambda r: r.screen("samples.gone", EntityView), "samples.gone"),
    "a page where another is": (
        lambda r: r.view(Twin(name="X", endpoint="broken_x", url="/admin/jobs")),
        "declares page 'broken_x' at /admin/jobs, where another page is",
    ),
    "a page of another's name": (
        lambda r: r.view(Twin(name="X", endpoint="admin_company", url="/broken")),
        "declares page 'admin_company', which",
    ),
    "a part of the frame of another's name": (
        lambda r: r.frame_part(FramePart("search", "head", "x.html")),
        "declares frame part 'search', which plugin 'base_search'",
    ),
    "a route with a right that nobody declares": (
        lambda r: r.view(NoRight(name="X", endpoint="broken_x", url="/broken")),
        "ask for a right that is not declared: .*broken.nobody_declares",
    ),
}
MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "another API": ({"api": 99}, "plugin 'broken' .* speaks API 99, this hub speaks 1"),
    "a name that begins nothing": ({"name": "Broken-1"}, "plugin 'Broken-1' .* has a name that tables"),
    "another's name": (
        {"name": "samples"},
        "plugin 'samples' .* has the name of a plugin that is loaded already",
    ),
    "requires what is not there": (
        {"requires": ("gone",)},
        "plugin 'broken' .* requires 'gone', which is not loaded",
    ),
    "requires itself": ({"requires": ("broken",)}, "require each other in a circle: broken → broken"),
    "a bridge over nothing": ({"bridge": True}, "plugin 'broken' .* is a bridge, but `requires`"),
    "a setting twice": ({"settings": FIELDS * 2}, "'broken' declares setting 'word' a second time"),
    "a setting that refers to nothing": (
        {"settings": (Field("x", X, "ref", ref="samples.gone"),)},
        "setting 'x' names 'samples.gone'",
    ),
}

ELSEWHERE: dict[str, str] = {
    "an import of something that is not there": "test_start_faults.test_what_fails_while_it_is_imported",
    "a NameError, SyntaxError, TypeError or exit at import": "test_start_faults.test_what_fails_while_it_is_imported",
    "a table of another's name": "test_start_faults.test_what_fails_while_it_is_imported",
    "a model class of another's name: both work": (
        "test_start_faults.test_two_plugins_may_call_their_classes_alike_and_one_name_may_begin_with_the_other"
    ),
    "a plugin name that begins another's": "test_start_faults.test_a_table_that_is_named_after_another_plugin",
    "two distributions of one name": "test_start_faults.test_one_name_in_two_distributions",
    "no manifest": "test_plugins.test_a_module_without_manifest",
    "a manifest of another name": "test_plugins.test_a_manifest_with_another_name",
    "hooks that are none": "test_start_faults.test_hooks_that_are_none",
    "a misspelt hook": "test_plugins.test_a_misspelt_hook_stops_the_start",
    "an argument that the hook does not have": "test_plugins.test_an_argument_that_the_hook_does_not_have_stops_the_start",
    "a hook that is not marked": "test_start_faults.test_a_function_with_the_name_of_a_hook_that_is_not_marked",
    "models that cannot be mapped": "test_start_faults.test_models_that_cannot_be_used",
    "a screen that cannot be made": "test_start_faults.test_a_screen_that_cannot_be_made",
    "a migration that fails": "test_migrate.test_a_migration_that_fails_is_named_and_nothing_is_changed",
    "two ends of a lineage": "test_migrate.test_two_ends_of_a_lineage",
    "a database that is newer": "test_migrate.test_a_database_of_a_newer_version_is_told_from_one_that_lacks_migrations",
    "models ahead of migrations, a column in another's table": "test_migrate.test_a_difference_is_seen",
    "another's words": "test_catalogues.test_a_sentence_is_translated_by_the_package_it_is_written_in_then_by_core",
    "two translations of one sentence": "test_catalogues.test_two_packages_must_not_translate_one_sentence_differently",
    "what stands in another's place, off": "test_replaces.test_actions",
    "columns that fail, of another type, unsayable": "test_isolation.test_a_column_of_anothers_list",
    "the same in a file": "test_isolation.test_a_column_of_anothers_list_in_a_file",
    "tiles, panels, alerts, tasks, menu, search: raising, generator, SQL, wrong type": "test_isolation.test_a_display_hook",
    "a template that is not there": "test_isolation.test_hits_and_panels_that_are_fine",
    "visible of an action": "test_isolation.test_an_action_that_cannot_say_whether_it_is_offered",
    "choices of filters and fields": "test_isolation.test_choices_of_filters_and_fields",
    "a filter": "test_isolation.test_a_filter_that_fails_finds_nothing",
    "names of stock": "test_isolation.test_names_of_stock",
    "vetoes and events": "test_hooks.test_a_plugin_that_fails_at_an_event_is_named_and_nothing_is_saved",
    "a job that fails three times": "test_failures.test_a_job_that_is_given_up_blames_who_declared_it",
    "what takes too long": "test_failures.test_what_takes_too_long_is_named",
    "a plugin that stops the start": "test_leaving_out.test_a_hub_with_a_broken_plugin_says_how_to_start_and_does",
}


def plugin(name: str, says: dict[str, Any] | None = None, **hooks: Any) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = f"/nowhere/{name}/plugin.py"
    given = {"name": name, "requires": ("samples",), "default_on": False, **(says or {})}
    made.manifest = Manifest(title=X, version="3.1", summary=X, **given)  # type: ignore[attr-defined]
    for hook, function in hooks.items():
        setattr(made, hook, hookimpl(lambda registry, f=function: f(registry) and None, specname=hook))
    return made


@pytest.fixture
def start(tmp_path):
    """A hub of the default plugins, the samples and these."""

    def make(*modules: ModuleType) -> Hub:
        url = f"sqlite:///{tmp_path}/x.db"
        return Hub(
            Config(database_url=url, owner_url=url, data=tmp_path, plugins=()), (samples, couriers, *modules)
        )

    return make


def sentence(error: Any, said: str) -> None:
    """One line that says what and names the plugin."""
    assert "\n" not in str(error.value)
    assert "broken" in str(error.value).lower()
    assert error.match(said)


@pytest.mark.parametrize("kind", SHARED)
def test_a_name_that_another_has_stops_the_start(kind, start):
    first = plugin("a_neighbour", register=SHARED[kind])
    with pytest.raises(StartError) as refused:
        start(first, plugin("broken", register=SHARED[kind]))
    sentence(
        refused,
        f"plugin 'broken' .given directly. declares {CALLED[kind]}, which plugin 'a_neighbour'|over Stamp",
    )
    start(first)


@pytest.mark.parametrize("kind", START)
def test_what_is_declared_wrongly_stops_the_start(kind, start):
    declare, said = START[kind]
    with pytest.raises(StartError) as refused:
        start(plugin("broken", register=declare))
    sentence(refused, said)


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_manifest_that_cannot_be(kind, start):
    says, said = MANIFESTS[kind]
    with pytest.raises(StartError) as refused:
        start(plugin("broken", says))
    assert refused.match(said)


def test_constants_that_name_nothing(start):
    module = plugin("broken")
    module.THING = EntityName("broken.thing")  # type: ignore[attr-defined]
    import sys

    sys.modules["broken"] = module
    try:
        with pytest.raises(StartError) as refused:
            start(module)
        sentence(refused, "THING in broken names 'broken.thing', which no loaded plugin declares")
    finally:
        del sys.modules["broken"]


@pytest.mark.parametrize("kind", SCREENS)
def test_a_screen_that_is_declared_wrongly(kind, start):
    declare, said = SCREENS[kind]
    with pytest.raises(StartError) as refused:
        create_app(start(plugin("broken", register_screens=declare)))
    sentence(refused, said)


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_what_is_tried_elsewhere_is_tried(kind):
    module, _, name = ELSEWHERE[kind].partition(".")
    assert callable(getattr(importlib.import_module(f"tests.core.{module}"), name))


def test_all_kinds_are_there():
    assert len(SHARED) + len(START) + len(SCREENS) + len(MANIFESTS) + len(ELSEWHERE) + 1 >= 66

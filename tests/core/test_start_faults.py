"""A plugin that is broken stops the start with one sentence: which plugin, which distribution, what is wrong, what to do."""

from __future__ import annotations

import gc
import importlib.metadata
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.api import Declare, EntityType, Field, Manifest, T, hookimpl, hookspec
from core.data.migrate import belongs, owner_of
from core.errors import StartError
from core.kernel import plugins
from core.kernel.blame import culprit, describe
from core.kernel.config import Config
from core.kernel.hub import Hub
from core.web.app import create_app
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples
from tests.thirdparty.samples.models import Stamp

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(tmp_path):
    def make(*modules: ModuleType, load: tuple[str, ...] = ()) -> Hub:
        url = f"sqlite:///{tmp_path}/x.db"
        config = Config(database_url=url, owner_url=url, data=tmp_path, plugins=load)
        return Hub(config, (samples, couriers, *modules))

    return make


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """``installed("broken", source)``: a plugin of that name in a distribution ``acme-broken 3.1``."""
    known = plugins.discover

    def add(name: str, source: str) -> None:
        (tmp_path / f"{name}_plugin.py").write_text(source)
        monkeypatch.syspath_prepend(str(tmp_path))

        class Point:
            dist = type("D", (), {"name": f"acme-{name}", "version": "3.1"})

            def load(self) -> Any:
                return importlib.import_module(f"{name}_plugin")

        monkeypatch.setattr(
            plugins,
            "discover",
            lambda group=plugins.GROUP: {
                **known(group),
                **({name: Point()} if group == plugins.GROUP else {}),
            },
        )

    yield add
    # a model that was half made is seen by every session until it is collected; a hub that does not start has none
    sys.modules.pop("broken_plugin", None)
    gc.collect()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "from core.api import nothing_of_that_name",
            "cannot import name 'nothing_of_that_name' from 'core.api'",
        ),
        pytest.param(
            "import core.api\nundefined",
            r"NameError: name 'undefined' is not defined \(broken_plugin.py, line 2\)",
            marks=pytest.mark.more,
        ),
        pytest.param(
            "def register(:",
            r"SyntaxError: invalid syntax \(broken_plugin.py, line 1\)",
            marks=pytest.mark.more,
        ),
        pytest.param(
            "from core.api import Manifest, T\nmanifest = Manifest(name='broken', require=())",
            r"TypeError: .*unexpected keyword argument 'require' \(broken_plugin.py, line 2\)",
            marks=pytest.mark.more,
        ),
        (
            "from core.db import TenantRow\nclass Twin(TenantRow):\n    __tablename__ = 'samples_maker'",
            "InvalidRequestError: Table 'samples_maker' is already defined",
        ),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_what_fails_while_it_is_imported(start, installed, source, said):
    sys.modules.pop("broken_plugin", None)
    installed("broken", source)
    with pytest.raises(
        StartError,
        match=rf"^plugin 'broken' \(acme-broken 3.1\) cannot be imported: {said}.*Mend it, or remove it",
    ) as refused:
        start(load=("broken",))
    assert "\n" not in str(refused.value)


def plugin(name: str = "other", **content: Any) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = f"/nowhere/{name}/plugin.py"
    says = {"requires": ("samples",), **content.pop("says", {})}
    made.manifest = Manifest(name=name, title=T("Other"), version="2", summary=T("Other"), **says)  # type: ignore[attr-defined]
    for key, value in content.items():
        setattr(made, key, hookimpl(value, specname=key))
    return made


def broken(registry: Declare) -> None:
    raise KeyError("colour")


def test_what_fails_while_it_declares(start):
    where = r"KeyError: 'colour' \(test_start_faults.py, line \d+\). Mend it"
    with pytest.raises(StartError, match=rf"^plugin 'other' \(given directly\) fails in `register`: {where}"):
        start(plugin(register=broken))
    with pytest.raises(StartError, match=rf"^plugin 'other' .* fails in `register_hookspecs`: {where}"):
        start(plugin(register_hookspecs=broken))
    with pytest.raises(StartError, match=rf"^plugin 'other' .* fails in `register_screens`: {where}"):
        create_app(start(plugin(register_screens=broken)))


def test_a_screen_that_cannot_be_made(start):
    class Wrong:
        def __init__(self, entity: EntityType) -> None:
            raise AttributeError("no template")

    screens = lambda registry: registry.screen("samples.maker", Wrong, replaces="samples")  # noqa: E731
    with pytest.raises(
        StartError, match="^plugin 'other' .*: its screen of 'samples.maker' cannot be made: Attrib"
    ):
        create_app(start(plugin(register_screens=screens)))


def test_hooks_that_are_none(start):
    with pytest.raises(StartError, match="'other' .* offers hooks that cannot be used: .*did not find any"):
        start(plugin(register_hookspecs=lambda registry: ModuleType("empty")))
    twin = ModuleType("twin")
    twin.sample_stamped = hookspec(lambda ctx, row: None)  # type: ignore[attr-defined]
    with pytest.raises(StartError, match="'other' .* offers hooks that cannot be used: .*sample_stamped"):
        start(plugin(register_hookspecs=lambda registry: twin))


def test_a_hook_of_a_plugin_that_is_extended_and_not_there(start):
    """It may be left out; a hook that nobody offers is one all the same where everybody is there."""

    def seen(ctx): ...

    marked = plugin()
    marked.hook_of_elsewhere = hookimpl(seen, specname="hook_of_elsewhere", optionalhook=True)  # type: ignore[attr-defined]
    start(marked)
    absent = {"requires": ("samples",), "extends": ("couriers", "elsewhere")}
    start(plugin(hook_of_elsewhere=lambda ctx: None, says=absent))
    with pytest.raises(
        StartError, match="'other' .* implements a hook that does not exist: hook_of_elsewhere"
    ):
        start(plugin(hook_of_elsewhere=lambda ctx: None, says={**absent, "extends": ("couriers",)}))


def test_a_function_with_the_name_of_a_hook_that_is_not_marked(start):
    module = plugin()
    exec("def after_transition(ctx): pass\ndef helper(): pass", vars(module))
    module.after_transition.__module__ = module.helper.__module__ = "other"  # type: ignore[attr-defined]
    with pytest.raises(
        StartError, match="'other' .*: after_transition is the name of a hook.*Put @hookimpl above"
    ):
        start(module)


def test_one_name_in_two_distributions(start, monkeypatch):
    class Point:
        def __init__(self, dist: str) -> None:
            self.name, self.group = "kits", plugins.GROUP
            self.dist = type("D", (), {"name": dist, "version": "1.0"})

    real = importlib.metadata.entry_points
    more = [Point("acme-kits"), Point("zenith-kits")]
    monkeypatch.setattr(
        importlib.metadata,
        "entry_points",
        lambda *, group: [*real(group=group), *(more if group == plugins.GROUP else ())],
    )
    start()  # nobody asks for it
    with pytest.raises(
        StartError,
        match="plugin 'kits' is brought by several distributions: acme-kits 1.0, zenith-kits 1.0. Uninst",
    ):
        start(load=("kits",))
    with pytest.raises(
        StartError, match="'samples' .given directly. has the name of a plugin that is loaded already"
    ):
        start(plugin("samples", says={"requires": ()}))


def test_names_that_nothing_can_begin_with(start):
    for name in ("Kits", "acme-kits", "9lives", ""):
        with pytest.raises(
            StartError, match="has a name that tables, rights and addresses cannot begin with"
        ):
            start(plugin(name))


def test_settings_are_there_once(start):
    twice = (Field("limit", T("Limit")), Field("limit", T("Limit")))
    with pytest.raises(StartError, match="'other' declares setting 'limit' a second time"):
        start(plugin(says={"settings": twice}))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            Field("picture", T("P"), "file"),
            "'picture' of 'other.thing' is of kind 'file', which no form of a row has",
        ),
        (Field("word", T("P"), "colour"), "'word' of 'other.thing' is of kind 'colour'"),  # type: ignore[arg-type]
        (
            Field("request", T("R"), "ref", ref="samples.request"),
            "field 'request' of 'other.thing' is a reference, and Stamp has no relationship of that name. Add to Stamp: "
            r'request: Mapped\[…\] = link\("Stamp.request_id"',
        ),
    ],
)
def test_fields_that_nothing_could_show(start, spec, said):
    def register(registry: Declare) -> None:
        registry.entity(EntityType("other.thing", Stamp, T("X"), T("X"), (spec,), title="word", key="id"))

    with pytest.raises(StartError, match=said):
        start(plugin(register=register))


# --- models, in a process of their own: what is mapped stays mapped ---------------------------------------------------------

MODELS = """
from __future__ import annotations
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from core.db import TenantRow, VersionedRow, children, link, ref
from tests.thirdparty.samples import models as others

class {Maker}(VersionedRow):
    __tablename__ = "{plugin}_{table}"
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    kind_id: Mapped[int | None] = {ref}
    kind: Mapped[others.Maker | None] = link("{linked}.kind_id", "{target}")
    parts: Mapped[list[RequestLine]] = children("RequestLine.maker_id", "{Maker}", order_by="RequestLine.word")

class RequestLine(TenantRow):
    __tablename__ = "{plugin}_part"
    maker_id: Mapped[int] = ref("{plugin}_{table}", ondelete="CASCADE")
    word: Mapped[str] = mapped_column(String(40))
"""
PLUGIN = """
from core.api import EntityType, Field, Manifest, T, hookimpl
from acme.{plugin}.models import {Maker}
manifest = Manifest(name="{plugin}", title=T("x"), version="1", summary=T("x"), requires=("samples",))

@hookimpl
def register(registry):
    registry.entity(EntityType("{plugin}.maker", {Maker}, T("x"), T("x"),
        (Field("code", T("x")), Field("name", T("x")), Field("kind", T("x"), "ref", ref="samples.maker")),
        columns=("code", "kind")))
"""
RUN = """
import sys
from importlib import import_module
from pathlib import Path
from core.data import migrate, revising
from core.entities import query
from core.errors import StartError
from core.kernel.config import Config
from core.kernel.hub import Hub
from core.kernel.tenants import create_tenant
from tests.thirdparty.samples import plugin as samples

folder, names = Path(sys.argv[1]), sys.argv[2:]
url = f"sqlite:///{folder}/x.db"
config = Config(database_url=url, owner_url=url, data=folder, plugins=())
try:
    hub = Hub(config, (samples, *(import_module(f"acme.{n}.plugin") for n in names)))
    for name in names:
        migrate.upgrade_database(hub)
        print("made", revising.revision(hub, name, "first").name)
    migrate.upgrade_database(hub)
    hub.check_ready()
    info = create_tenant(hub, "T", "T", plugins=["samples", *names])
    with hub.context(info) as ctx:
        for name in names:
            kind = ctx.registry.get(f"{name}.maker")
            other = ctx.registry.get("samples.maker").model(code="S", name="S")
            ctx.session.add(other)
            ctx.session.flush()
            row = kind.model(code=name, name=name, kind=other, parts=[])
            row.parts.append(type(row).parts.property.mapper.class_(word="b"))
            row.parts.append(type(row).parts.property.mapper.class_(word="a"))
            ctx.session.add(row)
            ctx.session.flush()
            ctx.session.expire_all()
            page = query.fetch_page(ctx, kind, query.ListQuery())
            print("listed", page.rows[0].kind.code, [p.word for p in page.rows[0].parts])
            other.code = f"S{name}"
            ctx.session.flush()
            print("listed", len(query.fetch_page(ctx, ctx.registry.get("samples.maker"), query.ListQuery()).rows) > 0)
    with hub.engine.connect() as connection:
        print("apart", [migrate.differences(hub, n, connection) for n in (*names, "samples")])
    fewer = Hub(config, (samples,))
    with fewer.engine.connect() as connection:
        print("alone", migrate.differences(fewer, "samples", connection))
    migrate.downgrade(hub, "samples_plus") if "samples_plus" in names else None
except StartError as error:
    print("refused", error)
"""
USUAL = {
    "Maker": "Maker",
    "table": "maker",
    "ref": 'ref("samples_maker")',
    "linked": "Maker",
    "target": "Maker",
}


@pytest.fixture
def run(tmp_path):
    """``run({"name": {…}})``: what a hub with these plugins says, in a process of its own."""

    def go(*wanted: dict[str, str]) -> str:
        for values in wanted:
            package = tmp_path / "acme" / values["plugin"]
            package.mkdir(parents=True)
            for file, text in (("models", MODELS), ("plugin", PLUGIN)):
                source = text
                for key, value in {**USUAL, **values}.items():
                    source = source.replace(f"{{{key}}}", value)
                (package / f"{file}.py").write_text(source)
        names = [values["plugin"] for values in wanted]
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path), *names], cwd=ROOT, capture_output=True, text=True, check=False,
            env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": ""},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return go


def test_two_plugins_may_call_their_classes_alike_and_one_name_may_begin_with_the_other(run):
    said = run({"plugin": "kits"}, {"plugin": "samples_plus", "linked": "Maker"}).splitlines()
    assert [line for line in said if not line.startswith("Generating")] == [
        "made kits_0001_first.py",
        "made samples_plus_0001_first.py",
        "listed S ['a', 'b']",
        "listed True",
        "listed S ['a', 'b']",
        "listed True",
        "apart [[], [], []]",
        "alone []",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"target": "Maker2"}, "its models cannot be used: model Maker in acme.kits.models: 'kind_id' refers to table "
         "samples_maker, whose class is Maker, not Maker2"),
        pytest.param({"ref": "mapped_column()"}, "link('Maker.kind_id', 'Maker') has no reference. Declare the column",
                     marks=pytest.mark.more),
        pytest.param({"ref": 'ref("nobody_maker")'}, "'kind_id' refers to table nobody_maker, which no loaded plugin has",
                     marks=pytest.mark.more),
    ],
)  # fmt: skip
def test_models_that_cannot_be_used(run, values, said):
    out = run({"plugin": "kits", **values})
    assert out.startswith("refused plugin 'kits' (given directly): ")
    assert said in out


def test_a_table_that_is_named_after_another_plugin(run):
    out = run({"plugin": "kits", "table": "plus_maker"}, {"plugin": "kits_plus", "table": "thing"})
    assert out.startswith(
        "refused plugin 'kits' (given directly): table kits_plus_maker of Maker is named after plugin 'kits_plus'. "
        "Let its name begin with kits_."
    )


def test_whose_a_table_is():
    assert owner_of("orders_plus_row", ("orders", "orders_plus", "core")) == "orders_plus"
    assert owner_of("orders_row", ("orders", "orders_plus")) == "orders"
    assert owner_of("ordersrow", ("orders",)) == ""
    assert not belongs("orders_plus_row", "orders", ("orders_plus",))
    assert belongs("orders_plus_row", "orders")
    assert not belongs("orders_alembic_version", "orders")


def test_the_culprit_is_the_last_plugin_an_error_went_through(start):
    hub = start()
    with pytest.raises(AttributeError) as caught:
        couriers.entities.hand_over(None, object(), None)  # type: ignore[arg-type]
    assert culprit(caught.value, hub.plugins) == "couriers"
    assert "(entities.py, line " in describe(caught.value)
    with pytest.raises(AttributeError) as caught:
        describe(None)  # type: ignore[arg-type]
    assert culprit(caught.value, hub.plugins) == ""

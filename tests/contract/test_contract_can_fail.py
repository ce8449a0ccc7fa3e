"""Each promise of the contract is broken once, by a plugin that does everything wrong; the contract must say so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.kernel import contract_imports
from core.kernel.hub import Hub

MODELS = """
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from core.db import TenantRow, ref


class Thing(TenantRow):
    __tablename__ = "naughty_thing"
    __table_args__ = (UniqueConstraint("code"), Index("ix_bad", "code"))
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))
    sample_id: Mapped[int] = ref("samples_request")
    loose_id: Mapped[int] = mapped_column(ForeignKey("samples_maker.id"))


class Stray(TenantRow):
    __tablename__ = "naughty_stray"
"""
PLUGIN = """
import flask
from types import SimpleNamespace
from core.api import Action, EntityType, Field, Manifest, State, T, hookimpl, hookspec
from core.data.models import Tenant
from tests.thirdparty.samples.models import Maker
from badplugins.naughty.models import Stray, Thing

manifest = Manifest(name="naughty", title="Naughty", version="", summary=T("x"))


@hookspec
def naughty_happened(row, ctx):
    pass


@hookimpl
def register_hookspecs(registry):
    return SimpleNamespace(naughty_happened=naughty_happened)


def fly(row):
    row.state, row.code = "open", ""
    setattr(row, "state", "open")


@hookimpl
def register(registry):
    registry.entity(EntityType(
        name="naughty.thing", model=Thing, label="Thing", plural=T("Things"), states=(State("draft", T("Draft")),),
        fields=(Field("code", "Code"), Field("colour", T("Colour"))),
        columns=("size",), edit_states=("open",), series="naughty", edit_roles=("boss",),
    ))
    registry.action(Action("naughty.thing", "fly", T("Fly"), permission="naughty.undeclared"))
    registry.entity(EntityType(name="other.thing", model=Stray, label=T("M"), plural=T("M"), fields=()))


THINGS = ("naughty.thing", "naughty.nothing")
"""
RUN = """
import sys
from core.kernel import contract
from core.kernel.config import Config
from core.kernel.hub import Hub
from pathlib import Path
from core.data import migrate
from tests.thirdparty.samples import plugin as samples
from badplugins.naughty import plugin as naughty
folder = Path(sys.argv[1])
url = f"sqlite:///{folder}/x.db"
hub = Hub(Config(database_url=url, owner_url=url, data=folder, plugins=()), (samples, naughty))
migrate.upgrade_database(hub)
print("\\n".join(contract.problems(hub, "naughty")))
"""
SAID = (
    "helpers.py lies at the top; put it into a room: models, words, entities, services, screens, shown, documents, demo",
    "words.py and words/ are both there; one room is a module or a folder",
    "lib/ is no room of a plugin; rooms are plugin, api",
    "notes.txt lies at the top; only README.md does",
    "plugin.py has 108 lines; at most 100, so that it is wiring and nothing else",
    "plugin.py:23 sets a state by hand; use Action.to_state, enter_state or follow",
    "plugin.py:24 sets a state by hand; use Action.to_state, enter_state or follow",
    "manifest.title is not a T(...) sentence",
    "manifest.version is empty",
    "naughty_thing refers to samples_request of 'samples', which it does not require",
    "naughty_thing: the reference to samples_maker does not carry tenant_id",
    "on ['code'] does not begin with tenant_id",
    "it has tables and no migrations",
    "models and migrations differ: ('add_table', Table('naughty_thing'",
    "plugin.py:2 imports flask; only screens may",
    "plugin.py:5 imports core.data.models; plugins import core.api, core.db, core.money, core.values, core.ledger",
    "imports tests.thirdparty.samples.models, and 'samples' is not required",
    "plugin.py:38 writes naughty.thing as text; keep it as EntityName('naughty.thing')",
    "entity other.thing does not begin with 'naughty.'",
    "action naughty.thing.fly asks for naughty.undeclared, which is not declared",
    "names roles that do not exist: {'boss'}",
    "EntityType naughty.thing: label is not T(...)",
    "Field code: label is not T(...)",
    "naughty.thing: Thing has no colour",
    "naughty.thing: Thing has no name",
    "naughty.thing: no field size",
    "naughty.thing.fly does nothing: neither run nor link",
    "uses states that it does not declare: {'open'}",
    "has a series without a pattern",
    "hook naughty_happened is not documented",
    "hook naughty_happened does not take ctx first",
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contract says of the plugin; in a process of its own, because its tables would stay mapped here."""
    folder = tmp_path_factory.mktemp("naughty")
    package = folder / "badplugins" / "naughty"
    package.mkdir(parents=True)
    for name, text in (("__init__", ""), ("models", MODELS), ("plugin", PLUGIN + "\n" * 70), ("helpers", "")):
        (package / f"{name}.py").write_text(text)
    (package / "lib").mkdir()
    (package / "lib" / "odds.py").touch()
    (package / "words").mkdir()
    (package / "words.py").touch()
    (package / "notes.txt").touch()
    (package.parent / "__init__.py").touch()
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)], cwd=root, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": f"{root}:{folder}", "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.once
@pytest.mark.parametrize("sentence", SAID)
def test_it_is_said(said, sentence):
    assert sentence in said


def test_of_another_plugin_only_its_api_is_imported(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies behind it may change with any version."""
    code = tmp_path / "services.py"
    code.write_text(
        "from plugins.catalog.models import Style\nfrom plugins.catalog.api import Color\nfrom plugins.catalog import api\n"
    )
    monkeypatch.setattr(contract_imports, "files_of", lambda plugin: iter([(code, Path("services.py"))]))
    orders = next(p for p in hub.plugins if p.name == "orders")
    assert list(contract_imports.imports(hub, orders)) == [
        "services.py:1 imports plugins.catalog.models; what others may use of 'catalog' is in plugins.catalog.api"
    ]

"""Catalogues: every sentence is translated, and one sentence is translated one way."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from core.text import catalogues, i18n
from core.text.i18n import LOCALES
from core.text.templates import translate_templates

pytestmark = pytest.mark.once


def test_two_packages_must_not_translate_one_sentence_differently(tmp_path):
    def package(name: str, chinese: str):
        folder = tmp_path / name
        for locale in LOCALES[1:]:
            path = catalogues.po_path(folder, locale)
            path.parent.mkdir(parents=True)
            path.write_text(f'msgid "Balance"\nmsgstr "{chinese}"\n', encoding="utf-8")
        return folder

    alike = [package("money", "餘額"), package("stock", "餘額")]
    assert catalogues.conflicts(alike) == []
    found = catalogues.conflicts([*alike, package("goods", "未交")])
    assert [f.split(":")[0] for f in found] == list(LOCALES[1:])
    assert "'餘額' (money, stock), '未交' (goods)" in found[0]


def test_a_hub_with_fewer_plugins_does_not_silence_another_in_the_same_process(tmp_path):
    folders = {}
    for name, words in (("first", "第一"), ("second", "第二")):
        path = catalogues.po_path(tmp_path / name, "zh_Hant_TW")
        path.parent.mkdir(parents=True)
        path.write_text(f'msgid "Said by the {name}"\nmsgstr "{words}"\n', encoding="utf-8")
        folders[f"package.{name}"] = tmp_path / name
    i18n.load_catalogues(folders)
    i18n.load_catalogues({"package.second": folders["package.second"]})
    with i18n.locale_scope("zh_Hant_TW"):
        said = [
            i18n.translate(f"Said by the {name}", f"package.{name}.models") for name in ("first", "second")
        ]
        assert said == ["第一", "第二"]


# --- a sentence is translated by whoever wrote it -----------------------------------------------------------------------------


@pytest.fixture
def said(tmp_path):
    """Three packages that say "After" and "Save" in ways of their own; ``said(module)`` gives a module's ``T`` and ``TC``."""
    words = {
        "i18n_core": {"Save": "儲存", "Only core": "核心"},
        "i18n_tna": {"After": "前置里程碑", "Save": "存檔"},
        "i18n_relax": {"After": "鬆布後", "relaxation\4After": "鬆布以後"},
    }
    packages = {}
    for name, sentences in words.items():
        path = catalogues.po_path(tmp_path / name, "zh_Hant_TW")
        path.parent.mkdir(parents=True)
        lines = []
        for key, translation in sentences.items():
            context, _, msgid = key.rpartition("\4")
            lines.append(
                (f'msgctxt "{context}"\n' if context else "") + f'msgid "{msgid}"\nmsgstr "{translation}"\n'
            )
        path.write_text("\n".join(lines), encoding="utf-8")
        packages[name] = tmp_path / name
    before = i18n._catalogues.get(("zh_Hant_TW", "core"))
    i18n.load_catalogues(packages)
    core = {**(before or {}), **i18n._catalogues["zh_Hant_TW", "i18n_core"]}
    i18n._catalogues["zh_Hant_TW", "core"] = core
    i18n._chosen.clear()

    def speak(module: str, call: str) -> Any:
        return eval(call, {"__name__": module, "T": i18n.T, "TC": i18n.TC})

    yield speak
    if before is not None:
        i18n._catalogues["zh_Hant_TW", "core"] = before
    i18n._chosen.clear()


def test_a_sentence_is_translated_by_the_package_it_is_written_in_then_by_core(said):
    with i18n.locale_scope("zh_Hant_TW"):
        assert str(said("i18n_tna.words", "T('After')")) == "前置里程碑"
        assert str(said("i18n_relax", "T('After')")) == "鬆布後"
        assert str(said("i18n_relax.services.deep", "T('After')")) == "鬆布後"
        assert str(said("i18n_relax", "TC('relaxation', 'After')")) == "鬆布以後"
        assert str(said("i18n_tna", "TC('relaxation', 'After')")) == "After"
        assert str(said("i18n_tna", "T('Save')")) == "存檔"
        assert str(said("i18n_relax", "T('Save')")) == "儲存"
        assert str(said("core.web", "T('Save')")) == "儲存"
        assert str(said("core.web", "T('After')")) == "After"
        assert str(said("i18n_tnax", "T('After')")) == "After"
        assert str(said("i18n_tna", "T('{what}: {n}', what=T('After'), n=2)")) == "前置里程碑: 2"
        assert str(said("i18n_tna", "T('After')").with_values(n=1)) == "前置里程碑"
    assert str(said("i18n_tna", "T('After')")) == "After"


def test_a_template_is_translated_by_whose_it_is_wherever_it_is_included(said):
    templates = {
        "hub/base.html": "<{{ _('Save') }}|{{ _('After') }}|{% block body %}{% endblock %}>",
        "tna/page.html": "{% extends 'hub/base.html' %}{% import 'relax/macros.html' as m %}{% block body %}{{ _('After') }} "
        "{{ _('Save') }} {{ m.after() }} {% include 'relax/part.html' %}{% endblock %}",
        "relax/macros.html": "{% macro after() %}{{ _c('relaxation', 'After') }}{% endmacro %}",
        "relax/part.html": "{{ _('After') }} {{ x._('After') }} {{ _('{n} left', n=3) }}",
        "nobody.html": "{{ _('Only core') }}",
    }
    environment = Environment(loader=DictLoader(templates), autoescape=True)
    translate_templates(environment, {"tna": "i18n_tna", "relax": "i18n_relax"})
    with i18n.locale_scope("zh_Hant_TW"):
        x = {"_": lambda msgid: f"x:{msgid}"}
        page = environment.get_template("tna/page.html").render(x=x)
        assert page == "<儲存|After|前置里程碑 存檔 鬆布以後 鬆布後 x:After 3 left>"
        assert environment.get_template("nobody.html").render() == "核心"
        assert environment.from_string("{{ _('Save') }}").render() == "儲存"


def test_contexts_are_gathered_kept_and_checked(tmp_path):
    package = tmp_path / "relax"
    (package / "templates").mkdir(parents=True)
    (package / "words.py").write_text("T('After')\nTC('relaxation', 'After', n=1)\nTC(name, 'After')\n")
    (package / "templates" / "x.html").write_text("{{ _c('screen', 'After') }}")
    catalogues.update(package)
    path = catalogues.po_path(package, "zh_Hant_TW")
    text = path.read_text(encoding="utf-8")
    assert sorted(line for line in text.splitlines() if line.startswith("msgctxt")) == [
        'msgctxt "relaxation"',
        'msgctxt "screen"',
    ]
    path.write_text(
        text.replace(
            'msgctxt "relaxation"\nmsgid "After"\nmsgstr ""',
            'msgctxt "relaxation"\nmsgid "After"\nmsgstr "後"',
        )
    )
    catalogues.update(package)
    assert 'msgstr "後"' in path.read_text(encoding="utf-8")
    found = [f for f in catalogues.problems(package) if "zh_Hant_TW" in f]
    assert [f.rpartition(": ")[2] for f in found] == ["'After'", "'After' in context 'screen'"]
    assert [place.rpartition(":")[2] for place in catalogues.untranslatable(package)] == ["3"]


def test_a_check_of_one_package_sees_its_conflicts_with_the_others(tmp_path):
    folders = []
    for name, words in (("one", "一"), ("two", "二"), ("three", "二")):
        path = catalogues.po_path(tmp_path / name, "zh_Hant_TW")
        path.parent.mkdir(parents=True)
        path.write_text(f'msgid "Number"\nmsgstr "{words}"\n', encoding="utf-8")
        folders.append(tmp_path / name)
    assert len(catalogues.conflicts(folders, [folders[0]])) == 1
    other = tmp_path / "four"
    assert catalogues.conflicts([*folders, other], [other]) == []


def test_a_text_is_no_string_and_equal_ones_hash_alike(said):
    a, b = i18n.T("After"), i18n.T("After")
    assert (a, hash(a)) == (b, hash(b))
    assert len({a, b, i18n.T("Before"), i18n.TC("relaxation", "After")}) == 3
    assert i18n.T("{n} left", n=1) != i18n.T("{n} left", n=2)
    assert a != "After"
    assert i18n.T("x", values=[1]) in {i18n.T("x", values=[1])}
    for wrong in (lambda: a + "x", lambda: len(a), lambda: a < b, lambda: "A" in a, lambda: a % 1):  # type: ignore[operator,arg-type]
        with pytest.raises(TypeError):
            wrong()

"""Catalogues: every sentence is translated, and one sentence is translated one way."""

from __future__ import annotations

import pytest

from core.text import catalogues, i18n
from core.text.i18n import LOCALES

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
    folders = []
    for name, words in (("first", "第一"), ("second", "第二")):
        path = catalogues.po_path(tmp_path / name, "zh_Hant_TW")
        path.parent.mkdir(parents=True)
        path.write_text(f'msgid "Said by the {name}"\nmsgstr "{words}"\n', encoding="utf-8")
        folders.append(tmp_path / name / "translations")
    i18n.load_catalogues(folders)
    i18n.load_catalogues(folders[1:])
    with i18n.locale_scope("zh_Hant_TW"):
        assert [i18n.translate(f"Said by the {name}") for name in ("first", "second")] == ["第一", "第二"]

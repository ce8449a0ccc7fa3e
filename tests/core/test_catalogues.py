"""Catalogues: every sentence is translated, and one sentence is translated one way."""

from __future__ import annotations

import pytest

from core import catalogues
from core.i18n import LOCALES

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

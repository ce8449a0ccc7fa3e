"""Scripts and styles: browsers keep them for a year, so the address names the content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from core.kernel.hub import Hub
from core.web.app import STATIC, asset

pytestmark = pytest.mark.once
LOADED = re.compile(r"""(?:<script[^>]*\ssrc|<link[^>]*\shref)=["']([^"']*)["']""")


def test_the_address_of_a_file_names_its_content_whoever_brings_it(app: Any, hub: Hub) -> None:
    places = {"": STATIC}
    for plugin in hub.plugins:
        folder = Path(str(plugin.module.__file__)).parent / "static"
        places |= {plugin.name: folder} if folder.is_dir() else {}
    assert len(places) > 3
    for name, folder in places.items():
        for file in sorted(f for f in folder.iterdir() if f.is_file()):
            with app.test_request_context():
                address = asset(file.name, name)
            assert address.endswith(f"?v={hashlib.sha256(file.read_bytes()).hexdigest()[:10]}")
            answer = app.test_client().get(address)
            assert answer.status_code == 200
            assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_every_template_asks_for_the_address(hub: Hub) -> None:
    for folder in (STATIC.parent / "templates", *hub.template_folders().values()):
        for template in sorted(folder.rglob("*.html")):
            for address in LOADED.findall(template.read_text(encoding="utf-8")):
                assert address.startswith("{{ asset("), f"{template}: {address} has no version"

"""``hub plugin new``: a distribution with one document that installs, loads, migrates and passes its tests as written."""

from __future__ import annotations

import importlib
import keyword
import re
import sys
import tempfile
from pathlib import Path

from core.data import migrate
from core.errors import StartError
from core.kernel.config import load_config
from core.kernel.hub import Hub

TEMPLATES = Path(__file__).parent / "scaffold"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def write_plugin(folder: Path, name: str, noun: str) -> Path:
    """Write the distribution ``folder``/``name`` of a plugin whose document is called ``noun``; returns its folder.

    Raises StartError where a name will not do, and where the folder is there already.
    """
    for what, word in (("plugin", name), ("entity", noun)):
        if not NAME.fullmatch(word) or keyword.iskeyword(word) or len(word) > 30:
            raise StartError(
                f"'{word}' is no name for a {what}. Use small letters, digits and single underscores, at most 30: acme_kits."
            )
    home = folder / name
    if home.exists():
        raise StartError(f"{home} is there already. Choose another name, or another folder with --folder.")
    words = _words(name, noun)
    for template in sorted(TEMPLATES.rglob("*.tmpl")):
        place = template.relative_to(TEMPLATES)
        parts = [name if part == "package" else part for part in place.with_suffix("").parts]
        target = home.joinpath(*(_filled(part, words) for part in parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(template.read_text(encoding="utf-8"), words), encoding="utf-8")
    return home


def write_first_migration(home: Path, name: str) -> Path:
    """The migration that makes the tables of a plugin just written; nothing of this installation is touched."""
    sys.path.insert(0, str(home))
    try:
        module = importlib.import_module(f"{name}.plugin")
        with tempfile.TemporaryDirectory(prefix="hub-new-") as data:
            url = f"sqlite:///{Path(data) / 'hub.db'}"
            hub = Hub(load_config(data=Path(data), database_url=url, owner_url=url), extra=(module,))
            migrate.upgrade_database(hub)
            made = migrate.revision(hub, name, "first tables")
            hub.engine.dispose()
    finally:
        sys.path.remove(str(home))
    return made


def _words(name: str, noun: str) -> dict[str, str]:
    """What stands for each ``§…§`` of the templates."""
    label = noun.replace("_", " ").capitalize()
    return {
        "name": name,
        "noun": noun,
        "NOUN": noun.upper(),
        "Class": "".join(part.capitalize() for part in noun.split("_")),
        "label": label.lower(),
        "Label": label,
        "Labels": f"{label}es" if label.endswith(("s", "x", "ch", "sh")) else f"{label}s",
        "Title": name.replace("_", " ").capitalize(),
        "dashed": name.replace("_", "-"),
        "PREFIX": "".join(part[0] for part in name.split("_")).upper() + noun[0].upper(),
    }


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub("§([A-Za-z]+)§", lambda match: words[match[1]], text)

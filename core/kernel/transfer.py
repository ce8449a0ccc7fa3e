"""How a company is set up, as one document: taken out, compared with another company, and brought in there.

Its parts are those of :mod:`core.kernel.transfer_parts`. What is brought in is added or changed, never taken away; an item that
cannot be is named with the reason and left out. The logo is a file and does not go along.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.entities import audit
from core.errors import HubError, Refused
from core.kernel.transfer_parts import PARTS, Values
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

FORMAT = "oem-hub settings 1"
RIGHT = "core.transfer"
"""Whoever has it may take the set-up of the company out, and bring another's in."""


@dataclass(frozen=True)
class Difference:
    """An item of the document that is another one here; ``old`` is None where there is none. ``fault``: why it is left out."""

    part: str
    key: str
    old: Any
    new: Any
    fault: Text | None = None


def take_out(ctx: Ctx) -> dict[str, Any]:
    """How this company is set up."""
    ctx.require(RIGHT)
    return {"format": FORMAT, "of": ctx.tenant.code} | {
        name: dict(part.now(ctx)) for name, part in PARTS.items()
    }


def read_document(content: bytes | str) -> dict[str, Any]:
    """A document of :func:`take_out`; Refused for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(T("This is no file of settings: {why}", why=str(error)[:100]), "file") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Refused(T("This is no file of settings that this version knows."), "file")
    for name in PARTS:
        part = found.get(name, {})
        if not isinstance(part, dict):
            raise Refused(T("“{part}” is not as it was taken out.", part=name), "file")
        if len(part) > 5000:
            raise Refused(T("At most {n} rows.", n=5000), "file")
    return found


def compare(ctx: Ctx, document: Values, parts: Collection[str] = ()) -> list[Difference]:
    """What bringing the document in would change here, in the order of the parts; ``parts`` names those that are meant, else
    all."""
    ctx.require(RIGHT)
    return [d for name in PARTS if not parts or name in parts for d in _differing(ctx, name, document)]


def bring_in(ctx: Ctx, document: Values, parts: Collection[str] = ()) -> list[Difference]:
    """Make the company like the document, as far as it can be; returns what was changed. On record under each part."""
    ctx.require(RIGHT)
    done: list[Difference] = []
    for name, part in PARTS.items():
        if parts and name not in parts:
            continue
        changed = [
            d for d in _differing(ctx, name, document) if d.fault is None
        ]  # after features were switched on
        for each in changed:
            part.put(ctx, each.key, each.new)
        if changed and name != "features":
            audit.record_audit(
                ctx, "core.transfer", ctx.tenant.id, "bring_in", number=name, security=name == "roles",
                changes=[(d.key, d.old, d.new) for d in changed],
            )  # fmt: skip
        ctx.session.flush()
        done += changed
    for plugin in {d.key.split(".")[0] for d in done if d.part == "settings"}:
        ctx.hooks.settings_changed(plugin=plugin)
    return done


def _differing(ctx: Ctx, name: str, document: Values) -> Iterator[Difference]:
    part, now = PARTS[name], PARTS[name].now(ctx)
    for key, value in document.get(name, {}).items():
        try:
            cleaned = part.clean(ctx, key, value)
        except HubError as error:
            words = error.problems[0].message if isinstance(error, Refused) else error.message
            yield Difference(name, str(key)[:120], now.get(key), value, T("{why}", why=words))
            continue
        if cleaned != now.get(key):
            yield Difference(name, key, now.get(key), cleaned)

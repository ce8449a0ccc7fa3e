"""Our side of a printed document: name, address, logo, as the company settings have it."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

from PIL import Image

from core.api import Ctx
from kit.papers import Party
from plugins.base_files import api as files

TEXTS = ("tax_id", "representative", "address", "phone", "contact", "email", "bank")


def our_party(ctx: Ctx) -> Party:
    """Our company as it stands now, in all its languages, without its logo: what a document keeps of us."""
    found = ctx.setting("company") or {}
    name = str(found.get("name") or ctx.tenant.name)
    texts = {key: str(found.get(key) or "") for key in TEXTS}
    return Party(code="", name=name, names=found.get("names"), addresses=found.get("addresses"), **texts)


def company(ctx: Ctx) -> Party:
    """Our company as printed now: in the document's language, with its logo."""
    logo = (ctx.setting("company") or {}).get("logo")
    return replace(our_party(ctx).printed(), logo=_inline(ctx, logo) if logo else "")


def _inline(ctx: Ctx, file_id: int) -> str:
    """The logo as a small PNG written into the document itself."""
    picture: Image.Image = Image.open(io.BytesIO(files.blob_bytes(ctx, files.blob(ctx, file_id))))
    picture = picture.convert("RGBA")
    picture.thumbnail((600, 200))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()

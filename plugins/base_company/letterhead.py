"""Our side of a printed document: name, address, logo, as the company settings have it."""

from __future__ import annotations

import base64
import io

from PIL import Image

from core.api import Ctx, pick
from plugins.base_files import api as files


def company(ctx: Ctx) -> dict[str, str]:
    """Our side, from the company settings; what is not set is an empty text."""
    found = ctx.setting("company") or {}
    keys = ("tax_id", "representative", "address", "phone", "contact", "email", "bank")
    mine = {key: str(found.get(key) or "") for key in keys}
    mine["address"] = pick(found.get("addresses"), mine["address"])
    mine["logo"] = logo(ctx, found.get("logo"))
    return {"name": pick(found.get("names"), str(found.get("name") or ctx.tenant.name)), **mine}


def logo(ctx: Ctx, file_id: int | None) -> str:
    """The company's logo as a small PNG written into the document itself; "" where there is none."""
    if not file_id:
        return ""
    picture: Image.Image = Image.open(io.BytesIO(files.read(ctx, files.blob(ctx, file_id))))
    picture = picture.convert("RGBA")
    picture.thumbnail((600, 200))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()

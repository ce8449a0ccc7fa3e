"""First steps of a new company: partners, materials and styles."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Ctx, FirstStep, T, hookimpl
from plugins.catalog.models import Material, Partner, Style


@hookimpl
def first_steps(ctx: Ctx) -> Sequence[FirstStep]:
    """Each is done with the first of its kind."""
    words = T("Type the first one, or bring a whole sheet in: Import stands above the list.")
    kinds = (
        (T("Customers, factories, suppliers"), "partner", Partner, 50),
        (T("Materials"), "material", Material, 60),
        (T("Styles"), "style", Style, 70),
    )
    return [
        FirstStep(
            label,
            f"/catalog/{name}/",
            ctx.session.scalar(select(model.id).limit(1)) is not None,
            order,
            words,
        )
        for label, name, model, order in kinds
    ]

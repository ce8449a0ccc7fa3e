"""The documents behind a figure: each with what it counts there, so that they add up to it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, T
from core.db import among
from core.values import ZERO
from plugins.statistics.services.sums import Asked, Converter, columns_of, facts_of, narrowed, sees_value
from plugins.statistics.services.tables import Column, Row, Table, made


def documents(ctx: Ctx, figure: str, asked: Asked) -> Table:
    """Documents of the figure, the latest first. Two statements for each kind of document."""
    converter = Converter(ctx, asked.until)
    found = facts_of(ctx, figure, {"document", *asked.only})
    seen = sees_value(ctx, found)
    rows = []
    for facts in found:
        entity, at = ctx.registry.get(facts.entity), columns_of(facts)
        keys = (at["document"], at["day"], at["currency"])
        sums = ctx.session.execute(
            narrowed(facts, asked)
            .with_only_columns(*keys, func.sum(at["qty"]), func.sum(at["value"]), maintain_column_froms=True)
            .group_by(*keys)
        ).all()
        model = entity.model
        numbers: dict[int, str] = dict(
            ctx.session.execute(
                select(model.id, getattr(model, entity.key)).where(among(model.id, {row[0] for row in sums}))
            ).all()
        )
        for document, day, currency, qty, value in sums:
            own: Decimal | None = (ZERO if value is None else value) if seen else None
            figures = {
                "day": day,
                "qty": int(qty),
                "currency": currency,
                "value": converter.rounded(converter.exact({currency: own})) if own is not None else None,
            }
            href = f"/{entity.name.replace('.', '/')}/{document}"
            rows.append(Row(str(numbers[document]), str(entity.label), figures, href))
    return made(
        (
            Column("day", T("Day"), "date"),
            Column("qty", T("Pieces"), total=True),
            Column("currency", T("Currency"), "text") if seen else None,
            Column("value", T("Amount"), "money", total=True) if seen else None,
        ),
        rows,
        (),
        converter,
        lambda row: (-row.figures["day"].toordinal(), row.code),
    )

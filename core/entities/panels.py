"""Ready-made parts of pages that plugins may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.declare.page_parts import Panel
from core.entities import query
from core.entities.columns import visible_columns
from core.text.i18n import Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def list_panel(
    ctx: Ctx,
    entity_name: str,
    title: Text,
    *,
    place: str,
    filters: Mapping[str, Sequence[str]],
    sort: str = "",
    size: int = 8,
    columns: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    order: int = 50,
) -> Panel | None:
    """The first rows of a filtered list as a panel, with the way to the whole list; None where the person may not see it.

    ``filters``, ``sort`` and ``columns`` are those of the list page; ``without`` leaves some of its columns out, where those
    that other plugins add shall stay.
    """
    if not ctx.can(f"{entity_name}.view"):
        return None
    entity = ctx.registry.get(entity_name)
    asked = query.ListQuery(filters=filters, sort=sort, size=size, columns=columns)
    shown = [c for c in visible_columns(ctx, entity, columns) if c.name not in without]

    def values() -> dict[str, Any]:
        page = query.fetch_page(ctx, entity, asked, shown)
        return {
            "entity": entity,
            "page": page,
            "rows": query.shown_rows(ctx, entity, page),
            "filters": {name: list(wanted) for name, wanted in filters.items()},
            "sort": sort,
        }

    return Panel(title, "hub/panel_list.html", values, place=place, order=order)

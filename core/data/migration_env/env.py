"""The one Alembic environment of all lineages; everything it needs comes in ``config.attributes``."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from core.data.columns import Scaled, Utc
from core.data.db import Base
from core.data.migrate import include_for

config = context.config
connection = config.attributes["connection"]


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our column types by name instead of by what they are made of."""
    if kind == "type" and isinstance(item, Scaled):
        autogen_context.imports.add("from core.data import columns")
        return f"columns.Scaled({item.scale})"
    if kind == "type" and isinstance(item, Utc):
        autogen_context.imports.add("from core.data import columns")
        return "columns.Utc()"
    return False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=config.attributes["version_table"],
    **include_for(config.attributes["plugin"], connection, config.attributes["loaded"]),
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
    transactional_ddl=True,  # ours on SQLite too: core.data.db begins transactions itself
)
with context.begin_transaction():  # the caller's, where it has begun one
    context.run_migrations()

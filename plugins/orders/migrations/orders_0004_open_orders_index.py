"""Open orders by their ship date, without walking through the closed ones of all the years before."""

import sqlalchemy as sa
from alembic import op

revision = 'orders_0004'
down_revision = 'orders_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    which = sa.text("state IN ('draft', 'confirmed')")
    op.create_index('ix_orders_order_open', 'orders_order', ['tenant_id', 'ship_date', 'id'], postgresql_where=which,
                    sqlite_where=which)


def downgrade() -> None:
    op.drop_index('ix_orders_order_open', 'orders_order')

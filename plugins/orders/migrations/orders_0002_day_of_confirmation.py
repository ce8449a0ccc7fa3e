"""day of confirmation"""

import sqlalchemy as sa
from alembic import op
from core.data.migration_rows import keep_last_day

revision = 'orders_0002'
down_revision = 'orders_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('orders_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_on', sa.Date(), nullable=True))

    keep_last_day(
        op.get_bind(), 'orders.order', ('confirm', 'confirm_free'),
        "UPDATE orders_order SET confirmed_on = :day "
        "WHERE tenant_id = :tenant AND id = :id AND state IN ('confirmed', 'closed')",
    )


def downgrade() -> None:
    with op.batch_alter_table('orders_order', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_column('confirmed_on')

"""days of start and short-closing"""

import sqlalchemy as sa
from alembic import op
from core.data.migration_rows import keep_last_day

revision = 'outsourcing_0002'
down_revision = 'outsourcing_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outsourcing_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('short_closed_on', sa.Date(), nullable=True))

    with op.batch_alter_table('outsourcing_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('started_on', sa.Date(), nullable=True))

    keep_last_day(
        op.get_bind(), 'outsourcing.order', ('start',),
        "UPDATE outsourcing_order SET started_on = :day WHERE tenant_id = :tenant AND id = :id "
        "AND state IN ('in_production', 'completed', 'closed')",
    )
    keep_last_day(
        op.get_bind(), 'outsourcing.order', ('short_close', 'decide_line'),
        "UPDATE outsourcing_line SET short_closed_on = :day WHERE tenant_id = :tenant AND order_id = :id AND short_closed",
    )


def downgrade() -> None:
    with op.batch_alter_table('outsourcing_order', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_column('started_on')

    with op.batch_alter_table('outsourcing_line', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_column('short_closed_on')

"""what customer returns are for"""

import sqlalchemy as sa
from alembic import op

revision = 'stock_0003'
down_revision = 'stock_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('stock_document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settlement', sa.String(length=20), nullable=False, server_default=''))
    op.execute("UPDATE stock_document SET settlement = 'replacement' WHERE kind = 'customer_return'")


def downgrade() -> None:
    with op.batch_alter_table(
        'stock_document', schema=None, table_kwargs={'sqlite_autoincrement': True}
    ) as batch_op:
        batch_op.drop_column('settlement')

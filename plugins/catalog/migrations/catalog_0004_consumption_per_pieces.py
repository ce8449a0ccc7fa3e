"""consumption per pieces"""

import sqlalchemy as sa
from alembic import op

revision = 'catalog_0004'
down_revision = 'catalog_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('catalog_bom_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('per_pieces', sa.Integer(), nullable=False, server_default='1'))


def downgrade() -> None:
    with op.batch_alter_table(
        'catalog_bom_line', schema=None, table_kwargs={'sqlite_autoincrement': True}
    ) as batch_op:
        batch_op.drop_column('per_pieces')

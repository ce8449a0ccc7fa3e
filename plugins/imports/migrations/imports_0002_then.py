"""then"""

import sqlalchemy as sa
from alembic import op

revision = 'imports_0002'
down_revision = 'imports_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('imports_batch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('then', sa.String(length=60), nullable=False, server_default=''))
    with op.batch_alter_table('imports_batch', schema=None) as batch_op:
        batch_op.alter_column('then', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('imports_batch', schema=None) as batch_op:
        batch_op.drop_column('then')

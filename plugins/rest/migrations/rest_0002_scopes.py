"""scopes"""

import sqlalchemy as sa
from alembic import op

revision = 'rest_0002'
down_revision = 'rest_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('rest_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scopes', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('rest_token', schema=None) as batch_op:
        batch_op.drop_column('scopes')

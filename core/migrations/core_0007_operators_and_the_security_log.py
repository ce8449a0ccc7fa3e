"""operators and the security log"""

import sqlalchemy as sa
from alembic import op
from core.data import columns

revision = 'core_0007'
down_revision = 'core_0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('core_security_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('at', columns.Utc(), nullable=False),
    sa.Column('event', sa.String(length=80), nullable=False),
    sa.Column('alarm', sa.Boolean(), nullable=False),
    sa.Column('who', sa.String(length=255), nullable=False),
    sa.Column('company', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_security_event')),
    info={'global': True},
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('core_security_event', schema=None) as batch_op:
        batch_op.create_index('ix_core_security_event_at', ['at'], unique=False)
        batch_op.create_index('ix_core_security_event_company', ['company', 'id'], unique=False)
        batch_op.create_index('ix_core_security_event_who', ['who', 'id'], unique=False)

    with op.batch_alter_table('core_user', schema=None) as batch_op:
        batch_op.add_column(sa.Column('operator', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table('core_user', schema=None) as batch_op:
        batch_op.drop_column('operator')

    with op.batch_alter_table('core_security_event', schema=None) as batch_op:
        batch_op.drop_index('ix_core_security_event_who')
        batch_op.drop_index('ix_core_security_event_company')
        batch_op.drop_index('ix_core_security_event_at')

    op.drop_table('core_security_event')

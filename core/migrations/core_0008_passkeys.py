"""passkeys"""

import sqlalchemy as sa
from alembic import op
from core.data import columns

revision = 'core_0008'
down_revision = 'core_0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('core_passkey',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('credential', sa.String(length=1400), nullable=False),
    sa.Column('public_key', sa.String(length=2000), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('answered', sa.String(length=64), nullable=False),
    sa.Column('made_at', columns.Utc(), nullable=False),
    sa.Column('used_at', columns.Utc(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_passkey_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_passkey')),
    sa.UniqueConstraint('credential', name=op.f('uq_core_passkey_credential')),
    info={'global': True},
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('core_passkey', schema=None) as batch_op:
        batch_op.create_index('ix_core_passkey_user_id', ['user_id'], unique=False)


def downgrade() -> None:
    # who has passkeys alone would be asked for a code of an app that there is not
    op.execute("DELETE FROM core_second_factor WHERE secret = ''")
    with op.batch_alter_table('core_passkey', schema=None) as batch_op:
        batch_op.drop_index('ix_core_passkey_user_id')

    op.drop_table('core_passkey')

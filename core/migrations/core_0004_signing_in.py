"""signing in: attempts under way, sessions, second factors"""

import sqlalchemy as sa
from alembic import op
from core.data import columns

revision = 'core_0004'
down_revision = 'core_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('core_sign_in',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('since', columns.Utc(), nullable=False),
    sa.Column('seen', columns.Utc(), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.Column('ended', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_sign_in_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_sign_in')),
    sa.UniqueConstraint('mark', name=op.f('uq_core_sign_in_mark')),
    info={'global': True},
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('core_sign_in', schema=None) as batch_op:
        batch_op.create_index('ix_core_sign_in_user_id', ['user_id'], unique=False)

    op.create_table('core_second_factor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('secret', sa.String(length=1000), nullable=False),
    sa.Column('counter', sa.BigInteger(), nullable=False),
    sa.Column('codes', sa.JSON(), nullable=False),
    sa.Column('made_at', columns.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_second_factor_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_second_factor')),
    sa.UniqueConstraint('user_id', name=op.f('uq_core_second_factor_user_id')),
    info={'global': True},
    sqlite_autoincrement=True
    )
    # attempts are forgotten within hours: those of the version before need no carrying over
    op.execute('DELETE FROM core_login_attempt')
    with op.batch_alter_table('core_login_attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pending', sa.Boolean(), nullable=False))
        batch_op.create_index('ix_core_login_attempt_address_at', ['address', 'at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('core_login_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_core_login_attempt_address_at')
        batch_op.drop_column('pending')

    op.drop_table('core_second_factor')
    with op.batch_alter_table('core_sign_in', schema=None) as batch_op:
        batch_op.drop_index('ix_core_sign_in_user_id')

    op.drop_table('core_sign_in')

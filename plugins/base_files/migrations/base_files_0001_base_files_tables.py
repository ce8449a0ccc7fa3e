"""base_files tables"""

import sqlalchemy as sa
from alembic import op
from core.data import columns

revision = 'base_files_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('base_files_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sa.String(length=80), nullable=False),
    sa.Column('at', columns.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['core_tenant.id'], name=op.f('fk_base_files_file_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_base_files_file')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_base_files_file_tenant_id_id')),
    sa.UniqueConstraint('tenant_id', 'sha256', name=op.f('uq_base_files_file_tenant_id_sha256')),
    info={'tenant': True, 'append_only': False},
    sqlite_autoincrement=True
    )
    op.create_table('base_files_attachment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger(), nullable=False),
    sa.Column('entity', sa.String(length=80), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('file_id', sa.BigInteger(), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('at', columns.Utc(), nullable=False),
    sa.Column('user_name', sa.String(length=120), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'file_id'], ['base_files_file.tenant_id', 'base_files_file.id'], name=op.f('fk_base_files_attachment_tenant_id_file_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['tenant_id'], ['core_tenant.id'], name=op.f('fk_base_files_attachment_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_base_files_attachment')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_base_files_attachment_tenant_id_id')),
    info={'tenant': True, 'append_only': False},
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('base_files_attachment', schema=None) as batch_op:
        batch_op.create_index('ix_base_files_attachment_entity', ['tenant_id', 'entity', 'entity_id', 'id'], unique=False)
        batch_op.create_index('ix_base_files_attachment_file_id', ['tenant_id', 'file_id'], unique=False)

    op.create_table('base_files_remark',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger(), nullable=False),
    sa.Column('at', columns.Utc(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('user_name', sa.String(length=120), nullable=False),
    sa.Column('entity', sa.String(length=80), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['core_tenant.id'], name=op.f('fk_base_files_remark_tenant_id')),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_base_files_remark_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_base_files_remark')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_base_files_remark_tenant_id_id')),
    info={'tenant': True, 'append_only': False},
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('base_files_remark', schema=None) as batch_op:
        batch_op.create_index('ix_base_files_remark_entity', ['tenant_id', 'entity', 'entity_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('base_files_remark', schema=None) as batch_op:
        batch_op.drop_index('ix_base_files_remark_entity')

    op.drop_table('base_files_remark')
    with op.batch_alter_table('base_files_attachment', schema=None) as batch_op:
        batch_op.drop_index('ix_base_files_attachment_file_id')
        batch_op.drop_index('ix_base_files_attachment_entity')

    op.drop_table('base_files_attachment')
    op.drop_table('base_files_file')

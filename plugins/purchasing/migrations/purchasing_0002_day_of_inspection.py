"""day of inspection"""

import sqlalchemy as sa
from alembic import op
from core.data import columns
from core.data.migration_rows import each_tenant

revision = 'purchasing_0002'
down_revision = 'purchasing_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('purchasing_inspection',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger(), nullable=False),
    sa.Column('receipt_line_id', sa.BigInteger(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('accepted', columns.Scaled(6), nullable=False),
    sa.Column('rejected', columns.Scaled(6), nullable=False),
    sa.Column('stock_accepted', columns.Scaled(6), nullable=False),
    sa.Column('stock_rejected', columns.Scaled(6), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('at', columns.Utc(), nullable=False),
    sa.Column('user_name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'receipt_line_id'], ['purchasing_receipt_line.tenant_id', 'purchasing_receipt_line.id'], name=op.f('fk_purchasing_inspection_tenant_id_receipt_line_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['core_tenant.id'], name=op.f('fk_purchasing_inspection_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purchasing_inspection')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_purchasing_inspection_tenant_id_id')),
    info={'tenant': True, 'append_only': False},
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('purchasing_inspection', schema=None) as batch_op:
        batch_op.create_index('ix_purchasing_inspection_receipt_line_id', ['tenant_id', 'receipt_line_id'], unique=False)

    each_tenant(
        # the stock ledger knows the day from which accepted goods lay in the store
        op.get_bind(),
        "INSERT INTO purchasing_inspection (tenant_id, receipt_line_id, decided_on, accepted, rejected, stock_accepted, "
        "stock_rejected, reason, at, user_name) "
        "SELECT l.tenant_id, l.id, max(m.day), l.accepted, 0, l.stock_accepted, 0, '', max(p.at), max(p.user_name) "
        "FROM purchasing_receipt_line l "
        "JOIN purchasing_receipt r ON r.tenant_id = l.tenant_id AND r.id = l.receipt_id "
        "JOIN core_posting p ON p.tenant_id = l.tenant_id AND p.entity = 'purchasing.receipt' AND p.entity_id = r.id "
        "JOIN core_movement m ON m.tenant_id = l.tenant_id AND m.posting_id = p.id AND m.kind = 'accept' "
        "AND m.line_id = l.id AND m.reverses_id IS NULL "
        "WHERE l.tenant_id = :tenant AND r.state = 'posted' AND l.accepted > 0 "
        "GROUP BY l.tenant_id, l.id, l.accepted, l.stock_accepted",
    )


def downgrade() -> None:
    with op.batch_alter_table('purchasing_inspection', schema=None) as batch_op:
        batch_op.drop_index('ix_purchasing_inspection_receipt_line_id')

    op.drop_table('purchasing_inspection')

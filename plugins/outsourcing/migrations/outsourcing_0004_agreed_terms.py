"""Payment terms as issued stand beside the snapshot, which is large: what is due is asked all day. Lines whose customer
order was cancelled are found by index, and open orders by their date without walking through the closed ones."""

import sqlalchemy as sa
from alembic import op
from core.data.migration_rows import each_tenant

revision = 'outsourcing_0004'
down_revision = 'outsourcing_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outsourcing_order', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(sa.Column('agreed_terms', sa.JSON(), nullable=True))

    which = sa.text("state IN ('draft', 'issued', 'in_production', 'completed')")
    op.create_index('ix_outsourcing_order_open', 'outsourcing_order', ['tenant_id', 'ship_date', 'id'], postgresql_where=which,
                    sqlite_where=which)
    op.create_index('ix_outsourcing_line_flag', 'outsourcing_line', ['tenant_id', 'flag'])
    connection = op.get_bind()
    lines = "json_extract(snapshot, '$.terms.lines')" if connection.dialect.name == 'sqlite' else "snapshot -> 'terms' -> 'lines'"
    each_tenant(connection, f"UPDATE outsourcing_order SET agreed_terms = {lines} WHERE tenant_id = :tenant")


def downgrade() -> None:
    op.drop_index('ix_outsourcing_line_flag', 'outsourcing_line')
    op.drop_index('ix_outsourcing_order_open', 'outsourcing_order')
    with op.batch_alter_table('outsourcing_order', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_column('agreed_terms')

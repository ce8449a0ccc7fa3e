"""Orders are found by the beginning of the customer PO, however many there are."""

import sqlalchemy as sa
from alembic import op


revision = 'orders_0003'
down_revision = 'orders_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('orders_order', schema=None) as batch_op:
        batch_op.create_index('ix_orders_order_customer_po', ['tenant_id', 'customer_po'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('orders_order', schema=None) as batch_op:
        batch_op.drop_index('ix_orders_order_customer_po')

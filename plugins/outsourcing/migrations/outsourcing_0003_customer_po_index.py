"""Orders are found by the beginning of the customer PO, however many there are."""

import sqlalchemy as sa
from alembic import op


revision = 'outsourcing_0003'
down_revision = 'outsourcing_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outsourcing_line', schema=None) as batch_op:
        batch_op.create_index('ix_outsourcing_line_customer_po', ['tenant_id', 'customer_po'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('outsourcing_line', schema=None) as batch_op:
        batch_op.drop_index('ix_outsourcing_line_customer_po')

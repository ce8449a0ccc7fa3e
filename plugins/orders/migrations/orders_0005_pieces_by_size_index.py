"""Pieces by size: statistics add them up size by size, in the order of an index that holds all they need."""

from alembic import op

revision = 'orders_0005'
down_revision = 'orders_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_orders_size_pieces', 'orders_size', ['tenant_id', 'size_id', 'line_id', 'qty'])


def downgrade() -> None:
    op.drop_index('ix_orders_size_pieces', 'orders_size')

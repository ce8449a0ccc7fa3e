"""Lines with a day of their own have an index: what is overdue is asked all day, and nearly always the order's date counts."""

import sqlalchemy as sa
from alembic import op

revision = 'purchasing_0003'
down_revision = 'purchasing_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    which = sa.text(
        "required_date IS NOT NULL OR availability IN "
        "('jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec')"
    )
    op.create_index('ix_purchasing_line_dated', 'purchasing_line', ['tenant_id', 'order_id'], postgresql_where=which,
                    sqlite_where=which)


def downgrade() -> None:
    op.drop_index('ix_purchasing_line_dated', 'purchasing_line')

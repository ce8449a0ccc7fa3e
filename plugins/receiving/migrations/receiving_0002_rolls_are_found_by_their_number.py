"""rolls are found by their number"""

import sqlalchemy as sa
from alembic import op


revision = 'receiving_0002'
down_revision = 'receiving_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_receiving_receipt_roll_roll", "receiving_receipt_roll", ["tenant_id", "roll"])



def downgrade() -> None:
    op.drop_index("ix_receiving_receipt_roll_roll", "receiving_receipt_roll")


"""buyer_rules tables"""

import sqlalchemy as sa
from alembic import op

from core.data import columns

revision = "buyer_rules_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buyer_rules_order",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("inspection", sa.String(length=20), nullable=True),
        sa.Column("inspect_on", sa.Date(), nullable=True),
        sa.Column("audited", sa.Boolean(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("commission", columns.Pct, nullable=True),
        sa.Column("routing", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "row_id"],
            ["orders_order.tenant_id", "orders_order.id"],
            name=op.f("fk_buyer_rules_order_tenant_id_row_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agent_id"],
            ["catalog_partner.tenant_id", "catalog_partner.id"],
            name=op.f("fk_buyer_rules_order_tenant_id_agent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["core_tenant.id"], name=op.f("fk_buyer_rules_order_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_rules_order")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_buyer_rules_order_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "row_id", name=op.f("uq_buyer_rules_order_tenant_id_row_id")),
        info={"tenant": True, "append_only": False},
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("buyer_rules_order", schema=None) as batch_op:
        batch_op.create_index("ix_buyer_rules_order_agent_id", ["tenant_id", "agent_id"], unique=False)
        batch_op.create_index("ix_buyer_rules_order_row_id", ["tenant_id", "row_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("buyer_rules_order", schema=None) as batch_op:
        batch_op.drop_index("ix_buyer_rules_order_row_id")
        batch_op.drop_index("ix_buyer_rules_order_agent_id")

    op.drop_table("buyer_rules_order")

"""pp_sample tables"""

import sqlalchemy as sa
from alembic import op

revision = "pp_sample_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pp_sample_approval",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["outsourcing_order.tenant_id", "outsourcing_order.id"],
            name=op.f("fk_pp_sample_approval_tenant_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["core_tenant.id"], name=op.f("fk_pp_sample_approval_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pp_sample_approval")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_pp_sample_approval_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "order_id", name=op.f("uq_pp_sample_approval_tenant_id_order_id")),
        info={"tenant": True, "append_only": False},
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("pp_sample_approval", schema=None) as batch_op:
        batch_op.create_index("ix_pp_sample_approval_order_id", ["tenant_id", "order_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("pp_sample_approval", schema=None) as batch_op:
        batch_op.drop_index("ix_pp_sample_approval_order_id")

    op.drop_table("pp_sample_approval")

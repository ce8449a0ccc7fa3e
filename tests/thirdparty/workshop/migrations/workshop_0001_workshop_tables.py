"""workshop tables"""

import sqlalchemy as sa
from alembic import op
from core.data import columns

revision = "workshop_0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _ref(table: str, column: str, other: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete=ondelete,
    )


def upgrade() -> None:
    op.create_table(
        "workshop_order",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["core_tenant.id"], name=op.f("fk_workshop_order_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_order")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_workshop_order_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_workshop_order_tenant_id_number")),
        info={"tenant": True, "append_only": False},
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workshop_line",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.BigInteger(), nullable=False),
        sa.Column("color_id", sa.BigInteger(), nullable=True),
        sa.Column("qty", columns.Scaled(6), nullable=False),
        _ref("workshop_line", "color_id", "catalog_color"),
        _ref("workshop_line", "material_id", "catalog_material"),
        _ref("workshop_line", "order_id", "workshop_order", "CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["core_tenant.id"], name=op.f("fk_workshop_line_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_line")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_workshop_line_tenant_id_id")),
        info={"tenant": True, "append_only": False},
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("workshop_line", schema=None) as batch_op:
        for column in ("color_id", "material_id", "order_id"):
            batch_op.create_index(f"ix_workshop_line_{column}", ["tenant_id", column], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("workshop_line", schema=None) as batch_op:
        for column in ("order_id", "material_id", "color_id"):
            batch_op.drop_index(f"ix_workshop_line_{column}")
    op.drop_table("workshop_line")
    op.drop_table("workshop_order")

"""day of consumption"""

import sqlalchemy as sa
from alembic import op
from core.data.migration_rows import keep_last_day

revision = 'catalog_0003'
down_revision = 'catalog_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('catalog_style', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bom_since', sa.Date(), nullable=True))

    keep_last_day(
        op.get_bind(), 'catalog.style', ('bom', 'replace_bom'),
        "UPDATE catalog_style SET bom_since = :day WHERE tenant_id = :tenant AND id = :id AND EXISTS "
        "(SELECT 1 FROM catalog_bom_line l WHERE l.tenant_id = :tenant AND l.style_id = :id)",
    )


def downgrade() -> None:
    with op.batch_alter_table('catalog_style', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_column('bom_since')

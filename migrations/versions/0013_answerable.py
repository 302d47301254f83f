"""answerable: appeals counted by month"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

DECIDED = sa.text('decided_at IS NOT NULL')


def upgrade():
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.create_index('ix_appeals_created_at', ['created_at'], unique=False)
        batch_op.create_index('ix_appeals_decided_at', ['decided_at'], unique=False, sqlite_where=DECIDED, postgresql_where=DECIDED)
    # undone decisions count no more, and appeals do: every month anew
    op.execute(sa.text('UPDATE report_months SET is_due = true'))


def downgrade():
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.drop_index('ix_appeals_decided_at', sqlite_where=DECIDED, postgresql_where=DECIDED)
        batch_op.drop_index('ix_appeals_created_at')

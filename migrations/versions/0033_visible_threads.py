"""visible threads: how many threads somebody began is counted from an index alone

A profile counts up to 1,000 visible threads of the person. By ix_threads_author each of them had to be fetched for its
state: 1,100 blocks for the busiest person of a million posts, 137 in a small forum (docs/performance.md, "Flat").
"""

import sqlalchemy as sa
from alembic import op


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.create_index('ix_threads_author_visible', ['author_id', 'id'], unique=False, sqlite_where=sa.text("state = 'visible'"), postgresql_where=sa.text("state = 'visible'"))


def downgrade():
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_index('ix_threads_author_visible', sqlite_where=sa.text("state = 'visible'"), postgresql_where=sa.text("state = 'visible'"))

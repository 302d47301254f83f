"""answers: sources and correction notes"""

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

OWED = sa.text('correction_told_at IS NULL AND corrected_at IS NOT NULL')


def upgrade():
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sources', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('correction', sa.String(length=500), server_default='', nullable=False))
        batch_op.add_column(sa.Column('corrected_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('correction_told_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_posts_corrections_owed', ['id'], unique=False, sqlite_where=OWED, postgresql_where=OWED)
    with op.batch_alter_table('revisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sources', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('note', sa.String(length=500), server_default='', nullable=False))


def downgrade():
    with op.batch_alter_table('revisions', schema=None) as batch_op:
        batch_op.drop_column('note')
        batch_op.drop_column('sources')
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index('ix_posts_corrections_owed', sqlite_where=OWED, postgresql_where=OWED)
        batch_op.drop_column('correction_told_at')
        batch_op.drop_column('corrected_at')
        batch_op.drop_column('correction')
        batch_op.drop_column('sources')

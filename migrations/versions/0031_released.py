"""released: a merged question remembers from which one it was released; past sessions have an index"""

import sqlalchemy as sa
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('released_from_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_questions_released_from_id_questions'), 'questions', ['released_from_id'], ['post_id'])
        batch_op.create_index('ix_questions_released_from_id', ['released_from_id'], unique=False, sqlite_where=sa.text('released_from_id IS NOT NULL'), postgresql_where=sa.text('released_from_id IS NOT NULL'))

    with op.batch_alter_table('ask_sessions', schema=None) as batch_op:
        batch_op.create_index('ix_ask_sessions_opens_at', ['opens_at', 'id'], unique=False)


def downgrade():
    with op.batch_alter_table('ask_sessions', schema=None) as batch_op:
        batch_op.drop_index('ix_ask_sessions_opens_at')

    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index('ix_questions_released_from_id', sqlite_where=sa.text('released_from_id IS NOT NULL'), postgresql_where=sa.text('released_from_id IS NOT NULL'))
        batch_op.drop_constraint(batch_op.f('fk_questions_released_from_id_questions'), type_='foreignkey')
        batch_op.drop_column('released_from_id')

"""an item of the programme has its discussion and, if wanted, its session with experts beside it"""

import sqlalchemy as sa
from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('programme_items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('session_id', sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_programme_items_session_id'), ['session_id'])
        batch_op.create_foreign_key(batch_op.f('fk_programme_items_session_id_ask_sessions'), 'ask_sessions', ['session_id'], ['id'])
    # until now a session stood in the place of the discussion, by its thread
    op.execute('UPDATE programme_items SET session_id = (SELECT s.id FROM ask_sessions s WHERE s.thread_id = programme_items.thread_id) WHERE thread_id IS NOT NULL')
    op.execute('UPDATE programme_items SET thread_id = NULL WHERE session_id IS NOT NULL')


def downgrade():
    op.execute('UPDATE programme_items SET thread_id = (SELECT s.thread_id FROM ask_sessions s WHERE s.id = programme_items.session_id) WHERE session_id IS NOT NULL AND thread_id IS NULL')
    with op.batch_alter_table('programme_items', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_programme_items_session_id_ask_sessions'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_programme_items_session_id'), type_='unique')
        batch_op.drop_column('session_id')

"""places of the programme in both languages; who waits stands by when they signed up"""

import sqlalchemy as sa
from alembic import op


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade():
    # renamed and not copied: no row is rewritten but by the one UPDATE, on either kind of database
    op.execute('ALTER TABLE programme_items RENAME COLUMN place TO place_en')
    op.add_column('programme_items', sa.Column('place_zh', sa.String(length=150), server_default='', nullable=False))
    op.execute("UPDATE programme_items SET place_zh = place_en WHERE place_en <> ''")
    op.create_index('ix_programme_items_waiting', 'programme_items', ['id'], unique=False, sqlite_where=sa.text('waiting_count > 0'), postgresql_where=sa.text('waiting_count > 0'))
    op.drop_index('ix_attendances_item_id_seat', table_name='attendances')
    op.create_index('ix_attendances_item_id_seat', 'attendances', ['item_id', 'seat', 'signed_up_at', 'id'], unique=False)


def downgrade():
    op.drop_index('ix_attendances_item_id_seat', table_name='attendances')
    op.create_index('ix_attendances_item_id_seat', 'attendances', ['item_id', 'seat', 'id'], unique=False)
    op.drop_index('ix_programme_items_waiting', table_name='programme_items', sqlite_where=sa.text('waiting_count > 0'), postgresql_where=sa.text('waiting_count > 0'))
    op.execute("UPDATE programme_items SET place_en = place_zh WHERE place_en = ''")
    op.drop_column('programme_items', 'place_zh')
    op.execute('ALTER TABLE programme_items RENAME COLUMN place_en TO place')

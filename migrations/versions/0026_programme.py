"""programme: editions, items, speakers, who attends, private calendars"""

import sqlalchemy as sa
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('editions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=False),
    sa.Column('name_zh', sa.String(length=150), nullable=False),
    sa.Column('place_en', sa.String(length=150), server_default='', nullable=False),
    sa.Column('place_zh', sa.String(length=150), server_default='', nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('timezone', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_editions_days_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_editions')),
    sa.UniqueConstraint('slug', name=op.f('uq_editions_slug'))
    )
    op.create_table('calendar_keys',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_calendar_keys_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_calendar_keys')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_calendar_keys_key_hash'))
    )
    op.create_table('programme_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('subtheme_id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('form_token', sa.String(length=64), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lang', sa.String(length=10), server_default='', nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('description_en', sa.Text(), nullable=False),
    sa.Column('description_zh', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=150), server_default='', nullable=False),
    sa.Column('stream_url', sa.String(length=500), server_default='', nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('going_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('waiting_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('agenda', sa.Text(), nullable=False),
    sa.Column('agenda_html', sa.Text(), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('notes_html', sa.Text(), nullable=False),
    sa.Column('render_version', sa.Integer(), server_default='0', nullable=False),
    sa.Column('recording_url', sa.String(length=500), server_default='', nullable=False),
    sa.Column('moments', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('sequence', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('revised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('news', sa.String(length=12), server_default='', nullable=False),
    sa.CheckConstraint('capacity IS NULL OR capacity > 0', name=op.f('ck_programme_items_some_places')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_programme_items_times_in_order')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_programme_items_edition_id_editions')),
    sa.ForeignKeyConstraint(['subtheme_id'], ['subthemes.id'], name=op.f('fk_programme_items_subtheme_id_subthemes')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_programme_items_thread_id_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_items')),
    sa.UniqueConstraint('form_token', name=op.f('uq_programme_items_form_token')),
    sa.UniqueConstraint('thread_id', name=op.f('uq_programme_items_thread_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_programme_items_uid'))
    )
    with op.batch_alter_table('programme_items', schema=None) as batch_op:
        batch_op.create_index('ix_programme_items_edition_id_starts_at', ['edition_id', 'starts_at', 'id'], unique=False)
        batch_op.create_index('ix_programme_items_ends_at', ['ends_at'], unique=False, sqlite_where=sa.text('cancelled_at IS NULL'), postgresql_where=sa.text('cancelled_at IS NULL'))
        batch_op.create_index('ix_programme_items_news', ['id'], unique=False, sqlite_where=sa.text("news <> ''"), postgresql_where=sa.text("news <> ''"))
        batch_op.create_index('ix_programme_items_subtheme_id', ['subtheme_id'], unique=False)

    op.create_table('attendances',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('seat', sa.String(length=10), nullable=False),
    sa.Column('signed_up_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('remind_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['programme_items.id'], name=op.f('fk_attendances_item_id_programme_items')),
    sa.ForeignKeyConstraint(['person_id'], ['users.id'], name=op.f('fk_attendances_person_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendances')),
    sa.UniqueConstraint('item_id', 'person_id', name=op.f('uq_attendances_item_id_person_id'))
    )
    with op.batch_alter_table('attendances', schema=None) as batch_op:
        batch_op.create_index('ix_attendances_item_id_seat', ['item_id', 'seat', 'id'], unique=False)
        batch_op.create_index('ix_attendances_person_id', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_attendances_remind_at', ['remind_at', 'item_id'], unique=False, sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))

    op.create_table('programme_speakers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(length=120), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['programme_items.id'], name=op.f('fk_programme_speakers_item_id_programme_items')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_programme_speakers_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_speakers')),
    sa.UniqueConstraint('item_id', 'position', name=op.f('uq_programme_speakers_item_id_position'))
    )
    with op.batch_alter_table('programme_speakers', schema=None) as batch_op:
        batch_op.create_index('ix_programme_speakers_user_id', ['user_id'], unique=False, sqlite_where=sa.text('user_id IS NOT NULL'), postgresql_where=sa.text('user_id IS NOT NULL'))


def downgrade():
    op.drop_table('programme_speakers')
    op.drop_table('attendances')
    op.drop_table('programme_items')
    op.drop_table('calendar_keys')
    op.drop_table('editions')

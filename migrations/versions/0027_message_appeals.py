"""message appeals: a decision about flagged messages may be taken back, and is looked at again by somebody else"""

import sqlalchemy as sa
from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('found_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('former_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('forget_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_message_reports_id_decided_by_id'), ['id', 'decided_by_id'])
        batch_op.create_foreign_key(batch_op.f('fk_message_reports_former_id_message_reports'), 'message_reports', ['former_id'], ['id'])
        batch_op.create_index('ix_message_reports_former_id', ['former_id'], unique=True, sqlite_where=sa.text('former_id IS NOT NULL'), postgresql_where=sa.text('former_id IS NOT NULL'))
        batch_op.create_index('ix_message_reports_forget_at', ['forget_at', 'id'], unique=False, sqlite_where=sa.text('forget_at IS NOT NULL'), postgresql_where=sa.text('forget_at IS NOT NULL'))

    op.create_table('message_appeals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('first_decider_id', sa.Integer(), nullable=False),
    sa.Column('appellant_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decider_id', sa.Integer(), nullable=True),
    sa.Column('reply', sa.String(length=2000), nullable=False),
    sa.CheckConstraint("(state = 'open' AND decider_id IS NULL AND decided_at IS NULL) OR (state IN ('upheld', 'overturned') AND decider_id IS NOT NULL AND decided_at IS NOT NULL AND reply <> '')", name=op.f('ck_message_appeals_decided_with_reply')),
    sa.CheckConstraint('decider_id IS NULL OR decider_id <> first_decider_id', name=op.f('ck_message_appeals_decided_by_another')),
    sa.ForeignKeyConstraint(['appellant_id'], ['users.id'], name=op.f('fk_message_appeals_appellant_id_users')),
    sa.ForeignKeyConstraint(['decider_id'], ['users.id'], name=op.f('fk_message_appeals_decider_id_users')),
    sa.ForeignKeyConstraint(['report_id', 'first_decider_id'], ['message_reports.id', 'message_reports.decided_by_id'], name=op.f('fk_message_appeals_report_id_message_reports')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_appeals')),
    sa.UniqueConstraint('report_id', name=op.f('uq_message_appeals_report_id'))
    )
    with op.batch_alter_table('message_appeals', schema=None) as batch_op:
        batch_op.create_index('ix_message_appeals_appellant_id_id', ['appellant_id', 'id'], unique=False)
        batch_op.create_index('ix_message_appeals_decider_id_id', ['decider_id', 'id'], unique=False)
        batch_op.create_index('ix_message_appeals_open', ['id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))


def downgrade():
    with op.batch_alter_table('message_appeals', schema=None) as batch_op:
        batch_op.drop_index('ix_message_appeals_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_message_appeals_decider_id_id')
        batch_op.drop_index('ix_message_appeals_appellant_id_id')
    op.drop_table('message_appeals')

    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.drop_index('ix_message_reports_forget_at', sqlite_where=sa.text('forget_at IS NOT NULL'), postgresql_where=sa.text('forget_at IS NOT NULL'))
        batch_op.drop_index('ix_message_reports_former_id', sqlite_where=sa.text('former_id IS NOT NULL'), postgresql_where=sa.text('former_id IS NOT NULL'))
        batch_op.drop_constraint(batch_op.f('fk_message_reports_former_id_message_reports'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_message_reports_id_decided_by_id'), type_='unique')
        batch_op.drop_column('forget_at')
        batch_op.drop_column('former_id')
        batch_op.drop_column('reversed_at')
        batch_op.drop_column('found_until')

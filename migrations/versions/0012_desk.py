"""desk"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

OPEN = sa.text('decided_at IS NULL')
BULK = sa.text('bulk_id IS NOT NULL')
STAFF = sa.text("role <> 'netizen'")
CLAIMED = sa.text('decided_at IS NULL AND claimed_at IS NOT NULL')


def upgrade():
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lang', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('rule', sa.String(length=20), server_default='', nullable=False))
        batch_op.create_index('ix_cases_queue_lang', ['lang', 'score', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('ix_cases_queue_rule', ['rule', 'score', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('ix_cases_claims', ['claimed_at'], unique=False, sqlite_where=CLAIMED, postgresql_where=CLAIMED)
        batch_op.create_index('ix_cases_waiting_subtheme', ['subtheme_id', 'opened_at', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)

    # what is open now can be found by its language and by the rule that weighs most (its urgency aside)
    op.execute('UPDATE cases SET lang = (SELECT posts.lang FROM posts WHERE posts.id = cases.post_id) WHERE decided_at IS NULL')
    op.execute(
        "UPDATE cases SET rule = coalesce((SELECT flags.reason FROM flags WHERE flags.case_id = cases.id "
        "GROUP BY flags.reason ORDER BY sum(flags.weight) DESC, flags.reason LIMIT 1), '') WHERE decided_at IS NULL"
    )

    op.create_table('case_notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=True),
    sa.Column('body', sa.String(length=1000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_case_notes_author_id_users')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_notes_case_id_cases')),
    sa.ForeignKeyConstraint(['to_id'], ['users.id'], name=op.f('fk_case_notes_to_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_notes'))
    )
    with op.batch_alter_table('case_notes', schema=None) as batch_op:
        batch_op.create_index('ix_case_notes_author_id_id', ['author_id', 'id'], unique=False)
        batch_op.create_index('ix_case_notes_case_id_id', ['case_id', 'id'], unique=False)
        batch_op.create_index('ix_case_notes_to_id', ['to_id'], unique=False)
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_index('ix_users_staff', ['id'], unique=False, sqlite_where=STAFF, postgresql_where=STAFF)

    op.create_table('bulk_acts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('maker_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reversed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['maker_id'], ['users.id'], name=op.f('fk_bulk_acts_maker_id_users')),
    sa.ForeignKeyConstraint(['reversed_by_id'], ['users.id'], name=op.f('fk_bulk_acts_reversed_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_acts'))
    )
    with op.batch_alter_table('bulk_acts', schema=None) as batch_op:
        batch_op.create_index('ix_bulk_acts_maker_id_made_at', ['maker_id', 'made_at'], unique=False)
        batch_op.create_index('ix_bulk_acts_reversed_by_id', ['reversed_by_id'], unique=False)
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bulk_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_decisions_bulk_id_bulk_acts'), 'bulk_acts', ['bulk_id'], ['id'])
        batch_op.create_index('ix_decisions_bulk_id', ['bulk_id'], unique=False, sqlite_where=BULK, postgresql_where=BULK)


def downgrade():
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index('ix_decisions_bulk_id', sqlite_where=BULK, postgresql_where=BULK)
        batch_op.drop_constraint(op.f('fk_decisions_bulk_id_bulk_acts'), type_='foreignkey')
        batch_op.drop_column('bulk_id')
    with op.batch_alter_table('bulk_acts', schema=None) as batch_op:
        batch_op.drop_index('ix_bulk_acts_reversed_by_id')
        batch_op.drop_index('ix_bulk_acts_maker_id_made_at')

    op.drop_table('bulk_acts')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index('ix_users_staff', sqlite_where=STAFF, postgresql_where=STAFF)
    with op.batch_alter_table('case_notes', schema=None) as batch_op:
        batch_op.drop_index('ix_case_notes_to_id')
        batch_op.drop_index('ix_case_notes_case_id_id')
        batch_op.drop_index('ix_case_notes_author_id_id')

    op.drop_table('case_notes')
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_waiting_subtheme', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index('ix_cases_claims', sqlite_where=CLAIMED, postgresql_where=CLAIMED)
        batch_op.drop_index('ix_cases_queue_rule', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index('ix_cases_queue_lang', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_column('rule')
        batch_op.drop_column('lang')

"""answerable: appeals counted by month, decisions know their row of the log, purges, second looks"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

DECIDED = sa.text('decided_at IS NOT NULL')

WAITING = sa.text('answered_at IS NULL')
OWED = sa.text('swept_at IS NULL')
ENTRIES = sa.table('audit_entries', sa.column('seq', sa.Integer), sa.column('act', sa.String), sa.column('facts', sa.JSON))
DECISIONS = sa.table('decisions', sa.column('case_id', sa.Integer), sa.column('log_seq', sa.Integer))
ACTS = ('post.kept', 'post.hidden', 'post.removed', 'post.approved', 'post.condemned', 'post.acquitted',
        'person.warned', 'person.suspended')


def upgrade():
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.create_index('ix_appeals_created_at', ['created_at'], unique=False)
        batch_op.create_index('ix_appeals_decided_at', ['decided_at'], unique=False, sqlite_where=DECIDED, postgresql_where=DECIDED)
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('log_seq', sa.Integer(), nullable=True))
    rows = op.get_bind().execute(sa.select(ENTRIES).where(ENTRIES.c.act.in_(ACTS)).order_by(ENTRIES.c.seq)).all()
    for row in rows:  # the last one of a case: a suspension stands behind the removal
        if case := (row.facts or {}).get('case'):
            op.execute(DECISIONS.update().where(DECISIONS.c.case_id == case).values(log_seq=row.seq))
    # undone decisions count no more, and appeals do: every month anew
    op.execute(sa.text('UPDATE report_months SET is_due = true'))

    op.create_table('purges',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('ground', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('purged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('swept_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_purges_by_id_users')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_purges_post_id_posts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purges')),
    sa.UniqueConstraint('post_id', name=op.f('uq_purges_post_id'))
    )
    with op.batch_alter_table('purges', schema=None) as batch_op:
        batch_op.create_index('ix_purges_by_id', ['by_id'], unique=False)
        batch_op.create_index('ix_purges_owed', ['id'], unique=False, sqlite_where=OWED, postgresql_where=OWED)

    op.create_table('second_looks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('first_decider_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looker_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('looker_id IS NULL OR looker_id <> first_decider_id', name=op.f('ck_second_looks_by_another')),
    sa.ForeignKeyConstraint(['decision_id', 'first_decider_id'], ['decisions.id', 'decisions.decider_id'], name=op.f('fk_second_looks_decision_id_decisions')),
    sa.ForeignKeyConstraint(['looker_id'], ['users.id'], name=op.f('fk_second_looks_looker_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_looks')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_second_looks_decision_id'))
    )
    with op.batch_alter_table('second_looks', schema=None) as batch_op:
        batch_op.create_index('ix_second_looks_looker_id_id', ['looker_id', 'id'], unique=False)
        batch_op.create_index('ix_second_looks_waiting', ['id'], unique=False, sqlite_where=WAITING, postgresql_where=WAITING)
        batch_op.create_index('ix_second_looks_week', ['week'], unique=False)


def downgrade():
    with op.batch_alter_table('second_looks', schema=None) as batch_op:
        batch_op.drop_index('ix_second_looks_week')
        batch_op.drop_index('ix_second_looks_waiting', sqlite_where=WAITING, postgresql_where=WAITING)
        batch_op.drop_index('ix_second_looks_looker_id_id')
    op.drop_table('second_looks')
    with op.batch_alter_table('purges', schema=None) as batch_op:
        batch_op.drop_index('ix_purges_owed', sqlite_where=OWED, postgresql_where=OWED)
        batch_op.drop_index('ix_purges_by_id')
    op.drop_table('purges')
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_column('log_seq')
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.drop_index('ix_appeals_decided_at', sqlite_where=DECIDED, postgresql_where=DECIDED)
        batch_op.drop_index('ix_appeals_created_at')

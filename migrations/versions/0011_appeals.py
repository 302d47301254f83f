"""appeals: a decision remembers what it found, may be taken back, and is looked at again by somebody else"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

# What decisions of before found, as far as it can be known: a flagged post could be seen, one of the screening was held.
FOUND = """
UPDATE decisions SET undo = '{"state": "%s", "state_reason": "", "state_at": null, "state_by": null}'
WHERE outcome IN ('hide', 'remove', 'suspend') AND case_id IN (
    SELECT cases.id FROM cases JOIN posts ON posts.id = cases.post_id
    WHERE cases.source = '%s' AND posts.state IN ('hidden', 'removed'))
"""


def upgrade():
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('undo', sa.JSON(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_decisions_id_decider_id'), ['id', 'decider_id'])
    for source, state in (('flags', 'visible'), ('screening', 'held')):
        op.execute(sa.text((FOUND % (state, source)).replace(':', '\\:')))

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('forget_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_cases_forget_at', ['forget_at', 'id'], unique=False, sqlite_where=sa.text('forget_at IS NOT NULL'), postgresql_where=sa.text('forget_at IS NOT NULL'))

    with op.batch_alter_table('strikes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('overruled_at', sa.DateTime(timezone=True), nullable=True))

    op.create_table('appeals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('first_decider_id', sa.Integer(), nullable=False),
    sa.Column('appellant_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decider_id', sa.Integer(), nullable=True),
    sa.Column('reply', sa.String(length=2000), nullable=False),
    sa.CheckConstraint("(state = 'open' AND decider_id IS NULL AND decided_at IS NULL) OR (state IN ('upheld', 'overturned') AND decider_id IS NOT NULL AND decided_at IS NOT NULL AND reply <> '')", name=op.f('ck_appeals_decided_with_reply')),
    sa.CheckConstraint('decider_id IS NULL OR decider_id <> first_decider_id', name=op.f('ck_appeals_decided_by_another')),
    sa.ForeignKeyConstraint(['appellant_id'], ['users.id'], name=op.f('fk_appeals_appellant_id_users')),
    sa.ForeignKeyConstraint(['decider_id'], ['users.id'], name=op.f('fk_appeals_decider_id_users')),
    sa.ForeignKeyConstraint(['decision_id', 'first_decider_id'], ['decisions.id', 'decisions.decider_id'], name=op.f('fk_appeals_decision_id_decisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeals')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_appeals_decision_id'))
    )
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.create_index('ix_appeals_appellant_id_id', ['appellant_id', 'id'], unique=False)
        batch_op.create_index('ix_appeals_decider_id_id', ['decider_id', 'id'], unique=False)
        batch_op.create_index('ix_appeals_open', ['id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))


def downgrade():
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.drop_index('ix_appeals_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_appeals_decider_id_id')
        batch_op.drop_index('ix_appeals_appellant_id_id')
    op.drop_table('appeals')

    with op.batch_alter_table('strikes', schema=None) as batch_op:
        batch_op.drop_column('overruled_at')

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_forget_at', sqlite_where=sa.text('forget_at IS NOT NULL'), postgresql_where=sa.text('forget_at IS NOT NULL'))
        batch_op.drop_column('forget_at')

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_decisions_id_decider_id'), type_='unique')
        batch_op.drop_column('reversed_at')
        batch_op.drop_column('undo')

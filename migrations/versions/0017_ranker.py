"""ranker"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

COUNTS = ('asked_learned', 'reworded_learned', 'insisted_learned')


def upgrade():
    op.create_table('ranker_models',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('learned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_decision_id', sa.Integer(), nullable=False),
    sa.Column('texts', sa.Integer(), nullable=False),
    sa.Column('against', sa.Integer(), nullable=False),
    sa.Column('spam', sa.Integer(), nullable=False),
    sa.Column('is_useful', sa.Boolean(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('against_bias', sa.Float(), nullable=False),
    sa.Column('spam_bias', sa.Float(), nullable=False),
    sa.Column('against_weights', sa.LargeBinary(), nullable=False),
    sa.Column('spam_weights', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ranker_models'))
    )
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('learned', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('learned_by', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('nudge_counts', schema=None) as batch_op:
        for count in COUNTS:
            batch_op.add_column(sa.Column(count, sa.Integer(), server_default='0', nullable=False))


def downgrade():
    with op.batch_alter_table('nudge_counts', schema=None) as batch_op:
        for count in COUNTS:
            batch_op.drop_column(count)
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_column('learned_by')
        batch_op.drop_column('learned')
    op.drop_table('ranker_models')

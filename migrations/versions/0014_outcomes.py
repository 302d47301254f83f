"""outcomes"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

SILENCED = sa.text('silenced_until IS NOT NULL')
SLOWED = sa.text('slow_by_id IS NOT NULL')
DUE = sa.text('is_due')
OF_CASE = sa.text('case_id IS NOT NULL')


def upgrade():
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('silenced_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_users_silenced', ['silenced_until', 'id'], unique=False, sqlite_where=SILENCED, postgresql_where=SILENCED)
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.add_column(sa.Column('slow_minutes', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('slow_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('slow_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_threads_slow_by_id_users'), 'users', ['slow_by_id'], ['id'])
        batch_op.create_index('ix_threads_slow_by_id', ['slow_by_id'], unique=False, sqlite_where=SLOWED, postgresql_where=SLOWED)
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('redacted_revision', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('redacted_rule', sa.String(length=20), server_default='', nullable=False))
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('silenced_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('facts', sa.JSON(), server_default='{}', nullable=False))

    op.create_table('closures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('flags', sa.JSON(), nullable=False),
    sa.Column('is_due', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_closures_decision_id_decisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closures')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_closures_decision_id'))
    )
    with op.batch_alter_table('closures', schema=None) as batch_op:
        batch_op.create_index('ix_closures_due', ['id'], unique=False, sqlite_where=DUE, postgresql_where=DUE)
    op.create_table('closed_posts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('closure_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('former', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_closed_posts_case_id_cases')),
    sa.ForeignKeyConstraint(['closure_id'], ['closures.id'], name=op.f('fk_closed_posts_closure_id_closures')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_closed_posts_post_id_posts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closed_posts')),
    sa.UniqueConstraint('closure_id', 'post_id', name=op.f('uq_closed_posts_closure_id_post_id'))
    )
    with op.batch_alter_table('closed_posts', schema=None) as batch_op:
        batch_op.create_index('ix_closed_posts_case_id', ['case_id'], unique=False, sqlite_where=OF_CASE, postgresql_where=OF_CASE)


def downgrade():
    with op.batch_alter_table('closed_posts', schema=None) as batch_op:
        batch_op.drop_index('ix_closed_posts_case_id', sqlite_where=OF_CASE, postgresql_where=OF_CASE)

    op.drop_table('closed_posts')
    with op.batch_alter_table('closures', schema=None) as batch_op:
        batch_op.drop_index('ix_closures_due', sqlite_where=DUE, postgresql_where=DUE)

    op.drop_table('closures')
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_column('facts')
        batch_op.drop_column('silenced_until')
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_column('redacted_rule')
        batch_op.drop_column('redacted_revision')
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_index('ix_threads_slow_by_id', sqlite_where=SLOWED, postgresql_where=SLOWED)
        batch_op.drop_constraint(op.f('fk_threads_slow_by_id_users'), type_='foreignkey')
        batch_op.drop_column('slow_by_id')
        batch_op.drop_column('slow_at')
        batch_op.drop_column('slow_minutes')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index('ix_users_silenced', sqlite_where=SILENCED, postgresql_where=SILENCED)
        batch_op.drop_column('silenced_until')

"""questions: threads put to the experts, the answer, invitations"""

import sqlalchemy as sa
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

ASKED = sa.text('asked_by_id IS NOT NULL')
LOCKED = sa.text('locked_by_id IS NOT NULL')
OPEN = sa.text('declined_at IS NULL')
WAITING = sa.text('(pinned_at IS NOT NULL OR asked_at IS NOT NULL) AND expert_answer_count = 0')
WAITED = sa.text('pinned_at IS NOT NULL AND expert_answer_count = 0')


def upgrade():
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_index('ix_threads_waiting', sqlite_where=WAITED, postgresql_where=WAITED)
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('asked_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('is_answered', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(op.f('fk_threads_asked_by_id_users'), 'users', ['asked_by_id'], ['id'])
        batch_op.create_index('ix_threads_asked_by_id', ['asked_by_id'], unique=False, sqlite_where=ASKED, postgresql_where=ASKED)
        batch_op.create_index('ix_threads_waiting', ['subtheme_id', 'created_at', 'id'], unique=False, sqlite_where=WAITING, postgresql_where=WAITING)

    op.create_table('chosen_answers',
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('chosen_by_id', sa.Integer(), nullable=False),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['chosen_by_id'], ['users.id'], name=op.f('fk_chosen_answers_chosen_by_id_users')),
    sa.ForeignKeyConstraint(['locked_by_id'], ['users.id'], name=op.f('fk_chosen_answers_locked_by_id_users')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_chosen_answers_post_id_posts')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_chosen_answers_thread_id_threads')),
    sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_chosen_answers')),
    sa.UniqueConstraint('post_id', name=op.f('uq_chosen_answers_post_id'))
    )
    with op.batch_alter_table('chosen_answers', schema=None) as batch_op:
        batch_op.create_index('ix_chosen_answers_chosen_by_id', ['chosen_by_id'], unique=False)
        batch_op.create_index('ix_chosen_answers_locked_by_id', ['locked_by_id'], unique=False, sqlite_where=LOCKED, postgresql_where=LOCKED)

    op.create_table('expert_invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('inviter_id', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['expert_id'], ['users.id'], name=op.f('fk_expert_invitations_expert_id_users')),
    sa.ForeignKeyConstraint(['inviter_id'], ['users.id'], name=op.f('fk_expert_invitations_inviter_id_users')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_expert_invitations_thread_id_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_invitations')),
    sa.UniqueConstraint('thread_id', 'inviter_id', 'expert_id', name=op.f('uq_expert_invitations_thread_id_inviter_id_expert_id'))
    )
    with op.batch_alter_table('expert_invitations', schema=None) as batch_op:
        batch_op.create_index('ix_expert_invitations_expert_id', ['expert_id'], unique=False)
        batch_op.create_index('ix_expert_invitations_inviter_id', ['inviter_id'], unique=False)
        batch_op.create_index('ix_expert_invitations_open', ['expert_id', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade():
    op.drop_table('expert_invitations')
    op.drop_table('chosen_answers')
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_index('ix_threads_waiting', sqlite_where=WAITING, postgresql_where=WAITING)
        batch_op.drop_index('ix_threads_asked_by_id', sqlite_where=ASKED, postgresql_where=ASKED)
        batch_op.drop_constraint(op.f('fk_threads_asked_by_id_users'), type_='foreignkey')
        batch_op.drop_column('is_answered')
        batch_op.drop_column('asked_by_id')
        batch_op.drop_column('asked_at')
        batch_op.create_index('ix_threads_waiting', ['subtheme_id', 'created_at', 'id'], unique=False, sqlite_where=WAITED, postgresql_where=WAITED)

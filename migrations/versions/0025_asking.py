"""asking: sessions with experts, their questions, and who asks them"""

import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ask_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('description_en', sa.Text(), nullable=False),
    sa.Column('description_zh', sa.Text(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answers_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archives_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('question_count', sa.Integer(), nullable=False),
    sa.Column('answered_count', sa.Integer(), nullable=False),
    sa.Column('summary_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['host_id'], ['users.id'], name=op.f('fk_ask_sessions_host_id_users')),
    sa.ForeignKeyConstraint(['summary_id'], ['posts.id'], name=op.f('fk_ask_sessions_summary_id_posts')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_ask_sessions_thread_id_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ask_sessions')),
    sa.UniqueConstraint('thread_id', name=op.f('uq_ask_sessions_thread_id'))
    )
    with op.batch_alter_table('ask_sessions', schema=None) as batch_op:
        batch_op.create_index('ix_ask_sessions_due', ['next_at'], unique=False, sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))
        batch_op.create_index('ix_ask_sessions_host_id', ['host_id'], unique=False)
        batch_op.create_index('ix_ask_sessions_state_opens_at', ['state', 'opens_at', 'id'], unique=False)
        batch_op.create_index('ix_ask_sessions_summary_id', ['summary_id'], unique=False, sqlite_where=sa.text('summary_id IS NOT NULL'), postgresql_where=sa.text('summary_id IS NOT NULL'))

    op.create_table('ask_experts',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['ask_sessions.id'], name=op.f('fk_ask_experts_session_id_ask_sessions')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_ask_experts_user_id_users')),
    sa.PrimaryKeyConstraint('session_id', 'user_id', name=op.f('pk_ask_experts'))
    )
    with op.batch_alter_table('ask_experts', schema=None) as batch_op:
        batch_op.create_index('ix_ask_experts_user_id', ['user_id'], unique=False)

    op.create_table('ask_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('notified_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_ask_steps_by_id_users')),
    sa.ForeignKeyConstraint(['session_id'], ['ask_sessions.id'], name=op.f('fk_ask_steps_session_id_ask_sessions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ask_steps')),
    sa.UniqueConstraint('session_id', 'state', name=op.f('uq_ask_steps_session_id_state'))
    )
    with op.batch_alter_table('ask_steps', schema=None) as batch_op:
        batch_op.create_index('ix_ask_steps_by_id', ['by_id'], unique=False, sqlite_where=sa.text('by_id IS NOT NULL'), postgresql_where=sa.text('by_id IS NOT NULL'))
        batch_op.create_index('ix_ask_steps_notices_owed', ['id'], unique=False, sqlite_where=sa.text('notified_at IS NULL'), postgresql_where=sa.text('notified_at IS NULL'))

    op.create_table('questions',
    sa.Column('post_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('support_count', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('routed_to_id', sa.Integer(), nullable=True),
    sa.Column('decline_reason', sa.String(length=1000), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answer_id'], ['posts.id'], name=op.f('fk_questions_answer_id_posts')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_questions_decided_by_id_users')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['questions.post_id'], name=op.f('fk_questions_merged_into_id_questions')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_questions_post_id_posts')),
    sa.ForeignKeyConstraint(['routed_to_id'], ['users.id'], name=op.f('fk_questions_routed_to_id_users')),
    sa.ForeignKeyConstraint(['session_id'], ['ask_sessions.id'], name=op.f('fk_questions_session_id_ask_sessions')),
    sa.PrimaryKeyConstraint('post_id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index('ix_questions_answer_id', ['answer_id'], unique=False, sqlite_where=sa.text('answer_id IS NOT NULL'), postgresql_where=sa.text('answer_id IS NOT NULL'))
        batch_op.create_index('ix_questions_by_support', ['session_id', 'status', 'support_count', 'post_id'], unique=False)
        batch_op.create_index('ix_questions_decided_by_id', ['decided_by_id'], unique=False, sqlite_where=sa.text('decided_by_id IS NOT NULL'), postgresql_where=sa.text('decided_by_id IS NOT NULL'))
        batch_op.create_index('ix_questions_merged_into_id', ['merged_into_id'], unique=False, sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
        batch_op.create_index('ix_questions_routed_to_id', ['routed_to_id'], unique=False, sqlite_where=sa.text('routed_to_id IS NOT NULL'), postgresql_where=sa.text('routed_to_id IS NOT NULL'))

    op.create_table('question_supports',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['questions.post_id'], name=op.f('fk_question_supports_question_id_questions')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_question_supports_user_id_users')),
    sa.PrimaryKeyConstraint('question_id', 'user_id', name=op.f('pk_question_supports'))
    )
    with op.batch_alter_table('question_supports', schema=None) as batch_op:
        batch_op.create_index('ix_question_supports_user_id', ['user_id', 'question_id'], unique=False)

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index('ix_posts_parent_id', ['parent_id', 'id'], unique=False, sqlite_where=sa.text('parent_id IS NOT NULL'), postgresql_where=sa.text('parent_id IS NOT NULL'))

    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.add_column(sa.Column('led_by', sa.String(length=20), server_default='', nullable=False))



def downgrade():
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_column('led_by')

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index('ix_posts_parent_id', sqlite_where=sa.text('parent_id IS NOT NULL'), postgresql_where=sa.text('parent_id IS NOT NULL'))

    with op.batch_alter_table('question_supports', schema=None) as batch_op:
        batch_op.drop_index('ix_question_supports_user_id')

    op.drop_table('question_supports')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index('ix_questions_routed_to_id', sqlite_where=sa.text('routed_to_id IS NOT NULL'), postgresql_where=sa.text('routed_to_id IS NOT NULL'))
        batch_op.drop_index('ix_questions_merged_into_id', sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
        batch_op.drop_index('ix_questions_decided_by_id', sqlite_where=sa.text('decided_by_id IS NOT NULL'), postgresql_where=sa.text('decided_by_id IS NOT NULL'))
        batch_op.drop_index('ix_questions_by_support')
        batch_op.drop_index('ix_questions_answer_id', sqlite_where=sa.text('answer_id IS NOT NULL'), postgresql_where=sa.text('answer_id IS NOT NULL'))

    op.drop_table('questions')
    with op.batch_alter_table('ask_steps', schema=None) as batch_op:
        batch_op.drop_index('ix_ask_steps_notices_owed', sqlite_where=sa.text('notified_at IS NULL'), postgresql_where=sa.text('notified_at IS NULL'))
        batch_op.drop_index('ix_ask_steps_by_id', sqlite_where=sa.text('by_id IS NOT NULL'), postgresql_where=sa.text('by_id IS NOT NULL'))

    op.drop_table('ask_steps')
    with op.batch_alter_table('ask_experts', schema=None) as batch_op:
        batch_op.drop_index('ix_ask_experts_user_id')

    op.drop_table('ask_experts')
    with op.batch_alter_table('ask_sessions', schema=None) as batch_op:
        batch_op.drop_index('ix_ask_sessions_summary_id', sqlite_where=sa.text('summary_id IS NOT NULL'), postgresql_where=sa.text('summary_id IS NOT NULL'))
        batch_op.drop_index('ix_ask_sessions_state_opens_at')
        batch_op.drop_index('ix_ask_sessions_host_id')
        batch_op.drop_index('ix_ask_sessions_due', sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))

    op.drop_table('ask_sessions')

"""drafts: answers not sent yet are kept; a question that a moderator withdrew stays so; keys of applications indexed"""

import sqlalchemy as sa
from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

RENEWS, GRANTED = (sa.text(f'{name} IS NOT NULL') for name in ('renews_id', 'credential_id'))


def upgrade():
    op.create_table('answer_drafts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sources', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['posts.id'], name=op.f('fk_answer_drafts_parent_id_posts')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_answer_drafts_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_drafts')),
    sa.UniqueConstraint('user_id', 'parent_id', name=op.f('uq_answer_drafts_user_id_parent_id'))
    )
    with op.batch_alter_table('answer_drafts', schema=None) as batch_op:
        batch_op.create_index('ix_answer_drafts_parent_id', ['parent_id'], unique=False)
        batch_op.create_index('ix_answer_drafts_saved_at', ['saved_at'], unique=False)
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asking_locked', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('credential_applications', schema=None) as batch_op:
        batch_op.create_index('ix_credential_applications_renews_id', ['renews_id'], unique=False, sqlite_where=RENEWS, postgresql_where=RENEWS)
        batch_op.create_index('ix_credential_applications_credential_id', ['credential_id'], unique=False, sqlite_where=GRANTED, postgresql_where=GRANTED)


def downgrade():
    with op.batch_alter_table('credential_applications', schema=None) as batch_op:
        batch_op.drop_index('ix_credential_applications_credential_id', sqlite_where=GRANTED, postgresql_where=GRANTED)
        batch_op.drop_index('ix_credential_applications_renews_id', sqlite_where=RENEWS, postgresql_where=RENEWS)
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_column('asking_locked')
    op.drop_table('answer_drafts')

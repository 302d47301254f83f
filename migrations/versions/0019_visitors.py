"""visitors: flags of people without an account"""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

WAITING = sa.text('flag_id IS NULL')
UNTOLD = sa.text('told_at IS NULL AND flag_id IS NOT NULL')
TOLD = sa.text('told_at IS NOT NULL')


def upgrade():
    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.alter_column('flagger_id', existing_type=sa.Integer(), nullable=True)

    op.create_table('mail_refusals',
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('mark', name=op.f('pk_mail_refusals'))
    )
    op.create_table('visitor_flags',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('network', sa.String(length=50), nullable=False),
    sa.Column('form_key', sa.String(length=64), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('flag_id', sa.Integer(), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['flag_id'], ['flags.id'], name=op.f('fk_visitor_flags_flag_id_flags')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_visitor_flags_post_id_posts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visitor_flags')),
    sa.UniqueConstraint('flag_id', name=op.f('uq_visitor_flags_flag_id')),
    sa.UniqueConstraint('form_key', name=op.f('uq_visitor_flags_form_key')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_visitor_flags_token_hash'))
    )
    with op.batch_alter_table('visitor_flags', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visitor_flags_mark'), ['mark'], unique=False)
        batch_op.create_index(batch_op.f('ix_visitor_flags_post_id'), ['post_id'], unique=False)
        batch_op.create_index('ix_visitor_flags_told_at', ['told_at'], unique=False, sqlite_where=TOLD, postgresql_where=TOLD)
        batch_op.create_index('ix_visitor_flags_untold', ['flag_id'], unique=False, sqlite_where=UNTOLD, postgresql_where=UNTOLD)
        batch_op.create_index('ix_visitor_flags_waiting', ['created_at'], unique=False, sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade():
    op.drop_table('visitor_flags')
    op.drop_table('mail_refusals')
    # a flag without a sender has no place in the older table; its case keeps its score
    op.execute('DELETE FROM flags WHERE flagger_id IS NULL')
    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.alter_column('flagger_id', existing_type=sa.Integer(), nullable=False)

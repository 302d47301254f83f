"""theme moderators"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('theme_moderators',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('subtheme_id', sa.Integer(), nullable=False),
    sa.Column('appointed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('appointed_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['appointed_by_id'], ['users.id'], name=op.f('fk_theme_moderators_appointed_by_id_users')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['users.id'], name=op.f('fk_theme_moderators_ended_by_id_users')),
    sa.ForeignKeyConstraint(['subtheme_id'], ['subthemes.id'], name=op.f('fk_theme_moderators_subtheme_id_subthemes')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_theme_moderators_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_theme_moderators'))
    )
    with op.batch_alter_table('theme_moderators', schema=None) as batch_op:
        batch_op.create_index('ix_theme_moderators_appointed_by_id', ['appointed_by_id'], unique=False)
        batch_op.create_index('ix_theme_moderators_ended_by_id', ['ended_by_id'], unique=False)
        batch_op.create_index('ix_theme_moderators_user_id', ['user_id', 'id'], unique=False)
        batch_op.create_index('uq_theme_moderators_in_force', ['user_id', 'subtheme_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('moderates', sa.String(length=400), server_default='', nullable=False))
        batch_op.create_index('ix_users_theme_moderators', ['id'], unique=False, sqlite_where=sa.text("moderates <> ''"), postgresql_where=sa.text("moderates <> ''"))



def downgrade():
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index('ix_users_theme_moderators', sqlite_where=sa.text("moderates <> ''"), postgresql_where=sa.text("moderates <> ''"))
        batch_op.drop_column('moderates')

    with op.batch_alter_table('theme_moderators', schema=None) as batch_op:
        batch_op.drop_index('uq_theme_moderators_in_force', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_theme_moderators_user_id')
        batch_op.drop_index('ix_theme_moderators_ended_by_id')
        batch_op.drop_index('ix_theme_moderators_appointed_by_id')

    op.drop_table('theme_moderators')

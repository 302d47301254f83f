"""youth"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('age_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['users.id'], name=op.f('fk_age_changes_changed_by_id_users')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_age_changes_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_age_changes'))
    )
    with op.batch_alter_table('age_changes', schema=None) as batch_op:
        batch_op.create_index('ix_age_changes_changed_by_id', ['changed_by_id'], unique=False, sqlite_where=sa.text('changed_by_id IS NOT NULL'), postgresql_where=sa.text('changed_by_id IS NOT NULL'))
        batch_op.create_index('ix_age_changes_user_id', ['user_id', 'id'], unique=False)

    op.create_table('guardians',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=320), server_default='', nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agreed', sa.String(length=60), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_guardians_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_guardians'))
    )
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('comes_first', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('in_turn', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.drop_index('ix_message_reports_open', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.create_index('ix_message_reports_open', ['in_turn', 'id'], unique=False, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_until', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quiet_hours', sa.String(length=10), server_default='', nullable=False))



def downgrade():
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('quiet_hours')

    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.drop_column('held_until')

    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.drop_index('ix_message_reports_open', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.create_index('ix_message_reports_open', ['id'], unique=False, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.drop_column('in_turn')

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_column('comes_first')

    op.drop_table('guardians')
    with op.batch_alter_table('age_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_age_changes_user_id')
        batch_op.drop_index('ix_age_changes_changed_by_id', sqlite_where=sa.text('changed_by_id IS NOT NULL'), postgresql_where=sa.text('changed_by_id IS NOT NULL'))

    op.drop_table('age_changes')

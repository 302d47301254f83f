"""kinds: cases about threads and profiles"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

OPEN = sa.text('decided_at IS NULL')
PROFILE = sa.text("decided_at IS NULL AND kind = 'profile'")
ABOUT = (
    "(kind = 'profile' AND post_id IS NULL AND subtheme_id IS NULL) OR "
    "(kind IN ('post', 'thread') AND post_id IS NOT NULL AND subtheme_id IS NOT NULL)"
)


def upgrade():
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=10), server_default='post', nullable=False))
        batch_op.add_column(sa.Column('frozen_facts', sa.JSON(), server_default='{}', nullable=False))
        batch_op.alter_column('post_id', existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column('subtheme_id', existing_type=sa.Integer(), nullable=True)
        batch_op.create_check_constraint(op.f('ck_cases_about_one_thing'), ABOUT)
        batch_op.drop_index('uq_cases_open_post', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('uq_cases_open_target', ['post_id', 'kind'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('uq_cases_open_profile', ['author_id'], unique=True, sqlite_where=PROFILE, postgresql_where=PROFILE)
        batch_op.create_index('ix_cases_queue_kind', ['kind', 'score', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)

    op.create_table('frozen_pictures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_frozen_pictures_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_frozen_pictures')),
    sa.UniqueConstraint('name', 'size', name=op.f('uq_frozen_pictures_name_size'))
    )
    with op.batch_alter_table('frozen_pictures', schema=None) as batch_op:
        batch_op.create_index('ix_frozen_pictures_user_id', ['user_id'], unique=False)


def downgrade():
    # what is about a thread or a profile has no place in the older tables
    for table in ('appeals', 'strikes'):
        op.execute(f"DELETE FROM {table} WHERE decision_id IN (SELECT decisions.id FROM decisions JOIN cases ON cases.id = decisions.case_id WHERE cases.kind <> 'post')")
    for table in ('decisions', 'case_notes', 'flags', 'flag_marks'):
        op.execute(f"DELETE FROM {table} WHERE case_id IN (SELECT id FROM cases WHERE kind <> 'post')")
    op.execute("DELETE FROM cases WHERE kind <> 'post'")
    with op.batch_alter_table('frozen_pictures', schema=None) as batch_op:
        batch_op.drop_index('ix_frozen_pictures_user_id')

    op.drop_table('frozen_pictures')
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_queue_kind', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index('uq_cases_open_profile', sqlite_where=PROFILE, postgresql_where=PROFILE)
        batch_op.drop_index('uq_cases_open_target', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_constraint(op.f('ck_cases_about_one_thing'), type_='check')
        batch_op.alter_column('subtheme_id', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('post_id', existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column('frozen_facts')
        batch_op.drop_column('kind')
        batch_op.create_index('uq_cases_open_post', ['post_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

"""credentials: what they say beside the title, reminders, and applications for them"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

REMINDING = sa.text('revoked_at IS NULL AND reminded_7_at IS NULL')
OPEN = sa.text("state = 'open'")
EVIDENCE = sa.text("decided_at IS NOT NULL AND evidence <> ''")
DECIDED = sa.text('decided_by_id IS NOT NULL')


def upgrade():
    # two accounts of one person may have become one since: then it was nobody else's act any more
    op.execute('UPDATE credentials SET granted_by_id = NULL WHERE granted_by_id = user_id')
    op.execute('UPDATE credentials SET revoked_by_id = NULL WHERE revoked_by_id = user_id')
    with op.batch_alter_table('credentials', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sector', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('interests', sa.String(length=1000), server_default='', nullable=False))
        batch_op.add_column(sa.Column('languages', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('reminded_30_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reminded_7_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f('ck_credentials_granted_by_another'), 'granted_by_id <> user_id')
        batch_op.create_check_constraint(op.f('ck_credentials_revoked_by_another'), 'revoked_by_id <> user_id')
        batch_op.create_index('ix_credentials_reminding', ['valid_until'], unique=False, sqlite_where=REMINDING, postgresql_where=REMINDING)
    # until they say otherwise, experts answer in the language in which they read the forum
    op.execute(
        "UPDATE credentials SET languages = coalesce((SELECT CASE users.language WHEN 'zh_Hans' THEN 'zh' "
        "WHEN 'en' THEN 'en' ELSE '' END FROM users WHERE users.id = credentials.user_id), '')"
    )

    op.create_table('credential_applications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('subtheme_id', sa.Integer(), nullable=False),
    sa.Column('renews_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('organization', sa.String(length=200), nullable=False),
    sa.Column('sector', sa.String(length=20), nullable=False),
    sa.Column('interests', sa.String(length=1000), nullable=False),
    sa.Column('languages', sa.String(length=20), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('credential_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('decided_by_id <> user_id', name=op.f('ck_credential_applications_decided_by_another')),
    sa.ForeignKeyConstraint(['credential_id'], ['credentials.id'], name=op.f('fk_credential_applications_credential_id_credentials')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_credential_applications_decided_by_id_users')),
    sa.ForeignKeyConstraint(['renews_id'], ['credentials.id'], name=op.f('fk_credential_applications_renews_id_credentials')),
    sa.ForeignKeyConstraint(['subtheme_id'], ['subthemes.id'], name=op.f('fk_credential_applications_subtheme_id_subthemes')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_credential_applications_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential_applications'))
    )
    with op.batch_alter_table('credential_applications', schema=None) as batch_op:
        batch_op.create_index('ix_credential_applications_decided_by_id', ['decided_by_id'], unique=False, sqlite_where=DECIDED, postgresql_where=DECIDED)
        batch_op.create_index('ix_credential_applications_evidence', ['decided_at'], unique=False, sqlite_where=EVIDENCE, postgresql_where=EVIDENCE)
        batch_op.create_index('ix_credential_applications_queue', ['subtheme_id', 'id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('ix_credential_applications_user_id', ['user_id', 'id'], unique=False)
        batch_op.create_index('uq_credential_applications_open', ['user_id', 'subtheme_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade():
    op.drop_table('credential_applications')
    with op.batch_alter_table('credentials', schema=None) as batch_op:
        batch_op.drop_index('ix_credentials_reminding')
        batch_op.drop_constraint(op.f('ck_credentials_revoked_by_another'), type_='check')
        batch_op.drop_constraint(op.f('ck_credentials_granted_by_another'), type_='check')
        batch_op.drop_column('reminded_7_at')
        batch_op.drop_column('reminded_30_at')
        batch_op.drop_column('languages')
        batch_op.drop_column('interests')
        batch_op.drop_column('sector')

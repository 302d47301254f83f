"""upkeep: letters' first attempts, mail on request and once a thread, addresses still whole"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

AT_ONCE = 1_000
WHOLE = sa.text("address <> '' AND address NOT LIKE '%/%'")
WHOLE_AT_SIGNUP = sa.text("signup_address <> '' AND signup_address NOT LIKE '%/%'")


def upgrade():
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.add_column(sa.Column('first_tried_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mailed_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mails_on', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_users_whole_signup_address', ['created_at'], unique=False, sqlite_where=WHOLE_AT_SIGNUP, postgresql_where=WHOLE_AT_SIGNUP)
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index('ix_sessions_whole_address', ['expires_at'], unique=False, sqlite_where=WHOLE, postgresql_where=WHOLE)
    # letters under way were tried from the beginning, as far as anybody knows
    op.execute("UPDATE mails SET first_tried_at = created_at WHERE state = 'owed' AND attempts > 0")
    _keep_quiet()


def _keep_quiet():
    """Who turned mail about notices off gets none about replies, which is new, either."""
    users = sa.table('users', sa.column('id', sa.Integer), sa.column('mails_off', sa.JSON))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(users.c.id, users.c.mails_off)
        .where(users.c.id > last, sa.cast(users.c.mails_off, sa.Text) != '[]')
        .order_by(users.c.id)
        .limit(AT_ONCE)
    ).all():
        for user_id, kinds in rows:
            if 'notices' in kinds and 'replies' not in kinds:
                connection.execute(sa.update(users).where(users.c.id == user_id).values(mails_off=[*kinds, 'replies']))
        last = rows[-1].id


def downgrade():
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_index('ix_sessions_whole_address', sqlite_where=WHOLE, postgresql_where=WHOLE)
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index('ix_users_whole_signup_address', sqlite_where=WHOLE_AT_SIGNUP, postgresql_where=WHOLE_AT_SIGNUP)
        batch_op.drop_column('bounced_at')
        batch_op.drop_column('mails_on')
    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.drop_column('mailed_at')
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.drop_column('first_tried_at')

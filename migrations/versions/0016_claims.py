"""claims"""

import unicodedata

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

CLAIMED = sa.text('email_claim IS NOT NULL')


def upgrade():
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email_claim', sa.String(length=320), nullable=True))
        batch_op.create_index('ix_users_email_claim', ['email_claim', 'id'], unique=False, sqlite_where=CLAIMED, postgresql_where=CLAIMED)
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('factor_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address_key', sa.String(length=320), server_default='', nullable=False))
        batch_op.create_index('ix_mails_address_key', ['address_key', 'template', 'sent_at'], unique=False)
    # the bound that it is for looks a day back: what differs beyond letters' case is soon over
    op.execute('UPDATE mails SET address_key = lower(address)')

    # those who have an address as text only can sign in by it from now on
    users = sa.table('users', *(sa.column(name) for name in ('id', 'email', 'email_key', 'email_claim')))
    unproved = sa.select(users.c.id, users.c.email).where(users.c.email.is_not(None), users.c.email_key.is_(None))
    for user_id, email in op.get_bind().execute(unproved).all():
        claim = unicodedata.normalize('NFKC', ''.join(email.split())).casefold()[:320]
        op.execute(users.update().where(users.c.id == user_id).values(email_claim=claim))


def downgrade():
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.drop_index('ix_mails_address_key')
        batch_op.drop_column('address_key')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_column('factor_at')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index('ix_users_email_claim', sqlite_where=CLAIMED, postgresql_where=CLAIMED)
        batch_op.drop_column('email_claim')

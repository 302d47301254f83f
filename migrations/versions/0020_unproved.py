"""unproved: addresses that nobody has shown to be theirs are claims, also those of before there were claims"""

from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

# Whom the operator made a moderator or an admin at the console was made there, too: as today such an account owns the
# address that the operator typed. A link that was used shows whose the address is, for as long as its row is kept.
UNPROVED = """
UPDATE users SET email_claim = email_key
WHERE email_key IS NOT NULL AND email_claim IS NULL AND confirmed_at IS NULL
AND NOT EXISTS (SELECT 1 FROM role_grants WHERE role_grants.user_id = users.id AND role_grants.granted_by_id IS NULL)
AND NOT EXISTS (SELECT 1 FROM one_time_links WHERE one_time_links.user_id = users.id
                AND one_time_links.used_at IS NOT NULL AND one_time_links.address = users.email)
"""


def upgrade():
    # as at sign-up: it keeps nobody from confirming it, and where confirming is not asked the first one gets mail
    op.execute(UNPROVED)
    op.execute("UPDATE users SET email_key = NULL WHERE email_claim IS NOT NULL AND standing = 'unconfirmed'")


def downgrade():
    """A claim beside the address is what the older version writes at sign-up, too: there is nothing to take back."""

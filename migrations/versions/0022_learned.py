"""learned: the open cases that a model of the ranker has not read yet, found without reading all cases"""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

OPEN = sa.text("decided_at IS NULL AND post_id IS NOT NULL")


def upgrade():
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cases_learned_by", ["learned_by", "id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN
        )


def downgrade():
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_learned_by")

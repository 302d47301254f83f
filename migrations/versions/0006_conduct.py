"""conduct"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('conducts',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['published_by_id'], ['users.id'], name=op.f('fk_conducts_published_by_id_users')),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_conducts'))
    )
    with op.batch_alter_table('conducts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conducts_published_by_id'), ['published_by_id'], unique=False)

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rules_version', sa.Integer(), server_default='1', nullable=False))

    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rules_version', sa.Integer(), server_default='1', nullable=False))

def downgrade():
    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.drop_column('rules_version')

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_column('rules_version')

    with op.batch_alter_table('conducts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conducts_published_by_id'))

    op.drop_table('conducts')

"""presets of reasons"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('presets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('text_en', sa.String(length=2000), nullable=False),
    sa.Column('text_zh', sa.String(length=2000), nullable=False),
    sa.Column('rule', sa.String(length=20), server_default='', nullable=False),
    sa.Column('outcome', sa.String(length=20), server_default='', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_presets'))
    )


def downgrade():
    op.drop_table('presets')

"""screens"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('nudge_counts',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('reworded', sa.Integer(), nullable=False),
    sa.Column('insisted', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_nudge_counts'))
    )
    op.create_table('screens',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('action', sa.String(length=10), nullable=False),
    sa.Column('replacement', sa.String(length=100), server_default='', nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('hits', sa.Integer(), server_default='0', nullable=False),
    sa.Column('hit_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screens'))
    )
    op.create_table('fingerprints',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_new', sa.Boolean(), nullable=False),
    sa.Column('exact', sa.String(length=32), nullable=False),
    sa.Column('sketch', sa.LargeBinary(), nullable=False),
    sa.Column('band_0', sa.Integer(), nullable=True),
    sa.Column('band_1', sa.Integer(), nullable=True),
    sa.Column('band_2', sa.Integer(), nullable=True),
    sa.Column('band_3', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_fingerprints_author_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fingerprints'))
    )
    with op.batch_alter_table('fingerprints', schema=None) as batch_op:
        batch_op.create_index('ix_fingerprints_author_id', ['author_id', 'made_at'], unique=False)
        batch_op.create_index('ix_fingerprints_band_0', ['band_0', 'made_at'], unique=False)
        batch_op.create_index('ix_fingerprints_band_1', ['band_1', 'made_at'], unique=False)
        batch_op.create_index('ix_fingerprints_band_2', ['band_2', 'made_at'], unique=False)
        batch_op.create_index('ix_fingerprints_band_3', ['band_3', 'made_at'], unique=False)
        batch_op.create_index('ix_fingerprints_made_at', ['made_at'], unique=False)

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('findings', sa.JSON(), server_default='[]', nullable=False))



def downgrade():
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_column('findings')

    with op.batch_alter_table('fingerprints', schema=None) as batch_op:
        batch_op.drop_index('ix_fingerprints_made_at')
        batch_op.drop_index('ix_fingerprints_band_3')
        batch_op.drop_index('ix_fingerprints_band_2')
        batch_op.drop_index('ix_fingerprints_band_1')
        batch_op.drop_index('ix_fingerprints_band_0')
        batch_op.drop_index('ix_fingerprints_author_id')

    op.drop_table('fingerprints')
    op.drop_table('screens')
    op.drop_table('nudge_counts')

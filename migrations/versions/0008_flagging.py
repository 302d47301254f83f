"""flagging: people who look alike count as one; hiding until a moderator has looked"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None

COUNTING = sa.text('counts')
TRUSTED = sa.text('trust > 0')


def upgrade():
    op.create_table('flag_marks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('mark', sa.String(length=32), nullable=False),
    sa.Column('kin', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_flag_marks_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_marks')),
    sa.UniqueConstraint('case_id', 'mark', name=op.f('uq_flag_marks_case_id_mark'))
    )
    with op.batch_alter_table('flag_marks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_flag_marks_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index('ix_flag_marks_kin', ['kin'], unique=False)

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('before_hiding', sa.JSON(), server_default='{}', nullable=False))

    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kin', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('alike', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('counts', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('trust', sa.Float(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='0', nullable=False))
    # what was flagged before is nobody's kin
    op.execute('UPDATE flags SET kin = id')
    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.create_index('ix_flags_counting', ['case_id', 'kin'], unique=False, sqlite_where=COUNTING, postgresql_where=COUNTING)
        batch_op.create_index('ix_flags_trusted', ['case_id', 'kin'], unique=False, sqlite_where=TRUSTED, postgresql_where=TRUSTED)


def downgrade():
    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.drop_index('ix_flags_trusted', sqlite_where=TRUSTED, postgresql_where=TRUSTED)
        batch_op.drop_index('ix_flags_counting', sqlite_where=COUNTING, postgresql_where=COUNTING)
        batch_op.drop_column('revision')
        batch_op.drop_column('trust')
        batch_op.drop_column('counts')
        batch_op.drop_column('alike')
        batch_op.drop_column('kin')

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_column('before_hiding')
        batch_op.drop_column('hidden_at')

    op.drop_table('flag_marks')

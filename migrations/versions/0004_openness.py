"""openness: filters of the public log, figures of each month"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OPEN = sa.text('decided_at IS NULL')


def upgrade():
    op.create_table('report_months',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_due', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_report_months'))
    )
    op.create_table('report_figures',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('figure', sa.String(length=20), nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=60), nullable=False),
    sa.Column('amount', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'figure', 'part', 'value', name=op.f('pk_report_figures'))
    )
    op.create_index('ix_audit_entries_rule_seq', 'audit_entries', ['rule', 'seq'])
    op.create_index('ix_audit_entries_scope_seq', 'audit_entries', ['scope', 'seq'])
    op.create_index('ix_audit_entries_actor_role_seq', 'audit_entries', ['actor_role', 'seq'])
    op.create_index('ix_audit_entries_at_seq', 'audit_entries', ['at', 'seq'])
    op.create_index('ix_cases_opened_at', 'cases', ['opened_at'])
    op.create_index('ix_cases_waiting', 'cases', ['opened_at', 'id'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('ix_flags_created_at', 'flags', ['created_at'])
    op.create_index('ix_decisions_decided_at_decider_id', 'decisions', ['decided_at', 'decider_id'])


def downgrade():
    op.drop_index('ix_decisions_decided_at_decider_id', table_name='decisions')
    op.drop_index('ix_flags_created_at', table_name='flags')
    op.drop_index('ix_cases_waiting', table_name='cases')
    op.drop_index('ix_cases_opened_at', table_name='cases')
    for column in ('at', 'actor_role', 'scope', 'rule'):
        op.drop_index(f'ix_audit_entries_{column}_seq', table_name='audit_entries')
    op.drop_table('report_figures')
    op.drop_table('report_months')

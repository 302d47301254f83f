"""accounts: ways in, mail, messages, trust, leaving"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('authenticators',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('sealed_secret', sa.String(length=400), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_authenticators_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_authenticators'))
    )
    op.create_table('consents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('document', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_consents_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents')),
    sa.UniqueConstraint('user_id', 'document', 'version', name=op.f('uq_consents_user_id_document_version'))
    )
    op.create_table('conversations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('started_by_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_message_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['started_by_id'], ['users.id'], name=op.f('fk_conversations_started_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations'))
    )
    op.create_table('data_exports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_data_exports_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_exports'))
    )
    with op.batch_alter_table('data_exports', schema=None) as batch_op:
        batch_op.create_index('ix_data_exports_expires_at', ['expires_at'], unique=False)
        batch_op.create_index('ix_data_exports_owed', ['id'], unique=False, sqlite_where=sa.text("state IN ('owed', 'working')"), postgresql_where=sa.text("state IN ('owed', 'working')"))
        batch_op.create_index('ix_data_exports_user_id_id', ['user_id', 'id'], unique=False)

    op.create_table('identities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('label', sa.String(length=320), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_identities_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
    sa.UniqueConstraint('provider', 'subject', name=op.f('uq_identities_provider_subject'))
    )
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identities_user_id'), ['user_id'], unique=False)

    op.create_table('invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('inviter_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['inviter_id'], ['users.id'], name=op.f('fk_invitations_inviter_id_users')),
    sa.ForeignKeyConstraint(['used_by_id'], ['users.id'], name=op.f('fk_invitations_used_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_invitations_code_hash'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitations_inviter_id'), ['inviter_id'], unique=False)

    op.create_table('known_devices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_agent', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_known_devices_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_devices')),
    sa.UniqueConstraint('token_hash', 'user_id', name=op.f('uq_known_devices_token_hash_user_id'))
    )
    with op.batch_alter_table('known_devices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_known_devices_used_at'), ['used_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_known_devices_user_id'), ['user_id'], unique=False)

    op.create_table('mails',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_mails_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
    sa.UniqueConstraint('key', name=op.f('uq_mails_key'))
    )
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.create_index('ix_mails_created_at', ['created_at'], unique=False)
        batch_op.create_index('ix_mails_owed', ['next_at', 'id'], unique=False, sqlite_where=sa.text("state = 'owed'"), postgresql_where=sa.text("state = 'owed'"))
        batch_op.create_index('ix_mails_user_id_id', ['user_id', 'id'], unique=False)

    op.create_table('name_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('former', sa.String(length=40), nullable=False),
    sa.Column('former_key', sa.String(length=80), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_name_changes_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_name_changes'))
    )
    with op.batch_alter_table('name_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_name_changes_former_key'), ['former_key'], unique=False)
        batch_op.create_index('ix_name_changes_user_id_id', ['user_id', 'id'], unique=False)

    op.create_table('one_time_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_one_time_links_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_one_time_links_token_hash'))
    )
    with op.batch_alter_table('one_time_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_links_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_one_time_links_user_id'), ['user_id'], unique=False)

    op.create_table('half_sign_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('means', sa.String(length=12), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_half_sign_ins_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_half_sign_ins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_half_sign_ins_token_hash'))
    )
    with op.batch_alter_table('half_sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_half_sign_ins_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_half_sign_ins_user_id'), ['user_id'], unique=False)

    op.create_table('spent_challenges',
    sa.Column('challenge_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('challenge_hash', name=op.f('pk_spent_challenges'))
    )
    with op.batch_alter_table('spent_challenges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spent_challenges_expires_at'), ['expires_at'], unique=False)

    op.create_table('passkeys',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('user_handle', sa.String(length=90), nullable=False),
    sa.Column('credential_id', sa.String(length=1400), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('transports', sa.JSON(), nullable=False),
    sa.Column('is_backed_up', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_passkeys_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkeys')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkeys_credential_id'))
    )
    with op.batch_alter_table('passkeys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkeys_user_handle'), ['user_handle'], unique=False)
        batch_op.create_index(batch_op.f('ix_passkeys_user_id'), ['user_id'], unique=False)

    op.create_table('reading_days',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('threads', sa.Integer(), nullable=False),
    sa.Column('posts', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_reading_days_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'day', name=op.f('pk_reading_days'))
    )
    with op.batch_alter_table('reading_days', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reading_days_day'), ['day'], unique=False)

    op.create_table('recovery_codes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_recovery_codes_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes'))
    )
    with op.batch_alter_table('recovery_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_codes_user_id'), ['user_id'], unique=False)

    op.create_table('site_settings',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['users.id'], name=op.f('fk_site_settings_changed_by_id_users')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_site_settings'))
    )
    op.create_table('ties',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=6), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['other_id'], ['users.id'], name=op.f('fk_ties_other_id_users')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_ties_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'other_id', name=op.f('pk_ties'))
    )
    with op.batch_alter_table('ties', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ties_other_id'), ['other_id'], unique=False)

    op.create_table('conversation_members',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_id', sa.Integer(), nullable=False),
    sa.Column('unread', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_members_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_conversation_members_user_id_users')),
    sa.PrimaryKeyConstraint('conversation_id', 'user_id', name=op.f('pk_conversation_members'))
    )
    with op.batch_alter_table('conversation_members', schema=None) as batch_op:
        batch_op.create_index('ix_conversation_members_list', ['user_id', 'moved_at', 'conversation_id'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('render_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('form_token', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_messages_author_id_users')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_messages_conversation_id_conversations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('form_token', name=op.f('uq_messages_form_token'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_author_id_id', ['author_id', 'id'], unique=False)
        batch_op.create_index('ix_messages_conversation_id_id', ['conversation_id', 'id'], unique=False)

    op.create_table('message_reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('author_name', sa.String(length=40), nullable=False),
    sa.Column('broken_rule', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('copies', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('verdict', sa.String(length=20), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('suspended_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_message_reports_author_id_users')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_message_reports_decided_by_id_users')),
    sa.ForeignKeyConstraint(['reporter_id'], ['users.id'], name=op.f('fk_message_reports_reporter_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_reports'))
    )
    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.create_index('ix_message_reports_author_id_id', ['author_id', 'id'], unique=False)
        batch_op.create_index('ix_message_reports_open', ['id'], unique=False, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.create_index('ix_message_reports_reporter_id_id', ['reporter_id', 'id'], unique=False)

    op.create_table('thread_reads',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_thread_reads_thread_id_threads')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_thread_reads_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'thread_id', name=op.f('pk_thread_reads'))
    )
    with op.batch_alter_table('thread_reads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_reads_thread_id'), ['thread_id'], unique=False)

    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mail_due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_notifications_mail_due', ['mail_due_at', 'user_id'], unique=False, sqlite_where=sa.text('mail_due_at IS NOT NULL'), postgresql_where=sa.text('mail_due_at IS NOT NULL'))

    op.create_index('ix_posts_answers', 'posts', ['author_id', 'id'], unique=False, sqlite_where=sa.text('credential_id IS NOT NULL'), postgresql_where=sa.text('credential_id IS NOT NULL'))
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('address', sa.String(length=45), server_default='', nullable=False))
        batch_op.add_column(sa.Column('means', sa.String(length=12), server_default='password', nullable=False))
        batch_op.add_column(sa.Column('proved_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('has_second_factor', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('device_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_sessions_device_id_known_devices'), 'known_devices', ['device_id'], ['id'])

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('standing', sa.String(length=12), server_default='active', nullable=False))
        batch_op.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('approved_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('invited_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('signup_address', sa.String(length=45).with_variant(sa.String(length=45, collation='C'), 'postgresql'), server_default='', nullable=False))
        batch_op.add_column(sa.Column('signup_key', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('application', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('agreed', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('age_band', sa.String(length=10), server_default='', nullable=False))
        batch_op.add_column(sa.Column('trust_level', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('mails_off', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('bounces', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('avatar', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('sector', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('place', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('links', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('speaks', sa.String(length=120), server_default='', nullable=False))
        batch_op.add_column(sa.Column('private', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('merging_into_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('leaving_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('leaving_with', sa.String(length=10), server_default='', nullable=False))
        batch_op.create_index('ix_users_leaving', ['leaving_at'], unique=False, sqlite_where=sa.text('leaving_at IS NOT NULL'), postgresql_where=sa.text('leaving_at IS NOT NULL'))
        batch_op.create_index('ix_users_regulars', ['id'], unique=False, sqlite_where=sa.text('trust_level = 3'), postgresql_where=sa.text('trust_level = 3'))
        batch_op.create_index('ix_users_signup_address', ['created_at'], unique=False, sqlite_where=sa.text("signup_address <> ''"), postgresql_where=sa.text("signup_address <> ''"))
        batch_op.create_index('ix_users_standing', ['standing', 'id'], unique=False, sqlite_where=sa.text("standing IN ('unconfirmed', 'waiting')"), postgresql_where=sa.text("standing IN ('unconfirmed', 'waiting')"))
        batch_op.create_index('ix_users_created_at', ['created_at', 'id'], unique=False)
        batch_op.create_index('ix_users_signed_in_at', ['signed_in_at', 'id'], unique=False, sqlite_where=sa.text("signed_in_at IS NOT NULL"), postgresql_where=sa.text("signed_in_at IS NOT NULL"))
        batch_op.create_index('ix_users_suspended', ['suspended_until', 'id'], unique=False, sqlite_where=sa.text("suspended_until IS NOT NULL"), postgresql_where=sa.text("suspended_until IS NOT NULL"))
        batch_op.create_index('ix_users_experts', ['id'], unique=False, sqlite_where=sa.text("is_expert"), postgresql_where=sa.text("is_expert"))
        batch_op.create_index('ix_users_trust_level', ['trust_level', 'id'], unique=False)
        batch_op.create_index('ix_users_closed', ['id'], unique=False, sqlite_where=sa.text("standing = 'closed'"), postgresql_where=sa.text("standing = 'closed'"))
        batch_op.create_index('ix_users_merging', ['id'], unique=False, sqlite_where=sa.text("merging_into_id IS NOT NULL"), postgresql_where=sa.text("merging_into_id IS NOT NULL"))
        batch_op.create_index('ix_users_bounces', ['id'], unique=False, sqlite_where=sa.text("bounces > 0"), postgresql_where=sa.text("bounces > 0"))
        batch_op.create_index('ix_users_signup_network', ['signup_address', 'id'], unique=False, sqlite_where=sa.text("signup_address <> ''"), postgresql_where=sa.text("signup_address <> ''"))
        batch_op.create_index('ix_users_unproved_email', ['email'], unique=False, sqlite_where=sa.text("email_key IS NULL"), postgresql_where=sa.text("email_key IS NULL"))
        batch_op.create_unique_constraint(batch_op.f('uq_users_signup_key'), ['signup_key'])
        batch_op.create_foreign_key(batch_op.f('fk_users_invited_by_id_users'), 'users', ['invited_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_users_approved_by_id_users'), 'users', ['approved_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_users_merging_into_id_users'), 'users', ['merging_into_id'], ['id'])

    # who is named where: for the archive, and for the end of an account
    op.create_index('ix_posts_state_by_id', 'posts', ['state_by_id'], unique=False, sqlite_where=sa.text('state_by_id IS NOT NULL'), postgresql_where=sa.text('state_by_id IS NOT NULL'))
    op.create_index('ix_notifications_actor_id', 'notifications', ['actor_id'], unique=False, sqlite_where=sa.text('actor_id IS NOT NULL'), postgresql_where=sa.text('actor_id IS NOT NULL'))
    op.create_index('ix_threads_last_author_id', 'threads', ['last_author_id'], unique=False, sqlite_where=sa.text('last_author_id IS NOT NULL'), postgresql_where=sa.text('last_author_id IS NOT NULL'))
    op.create_index('ix_threads_pinned_by_id', 'threads', ['pinned_by_id'], unique=False, sqlite_where=sa.text('pinned_by_id IS NOT NULL'), postgresql_where=sa.text('pinned_by_id IS NOT NULL'))
    op.create_index('ix_threads_locked_by_id', 'threads', ['locked_by_id'], unique=False, sqlite_where=sa.text('locked_by_id IS NOT NULL'), postgresql_where=sa.text('locked_by_id IS NOT NULL'))
    op.create_index('ix_invitations_used_by_id', 'invitations', ['used_by_id'], unique=False, sqlite_where=sa.text('used_by_id IS NOT NULL'), postgresql_where=sa.text('used_by_id IS NOT NULL'))
    op.create_index('ix_users_invited_by_id', 'users', ['invited_by_id'], unique=False, sqlite_where=sa.text('invited_by_id IS NOT NULL'), postgresql_where=sa.text('invited_by_id IS NOT NULL'))
    op.create_index('ix_users_approved_by_id', 'users', ['approved_by_id'], unique=False, sqlite_where=sa.text('approved_by_id IS NOT NULL'), postgresql_where=sa.text('approved_by_id IS NOT NULL'))
    op.create_index('ix_cases_claimed_by_id', 'cases', ['claimed_by_id'], unique=False, sqlite_where=sa.text('claimed_by_id IS NOT NULL'), postgresql_where=sa.text('claimed_by_id IS NOT NULL'))
    op.create_index('ix_message_reports_decided_by_id', 'message_reports', ['decided_by_id'], unique=False, sqlite_where=sa.text('decided_by_id IS NOT NULL'), postgresql_where=sa.text('decided_by_id IS NOT NULL'))
    op.create_index('ix_revisions_replaced_by_id', 'revisions', ['replaced_by_id'], unique=False)
    op.create_index('ix_post_mentions_user_id_post_id', 'post_mentions', ['user_id', 'post_id'], unique=False)
    op.create_index('ix_conversations_started_by_id_id', 'conversations', ['started_by_id', 'id'], unique=False)
    op.create_index('ix_decisions_decider_id_id', 'decisions', ['decider_id', 'id'], unique=False)
    op.create_index('ix_audit_entries_target_seq', 'audit_entries', ['target', 'seq'], unique=False)
    op.create_index('ix_audit_entries_actor_id_seq', 'audit_entries', ['actor_id', 'seq'], unique=False)


def downgrade():
    op.drop_index('ix_cases_claimed_by_id', 'cases', sqlite_where=sa.text('claimed_by_id IS NOT NULL'), postgresql_where=sa.text('claimed_by_id IS NOT NULL'))
    op.drop_index('ix_message_reports_decided_by_id', 'message_reports', sqlite_where=sa.text('decided_by_id IS NOT NULL'), postgresql_where=sa.text('decided_by_id IS NOT NULL'))
    op.drop_index('ix_audit_entries_actor_id_seq', 'audit_entries')
    op.drop_index('ix_audit_entries_target_seq', 'audit_entries')
    op.drop_index('ix_decisions_decider_id_id', 'decisions')
    op.drop_index('ix_conversations_started_by_id_id', 'conversations')
    op.drop_index('ix_post_mentions_user_id_post_id', 'post_mentions')
    op.drop_index('ix_revisions_replaced_by_id', 'revisions')
    op.drop_index('ix_users_approved_by_id', 'users', sqlite_where=sa.text('approved_by_id IS NOT NULL'), postgresql_where=sa.text('approved_by_id IS NOT NULL'))
    op.drop_index('ix_users_invited_by_id', 'users', sqlite_where=sa.text('invited_by_id IS NOT NULL'), postgresql_where=sa.text('invited_by_id IS NOT NULL'))
    op.drop_index('ix_invitations_used_by_id', 'invitations', sqlite_where=sa.text('used_by_id IS NOT NULL'), postgresql_where=sa.text('used_by_id IS NOT NULL'))
    op.drop_index('ix_threads_locked_by_id', 'threads', sqlite_where=sa.text('locked_by_id IS NOT NULL'), postgresql_where=sa.text('locked_by_id IS NOT NULL'))
    op.drop_index('ix_threads_pinned_by_id', 'threads', sqlite_where=sa.text('pinned_by_id IS NOT NULL'), postgresql_where=sa.text('pinned_by_id IS NOT NULL'))
    op.drop_index('ix_threads_last_author_id', 'threads', sqlite_where=sa.text('last_author_id IS NOT NULL'), postgresql_where=sa.text('last_author_id IS NOT NULL'))
    op.drop_index('ix_notifications_actor_id', 'notifications', sqlite_where=sa.text('actor_id IS NOT NULL'), postgresql_where=sa.text('actor_id IS NOT NULL'))
    op.drop_index('ix_posts_state_by_id', 'posts', sqlite_where=sa.text('state_by_id IS NOT NULL'), postgresql_where=sa.text('state_by_id IS NOT NULL'))
    op.drop_index('ix_posts_answers', 'posts', sqlite_where=sa.text('credential_id IS NOT NULL'), postgresql_where=sa.text('credential_id IS NOT NULL'))
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_users_merging_into_id_users'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_users_approved_by_id_users'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_users_invited_by_id_users'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_users_signup_key'), type_='unique')
        batch_op.drop_index('ix_users_created_at')
        batch_op.drop_index('ix_users_signed_in_at', sqlite_where=sa.text("signed_in_at IS NOT NULL"), postgresql_where=sa.text("signed_in_at IS NOT NULL"))
        batch_op.drop_index('ix_users_suspended', sqlite_where=sa.text("suspended_until IS NOT NULL"), postgresql_where=sa.text("suspended_until IS NOT NULL"))
        batch_op.drop_index('ix_users_experts', sqlite_where=sa.text("is_expert"), postgresql_where=sa.text("is_expert"))
        batch_op.drop_index('ix_users_trust_level')
        batch_op.drop_index('ix_users_closed', sqlite_where=sa.text("standing = 'closed'"), postgresql_where=sa.text("standing = 'closed'"))
        batch_op.drop_index('ix_users_merging', sqlite_where=sa.text("merging_into_id IS NOT NULL"), postgresql_where=sa.text("merging_into_id IS NOT NULL"))
        batch_op.drop_index('ix_users_bounces', sqlite_where=sa.text("bounces > 0"), postgresql_where=sa.text("bounces > 0"))
        batch_op.drop_index('ix_users_signup_network', sqlite_where=sa.text("signup_address <> ''"), postgresql_where=sa.text("signup_address <> ''"))
        batch_op.drop_index('ix_users_unproved_email', sqlite_where=sa.text("email_key IS NULL"), postgresql_where=sa.text("email_key IS NULL"))
        batch_op.drop_index('ix_users_signup_address', sqlite_where=sa.text("signup_address <> ''"), postgresql_where=sa.text("signup_address <> ''"))
        batch_op.drop_index('ix_users_standing', sqlite_where=sa.text("standing IN ('unconfirmed', 'waiting')"), postgresql_where=sa.text("standing IN ('unconfirmed', 'waiting')"))
        batch_op.drop_index('ix_users_regulars', sqlite_where=sa.text('trust_level = 3'), postgresql_where=sa.text('trust_level = 3'))
        batch_op.drop_index('ix_users_leaving', sqlite_where=sa.text('leaving_at IS NOT NULL'), postgresql_where=sa.text('leaving_at IS NOT NULL'))
        batch_op.drop_column('leaving_with')
        batch_op.drop_column('leaving_at')
        batch_op.drop_column('merging_into_id')
        batch_op.drop_column('private')
        batch_op.drop_column('speaks')
        batch_op.drop_column('links')
        batch_op.drop_column('place')
        batch_op.drop_column('sector')
        batch_op.drop_column('avatar')
        batch_op.drop_column('bounces')
        batch_op.drop_column('mails_off')
        batch_op.drop_column('trust_level')
        batch_op.drop_column('age_band')
        batch_op.drop_column('agreed')
        batch_op.drop_column('application')
        batch_op.drop_column('signup_key')
        batch_op.drop_column('signup_address')
        batch_op.drop_column('signed_in_at')
        batch_op.drop_column('invited_by_id')
        batch_op.drop_column('approved_by_id')
        batch_op.drop_column('approved_at')
        batch_op.drop_column('confirmed_at')
        batch_op.drop_column('standing')

    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_sessions_device_id_known_devices'), type_='foreignkey')
        batch_op.drop_column('device_id')
        batch_op.drop_column('has_second_factor')
        batch_op.drop_column('proved_at')
        batch_op.drop_column('means')
        batch_op.drop_column('address')
        batch_op.drop_column('seen_at')

    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.drop_index('ix_notifications_mail_due', sqlite_where=sa.text('mail_due_at IS NOT NULL'), postgresql_where=sa.text('mail_due_at IS NOT NULL'))
        batch_op.drop_column('mail_due_at')

    with op.batch_alter_table('thread_reads', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thread_reads_thread_id'))

    op.drop_table('thread_reads')
    with op.batch_alter_table('message_reports', schema=None) as batch_op:
        batch_op.drop_index('ix_message_reports_reporter_id_id')
        batch_op.drop_index('ix_message_reports_open', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.drop_index('ix_message_reports_author_id_id')

    op.drop_table('message_reports')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_conversation_id_id')
        batch_op.drop_index('ix_messages_author_id_id')

    op.drop_table('messages')
    with op.batch_alter_table('conversation_members', schema=None) as batch_op:
        batch_op.drop_index('ix_conversation_members_list')

    op.drop_table('conversation_members')
    with op.batch_alter_table('ties', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ties_other_id'))

    op.drop_table('ties')
    op.drop_table('site_settings')
    with op.batch_alter_table('recovery_codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_codes_user_id'))

    op.drop_table('recovery_codes')
    with op.batch_alter_table('reading_days', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reading_days_day'))

    op.drop_table('reading_days')
    with op.batch_alter_table('spent_challenges', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_spent_challenges_expires_at'))

    op.drop_table('spent_challenges')
    with op.batch_alter_table('half_sign_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_half_sign_ins_user_id'))
        batch_op.drop_index(batch_op.f('ix_half_sign_ins_expires_at'))

    op.drop_table('half_sign_ins')
    with op.batch_alter_table('passkeys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_passkeys_user_id'))
        batch_op.drop_index(batch_op.f('ix_passkeys_user_handle'))

    op.drop_table('passkeys')
    with op.batch_alter_table('one_time_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_links_user_id'))
        batch_op.drop_index(batch_op.f('ix_one_time_links_expires_at'))

    op.drop_table('one_time_links')
    with op.batch_alter_table('name_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_name_changes_user_id_id')
        batch_op.drop_index(batch_op.f('ix_name_changes_former_key'))

    op.drop_table('name_changes')
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.drop_index('ix_mails_user_id_id')
        batch_op.drop_index('ix_mails_owed', sqlite_where=sa.text("state = 'owed'"), postgresql_where=sa.text("state = 'owed'"))
        batch_op.drop_index('ix_mails_created_at')

    op.drop_table('mails')
    with op.batch_alter_table('known_devices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_known_devices_user_id'))
        batch_op.drop_index(batch_op.f('ix_known_devices_used_at'))

    op.drop_table('known_devices')
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitations_inviter_id'))

    op.drop_table('invitations')
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identities_user_id'))

    op.drop_table('identities')
    with op.batch_alter_table('data_exports', schema=None) as batch_op:
        batch_op.drop_index('ix_data_exports_user_id_id')
        batch_op.drop_index('ix_data_exports_owed', sqlite_where=sa.text("state IN ('owed', 'working')"), postgresql_where=sa.text("state IN ('owed', 'working')"))
        batch_op.drop_index('ix_data_exports_expires_at')

    op.drop_table('data_exports')
    op.drop_table('conversations')
    op.drop_table('consents')
    op.drop_table('authenticators')

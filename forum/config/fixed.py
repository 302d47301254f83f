"""Numbers and spans of time that hold on every forum; nothing in the environment changes them."""

from __future__ import annotations

from datetime import timedelta

VERSION = "0.1.0"  # as in pyproject.toml, which an installed forum does not have beside it
TOP_LEVEL = 3  # of trust
UNREAD_FOR = timedelta(days=14)  # a thread never opened is marked unread while its latest post is younger
READING_FLUSHED_SECONDS = 15.0  # how often a web process writes down what was read; a crash loses no more
CONVERSATION_PEOPLE = 8  # in one conversation, with whoever starts it
TIES_MOST = 500  # people whom one person mutes or blocks
FORM_LIFETIME_SECONDS = 12 * 3600  # how long an open page's forms can still be sent
PAGE_SIZE = 20  # posts, threads and results a page (contract)
NEWCOMER_POSTS = 3  # an account's first posts are held for review (issue 2, "Screening")
HELD_LINKS = 2  # more links than this from a young account are held
YOUNG_ACCOUNT = timedelta(days=1)
SESSION_LIFETIME = timedelta(days=30)  # since signing in
SESSION_UNUSED = timedelta(days=14)  # a device on which nothing was opened for so long is signed out
NAME_PAUSE = timedelta(days=30)  # between two changes of one's user name; admins are not bound
EMAIL_LINK_LIFETIME = timedelta(hours=24)  # of the link that shows that a new address is one's own
CLAIM_LIFETIME = timedelta(minutes=30)  # a claimed case that nobody decides is free again
BULK_MOST, BULK_AN_HOUR = 25, 100  # cases that a moderator may decide in one act, and by such acts within an hour
# for so long somebody may appeal, as on Mastodon (design/field-notes.md); checks.md M-7 restores on day 19 of 20
APPEAL_WINDOW = timedelta(days=20)
UNDO_WINDOW = timedelta(seconds=10)  # in which a moderator can take back what they have just decided
MAIL_PATIENCE_SECONDS = 10.0  # for each word of the mail server
REPORTS_LAST_SECONDS = 1.0  # that a process which ends gives its error reports, and as much its traces, to arrive
PROVIDER_PATIENCE_SECONDS = 5.0  # for each answer of an OpenID Connect provider

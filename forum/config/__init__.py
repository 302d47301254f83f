"""Every setting of the forum and every number that it goes by, in one place; `load` reads them once.

The other rooms import from here; each idea has a file of its own behind this door.
"""

from forum.config.fixed import (
    APPEAL_WINDOW,
    BULK_AN_HOUR,
    BULK_MOST,
    CLAIM_LIFETIME,
    CONVERSATION_PEOPLE,
    EMAIL_LINK_LIFETIME,
    FORM_LIFETIME_SECONDS,
    HELD_LINKS,
    MAIL_PATIENCE_SECONDS,
    NAME_PAUSE,
    NEWCOMER_POSTS,
    PAGE_SIZE,
    PROVIDER_PATIENCE_SECONDS,
    READING_FLUSHED_SECONDS,
    REPORTS_LAST_SECONDS,
    SESSION_LIFETIME,
    SESSION_UNUSED,
    TIES_MOST,
    TOP_LEVEL,
    UNDO_WINDOW,
    UNREAD_FOR,
    YOUNG_ACCOUNT,
)
from forum.config.keys import WEAK_KEY_LENGTH
from forum.config.limits import LIMITS
from forum.config.loading import flask_settings, load
from forum.config.mail import MailServer, mail_bounces, mail_from, mail_server
from forum.config.numbers import HIDING, SCREENS, STRIKES, TRUST
from forum.config.providers import Provider, identity_providers
from forum.config.reading import LOOPBACK, UnsafeSetting
from forum.config.settings import SETTINGS
from forum.config.site import allowed_hosts
from forum.config.stores import REDIS_PATIENCE_SECONDS, redis_options
from forum.config.uploads import BucketPlace

__all__ = [
    "APPEAL_WINDOW",
    "BULK_AN_HOUR",
    "BULK_MOST",
    "CLAIM_LIFETIME",
    "CONVERSATION_PEOPLE",
    "EMAIL_LINK_LIFETIME",
    "FORM_LIFETIME_SECONDS",
    "HELD_LINKS",
    "HIDING",
    "LIMITS",
    "LOOPBACK",
    "MAIL_PATIENCE_SECONDS",
    "NAME_PAUSE",
    "NEWCOMER_POSTS",
    "PAGE_SIZE",
    "PROVIDER_PATIENCE_SECONDS",
    "READING_FLUSHED_SECONDS",
    "REDIS_PATIENCE_SECONDS",
    "REPORTS_LAST_SECONDS",
    "SCREENS",
    "SESSION_LIFETIME",
    "SESSION_UNUSED",
    "SETTINGS",
    "STRIKES",
    "TIES_MOST",
    "TOP_LEVEL",
    "TRUST",
    "UNDO_WINDOW",
    "UNREAD_FOR",
    "WEAK_KEY_LENGTH",
    "YOUNG_ACCOUNT",
    "BucketPlace",
    "MailServer",
    "Provider",
    "UnsafeSetting",
    "allowed_hosts",
    "flask_settings",
    "identity_providers",
    "load",
    "mail_bounces",
    "mail_from",
    "mail_server",
    "redis_options",
]

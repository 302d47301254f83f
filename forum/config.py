"""Every setting of the forum: its environment variable, default and meaning, and every rate limit, in one place."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from limits import parse_many

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NO_DEBUG = frozenset({"", "0", "false", "no"})  # what Flask takes for no
WEAK_KEY_LENGTH = 32
WEAK_KEYS = frozenset({"dev", "development", "secret", "changeme", "change-me", "secret-key", "test"})


class UnsafeSetting(SystemExit):
    """A setting that the forum refuses to start with; the message says what to do.

    Whatever command or server meets it ends with this one line and status 1, for a traceback would hide it.
    """


@dataclass(frozen=True)
class Setting:
    """One environment variable: its default (as text) and what it means, shown in the README and by `flask doctor`."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("FORUM_INSTANCE", "instance/", "folder of the embedded data: database, search index, key, job queue"),
    Setting("DATABASE_URL", "SQLite in FORUM_INSTANCE", "postgresql://… for the database that many machines share"),
    Setting("REDIS_URL", "none", "redis://… for rate limits and jobs that many machines share"),
    Setting("SECRET_KEY", "made and kept in FORUM_INSTANCE", "signs forms; at least 32 characters in production"),
    Setting(
        "SECRET_KEY_FALLBACKS",
        "none",
        "former keys, separated by spaces: what was open before a change of SECRET_KEY stays good",
    ),
    Setting("FORUM_ENV", "development", "development or production"),
    Setting(
        "SITE_URL",
        "http://127.0.0.1:8000",
        "public address; https:// makes cookies Secure",
    ),
    Setting("SITE_NAME", "Gathering (汇聚 in Chinese)", "the name in the header"),
    Setting(
        "CONTACT",
        "none",
        "where people write who object to a decision: an e-mail address, https://… or a path of this forum",
    ),
    Setting(
        "SIGNUP_WORK",
        "14",
        "work that the sign-up page does in the background, each more doubles it: 14 is about half a second on a phone",
    ),
    Setting("TRUSTED_PROXIES", "0", "how many reverse proxies in front may be believed about the client's address"),
    Setting(
        "ALLOWED_HOSTS",
        "the host of SITE_URL; any in development",
        "further host names under which requests are answered, separated by spaces",
    ),
    Setting("HOST", "127.0.0.1", "address that `make run` listens on"),
    Setting("PORT", "8000", "port that `make run` listens on"),
    Setting("WEB_WORKERS", "1", "web server processes that `make run` starts; with several set REDIS_URL too"),
    Setting(
        "SMTP_URL",
        "none",
        "mail server: smtp://user:password@host:587 (STARTTLS; `?starttls=no` without) or smtps://user:password@host",
    ),
    Setting("MAIL_FROM", "forum@ the host of SITE_URL", "the sender's address of all mail"),
    Setting(
        "MAIL_BOUNCES",
        "none",
        "bounces@example.org: letters that come back go to bounces+…@example.org; `flask mail bounces` reads its mail",
    ),
    Setting("OIDC_PROVIDERS", "none", "names of OpenID Connect providers that people may sign in with, by spaces"),
    Setting("OIDC_<NAME>_ISSUER", "none", "the provider's address, https://…, to which discovery's path is added"),
    Setting("OIDC_<NAME>_CLIENT_ID", "none", "what the provider calls this forum"),
    Setting("OIDC_<NAME>_CLIENT_SECRET", "none", "the secret that the provider gave to this forum"),
    Setting("OIDC_<NAME>_LABEL", "the name", "what people read on the button"),
    Setting("OIDC_<NAME>_SCOPE", "openid email", "what is asked of the provider; openid has to be in it"),
    Setting(
        "OIDC_<NAME>_AUTH_TIME",
        "required",
        "whether showing again who one is counts only with the moment (auth_time) at which the provider asked: "
        "required, or optional for one that never says it",
    ),
)


@dataclass(frozen=True)
class MailServer:
    """The mail server that SMTP_URL describes; `security` is "tls" (smtps), "starttls" or "none"."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: str


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider, as the settings OIDC_<NAME>_… describe it; `label` is what people read."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    says_when: bool = True  # OIDC_<NAME>_AUTH_TIME is "required"

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where plain http is safe."""
        return self.issuer.startswith("http://")


@dataclass(frozen=True)
class Limit:
    """One rate limit in the notation of flask-limiter; `LIMIT_<NAME>` in the environment changes it."""

    default: str
    meaning: str

    # Sources: issue 2 of the project; Discourse's and Mastodon's defaults in design/checks.md section 3.


LIMITS: dict[str, Limit] = {
    "REGISTER": Limit("5 per hour", "sign-ups, per address"),
    "RESEND": Limit("1 per minute; 5 per day", "confirmation links sent again, per person"),
    "INVITATION": Limit("10 per minute; 50 per day", "invitations made and withdrawn, per person"),
    "LOGIN": Limit(
        "6 per minute; 30 per hour", "sign-in attempts, per address, but on browsers that the account knows"
    ),
    "LOGIN_ACCOUNT": Limit(
        "10 per 15 minutes; 50 per day", "wrong passwords for one name, from browsers that the account does not know"
    ),
    "LOGIN_DEVICE": Limit("10 per 15 minutes; 50 per day", "wrong passwords for one name on a browser that it knows"),
    "LOGIN_FAILURES": Limit("100 per day", "wrong passwords for whatever names, per address"),
    "PROOF": Limit("6 per minute; 20 per hour; 50 per day", "wrong second factors and proofs, per person and browser"),
    "FORGOT": Limit("5 per 30 minutes; 20 per day", "requests for a new password, per address"),
    "RESET": Limit("6 per day", "letters with a link to a new password, per person; more are silently not sent"),
    "THREAD": Limit("1 per 15 seconds; 20 per day", "new threads, per person"),
    "THREAD_NEWCOMER": Limit("1 per 60 seconds; 20 per day", "new threads of a newcomer"),
    "THREAD_MEMBER": Limit("1 per 15 seconds; 30 per day", "new threads of a member (trust level 2)"),
    "THREAD_REGULAR": Limit("1 per 15 seconds; 40 per day", "new threads of a regular (level 3), expert or moderator"),
    "REPLY": Limit("1 per 5 seconds; 200 per day", "replies, per person"),
    "REPLY_NEWCOMER": Limit("1 per 20 seconds; 200 per day", "replies of a newcomer"),
    "REPLY_MEMBER": Limit("1 per 5 seconds; 300 per day", "replies of a member"),
    "REPLY_REGULAR": Limit("1 per 5 seconds; 400 per day", "replies of a regular, expert or moderator"),
    "THREAD_YOUNG": Limit("1 per 60 seconds; 10 per day", "new threads of somebody young, at every trust level"),
    "REPLY_YOUNG": Limit("1 per 20 seconds; 100 per day", "replies of somebody young"),
    "EDIT": Limit("10 per minute; 60 per day", "edits and deletions, per person"),
    "EDIT_MEMBER": Limit("10 per minute; 90 per day", "edits and deletions of a member"),
    "EDIT_REGULAR": Limit("10 per minute; 120 per day", "edits and deletions of a regular, expert or moderator"),
    "PROFILE": Limit("10 per minute; 60 per day", "changes of one's own settings, per person"),
    "AVATAR": Limit("6 per minute; 30 per day", "pictures of oneself, per person"),
    "EMAIL": Limit("3 per hour; 10 per day", "changes of one's e-mail address, per person"),
    "EXPORT": Limit("1 per day", "archives of one's own data, per person"),
    "FLAG": Limit("20 per day", "flags, per person"),
    "FLAG_MEMBER": Limit("30 per day", "flags of a member"),
    "FLAG_REGULAR": Limit("40 per day", "flags of a regular, expert or moderator"),
    "APPEAL": Limit("10 per day", "appeals against decisions, per person; by the link of a letter, per address"),
    "CONVERSATION": Limit("20 per day", "conversations started, per person"),
    "MESSAGE": Limit("10 per minute; 200 per day", "messages in conversations, deleting and leaving, per person"),
    "CONVERSATION_YOUNG": Limit("5 per day", "conversations started by somebody young"),
    "MESSAGE_YOUNG": Limit("5 per minute; 100 per day", "messages of somebody young, deleting and leaving"),
    "SEARCH": Limit("30 per minute", "searches, per person signed in"),
    "SEARCH_ANONYMOUS": Limit("15 per minute", "searches, per address of an anonymous reader"),
    "PREVIEW": Limit("60 per minute", "previews and quotes, per person"),
    "STAFF": Limit("120 per minute", "acts of moderators and admins, per person"),
}


@dataclass(frozen=True)
class Requirement:
    """One number of trust, hiding or the screens; `TRUST_…`, `HIDING_…`, `SCREEN_…` in the environment change it."""

    default: int
    meaning: str

    # Source: Discourse's trust levels (config/site_settings.yml; design/field-notes.md). We count no likes: in their
    # place stands from how many different people somebody's posts got a reply or a quotation.


TRUST: dict[str, Requirement] = {
    "1_THREADS_READ": Requirement(5, "level 1: threads opened"),
    "1_POSTS_READ": Requirement(30, "level 1: posts read"),
    "1_MINUTES_READ": Requirement(10, "level 1: minutes of reading"),
    "2_THREADS_READ": Requirement(20, "level 2: threads opened"),
    "2_POSTS_READ": Requirement(100, "level 2: posts read"),
    "2_MINUTES_READ": Requirement(60, "level 2: minutes of reading"),
    "2_DAYS_VISITED": Requirement(15, "level 2: days with some reading"),
    "2_THREADS_REPLIED": Requirement(3, "level 2: threads of others with a reply of theirs"),
    "2_PEOPLE_ANSWERED": Requirement(2, "level 2: different people who replied to them or quoted them"),
    "3_WINDOW_DAYS": Requirement(100, "level 3: the latest days that count"),
    "3_DAYS_VISITED": Requirement(50, "level 3: days with some reading"),
    "3_THREADS_REPLIED": Requirement(10, "level 3: threads of others with a reply of theirs"),
    "3_PEOPLE_ANSWERED": Requirement(5, "level 3: different people who replied to them or quoted them"),
    "3_THREADS_PERCENT": Requirement(25, "level 3: share of the window's new threads, opened"),
    "3_THREADS_MOST": Requirement(500, "level 3: never more threads than this"),
    "3_POSTS_PERCENT": Requirement(25, "level 3: share of the posts in these threads, read"),
    "3_POSTS_MOST": Requirement(20_000, "level 3: never more posts than this"),
    "3_STRIKES_MOST": Requirement(1, "level 3: decisions against their posts that are still borne"),
    "3_KEPT_DAYS": Requirement(14, "level 3: days for which it is kept in any case, decisions aside"),
}
HIDING: dict[str, Requirement] = {
    "PEOPLE": Requirement(2, "independent people with a good record who must have flagged the text; 0: never hidden"),
    "WEIGHT": Requirement(3, "what their flags must weigh together; one who was always right weighs 2"),
    "RECORD": Requirement(5, "decided flags that a record consists of at least"),
    "UPHELD_PERCENT": Requirement(70, "share of them that moderators must have upheld"),
    "AGE_DAYS": Requirement(7, "days since they signed up"),
    "REPLIES_MOST": Requirement(3, "an opening takes its thread along: with more replies than this it is not hidden"),
}
# Sources: Discourse gives no bonus before 5 decided flags, takes 70 % for its axis and hides at three flags of members
# (reviewable_score.rb, reviewable.rb; design/field-notes.md); issue 4 asks for two people at least.
HIDING_PEOPLE_LEAST = 2

SCREENS: dict[str, Requirement] = {
    "BELOW_LEVEL": Requirement(
        2, "trust level from which repeats, bursts, hidden text and crowds are not held any more"
    ),
    "NEW_DAYS": Requirement(7, "days for which an account below that level is new: its bursts and copies are held"),
    "REPEAT_MINUTES": Requirement(60, "minutes within which a person's own text sent again is held"),
    "COPIES_HOURS": Requirement(48, "hours within which a new account's text like that of another new one is held"),
    "ALIKE_PERCENT": Requirement(80, "share of two texts that has to be the same for them to be alike"),
    "ALIKE_LETTERS": Requirement(20, "texts with fewer letters are never compared"),
    "BURST_MINUTES": Requirement(10, "minutes of a burst"),
    "BURST_POSTS": Requirement(8, "posts of a new account in a burst; the next ones are held"),
    "BURST_TALKS": Requirement(5, "conversations that somebody below that level starts in a burst; more are refused"),
    "QUICK_SECONDS": Requirement(3, "seconds for which the form of a new account has to be open"),
    "MENTIONS": Requirement(5, "people called by name in one post; posts with more are held"),
    "KEPT_DAYS": Requirement(7, "days for which the fingerprints of texts are kept"),
}
MOST_WORK = 20  # bits of SIGNUP_WORK: half a minute on a phone
TOP_LEVEL = 3  # of trust
UNREAD_FOR = timedelta(days=14)  # a thread never opened is marked unread while its latest post is younger
READING_FLUSHED_SECONDS = 15.0  # how often a web process writes down what was read; a crash loses no more
CONVERSATION_PEOPLE = 8  # in one conversation, with whoever starts it
TIES_MOST = 500  # people whom one person mutes or blocks

FORM_LIFETIME_SECONDS = 12 * 3600  # how long an open page's forms can still be sent
REDIS_PATIENCE_SECONDS = 0.25  # for one attempt; then limits and jobs do without Redis (checks.md RL-3)
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
UNDO_WINDOW = timedelta(seconds=10)  # in which a moderator can take back what they have just decided
MAIL_PATIENCE_SECONDS = 10.0  # for each word of the mail server
PROVIDER_PATIENCE_SECONDS = 5.0  # for each answer of an OpenID Connect provider
PROVIDER_LABEL_LIMIT = 40

# What CONTACT may be: an e-mail address, an https address without a password in it, a path of this forum.
CONTACTS = (
    re.compile(r"[\w.%+-]+@[\w-]+(\.[\w-]+)+"),
    re.compile(r"https://[\w.-]+(:\d+)?(/[^\s\\<>\"]*)?"),
    re.compile(r"/(?![/\\])[^\s\\<>\"]*"),
)


def load(environ: Mapping[str, str], root: Path) -> dict[str, object]:
    """Return the Flask configuration that `environ` describes, for a project in folder `root`.

    Makes the instance folder and the secret key when they are absent. Raises UnsafeSetting for a value that
    production must not run with.
    """
    instance = Path(environ.get("FORUM_INSTANCE") or root / "instance").resolve()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    production = environ.get("FORUM_ENV", "development") == "production"
    if production and environ.get("FLASK_DEBUG", "0").strip().lower() not in NO_DEBUG:
        raise UnsafeSetting("FLASK_DEBUG is on: its error pages let anybody run programs here. Unset it in production.")
    site_url = environ.get("SITE_URL", "http://127.0.0.1:" + environ.get("PORT", "8000")).rstrip("/")
    return {
        "FORUM_ENV": "production" if production else "development",
        "FORUM_INSTANCE": str(instance),
        "SITE_URL": site_url,
        "SITE_NAME": environ.get("SITE_NAME", ""),
        "CONTACT": contact(environ.get("CONTACT", "")),
        "SECRET_KEY": secret_key(environ, instance, production=production),
        "SECRET_KEY_FALLBACKS": environ.get("SECRET_KEY_FALLBACKS", "").split(),
        "SQLALCHEMY_DATABASE_URI": database_url(environ.get("DATABASE_URL", ""), instance),
        "REDIS_URL": environ.get("REDIS_URL", ""),
        "SMTP_URL": environ.get("SMTP_URL", ""),
        "MAIL_SERVER": mail_server(environ.get("SMTP_URL", ""), production=production),
        "MAIL_FROM": mail_from(environ.get("MAIL_FROM", ""), site_url),
        "MAIL_BOUNCES": mail_bounces(environ.get("MAIL_BOUNCES", "")),
        "SIGNUP_WORK": signup_work(environ),
        "IDENTITY_PROVIDERS": identity_providers(environ),
        "TRUSTED_PROXIES": whole_number(environ, "TRUSTED_PROXIES", 0),
        "ALLOWED_HOSTS": allowed_hosts(environ.get("ALLOWED_HOSTS", ""), site_url, production=production),
        "HOST": environ.get("HOST") or "127.0.0.1",
        "WEB_WORKERS": whole_number(environ, "WEB_WORKERS", 1),
        "SECURE_COOKIES": site_url.startswith("https://"),
        "LIMITS": {name: rate(environ, f"LIMIT_{name}", limit.default) for name, limit in LIMITS.items()},
        "SCREENS": {name: whole_number(environ, f"SCREEN_{name}", row.default) for name, row in SCREENS.items()},
        "TRUST": {name: whole_number(environ, f"TRUST_{name}", row.default) for name, row in TRUST.items()},
        "HIDING": hiding(environ),
    }


def flask_settings(settings: Mapping[str, Any]) -> dict[str, object]:
    """Return what Flask and its extensions call the settings of `load`."""
    prefix = "__Host-" if settings["SECURE_COOKIES"] else ""
    return {
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(str(settings["SQLALCHEMY_DATABASE_URI"])),
        "SESSION_COOKIE_NAME": f"{prefix}form",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings["SECURE_COOKIES"],
        "SESSION_PROTECTION": None,
        "WTF_CSRF_TIME_LIMIT": FORM_LIFETIME_SECONDS,
        "WTF_CSRF_SSL_STRICT": False,  # SameSite and the token hold; proxies and privacy tools strip the Referer
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 200,
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_STORAGE_URI": settings["REDIS_URL"] or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": redis_options() if settings["REDIS_URL"] else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_SWALLOW_ERRORS": True,  # a store that goes away in the middle of a request is no reason for a 500
        "RATELIMIT_KEY_PREFIX": "forum",
        "TEMPLATES_AUTO_RELOAD": settings["FORUM_ENV"] == "development",
    }


def engine_options(url: str) -> dict[str, object]:
    """Return SQLAlchemy's engine options: PostgreSQL heals cut connections and bounds every statement and lock."""
    quiet = {"hide_parameters": True}  # an error goes to the log, and must not take people's texts along
    if not url.startswith("postgresql"):
        return dict(quiet)
    return {
        **quiet,
        "pool_pre_ping": True,
        "pool_size": 10,
        "pool_timeout": 5,
        "connect_args": {
            "connect_timeout": 3,
            "options": "-c statement_timeout=10000 -c lock_timeout=8000 -c timezone=UTC",
        },
    }


def redis_options() -> dict[str, object]:
    """Return how we talk to Redis: one short attempt, for redis-py's own three with pauses hold a page for seconds."""
    from redis.backoff import NoBackoff  # noqa: PLC0415 - Redis is an optional part
    from redis.retry import Retry  # noqa: PLC0415

    return {
        "socket_timeout": REDIS_PATIENCE_SECONDS,
        "socket_connect_timeout": REDIS_PATIENCE_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


def rate(environ: Mapping[str, str], name: str, default: str) -> str:
    """Return the rate limit in the setting `name`, or raise UnsafeSetting when it can't be understood."""
    value = environ.get(name, "").strip() or default
    try:
        understood = all(item.amount > 0 for item in parse_many(value))
    except ValueError:
        understood = False
    if not understood:
        raise UnsafeSetting(f'{name} must look like "6 per minute" or "6 per minute; 30 per hour", not {value!r}.')
    return value


def whole_number(environ: Mapping[str, str], name: str, default: int) -> int:
    """Return the setting `name` as a number of zero or more, or raise UnsafeSetting."""
    value = environ.get(name, "") or str(default)
    if not value.isdecimal():
        raise UnsafeSetting(f"{name} must be a whole number of zero or more, not {value!r}.")
    return int(value)


def hiding(environ: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers of HIDING, or raise UnsafeSetting where one person alone could hide what another wrote."""
    numbers = {name: whole_number(environ, f"HIDING_{name}", row.default) for name, row in HIDING.items()}
    if 0 < numbers["PEOPLE"] < HIDING_PEOPLE_LEAST:
        raise UnsafeSetting("HIDING_PEOPLE must be 0 (nothing is hidden by the program) or at least 2, not 1.")
    return numbers


def contact(value: str) -> str:
    """Return the setting CONTACT, "" for none, or raise UnsafeSetting when nobody could be reached there."""
    value = value.strip()
    if value and not any(kind.fullmatch(value) for kind in CONTACTS):
        raise UnsafeSetting(
            "CONTACT must be an e-mail address, an address that begins with https:// or a path of this forum "
            f"such as /threads/1, not {value!r}."
        )
    return value


def allowed_hosts(names: str, site_url: str, *, production: bool) -> frozenset[str]:
    """Return the host names under which requests are answered, as browsers send them; empty means under any.

    In production always that of SITE_URL; in development only what the setting says, if it says anything.
    """
    given = names.split()
    if production or given:
        given.append(urlsplit(site_url).hostname or "")
    return frozenset(filter(None, map(_as_sent, given)))


def _as_sent(host: str) -> str:
    """Return a host name in lower case and in ASCII letters, as it stands in the header Host."""
    try:
        return host.lower() if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UnsafeSetting(f"ALLOWED_HOSTS and SITE_URL must hold host names, not {host!r}.") from error


def mail_server(url: str, *, production: bool) -> MailServer | None:
    """Return the mail server that SMTP_URL describes, or None where there is none; UnsafeSetting never quotes it."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
        options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        wish = options.pop("starttls", ["yes"])[-1]
        understood = parts.scheme in ("smtp", "smtps") and parts.hostname and not parts.path.strip("/")
    except ValueError:
        understood = False
    if not understood or options or wish not in ("yes", "no"):
        raise UnsafeSetting(
            "SMTP_URL must look like smtp://user:password@mail.example:587 or smtps://user:password@mail.example, "
            "with signs such as @ : / in the password written as %40 %3A %2F, and nothing behind it but ?starttls=no."
        )
    security = "tls" if parts.scheme == "smtps" else "starttls" if wish == "yes" else "none"
    host = str(parts.hostname)
    if production and parts.password and security == "none" and host not in LOOPBACK:
        raise UnsafeSetting("SMTP_URL sends its password in the clear: leave out ?starttls=no, or use smtps://.")
    return MailServer(host, port, unquote(parts.username or ""), unquote(parts.password or ""), security)


def mail_from(address: str, site_url: str) -> str:
    """Return the sender's address: MAIL_FROM, or one of the site's host; UnsafeSetting for what is no address."""
    host = urlsplit(site_url).hostname or "localhost"
    address = address.strip() or f"forum@{'localhost' if ':' in host else host}"
    if not _is_plain_address(address):
        raise UnsafeSetting(f"MAIL_FROM must be a plain address such as forum@example.org, not {address!r}.")
    return address


def mail_bounces(address: str) -> str:
    """Return the setting MAIL_BOUNCES, "" for none; UnsafeSetting for what can take no mark behind its name."""
    address = address.strip()
    local = address.partition("@")[0]
    if address and (not _is_plain_address(address) or not re.fullmatch(r"[A-Za-z0-9._-]{1,20}", local)):
        raise UnsafeSetting(
            "MAIL_BOUNCES must be a plain address such as bounces@example.org, with at most 20 letters, digits, dots, "
            f"_ or - before the @, not {address!r}."
        )
    return address


def _is_plain_address(address: str) -> bool:
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError):  # whatever the library's parser stumbles over
        return False
    return bool(parsed.username and parsed.domain) and address.isascii()


def signup_work(environ: Mapping[str, str]) -> int:
    """Return the bits of work of a sign-up, or raise UnsafeSetting for what no browser would finish."""
    bits = whole_number(environ, "SIGNUP_WORK", 14)
    if not 4 <= bits <= MOST_WORK:
        raise UnsafeSetting(f"SIGNUP_WORK must be a number from 4 to {MOST_WORK}, not {bits}.")
    return bits


def identity_providers(environ: Mapping[str, str]) -> dict[str, Provider]:
    """Return the providers that OIDC_PROVIDERS names, by name in small letters; UnsafeSetting quotes no secret."""
    found: dict[str, Provider] = {}
    for name in environ.get("OIDC_PROVIDERS", "").lower().split():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", name) or name in found:
            raise UnsafeSetting(
                "OIDC_PROVIDERS must be different names of Latin letters, digits and _ with spaces between them, "
                f"at most 30 signs each; {name!r} can't be taken."
            )
        found[name] = _provider(name, environ)
    return found


def _provider(name: str, environ: Mapping[str, str]) -> Provider:
    prefix = f"OIDC_{name.upper()}_"
    said = {part: environ.get(prefix + part, "").strip() for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
    for part, value in said.items():
        if not value:
            raise UnsafeSetting(f"{prefix}{part} is missing, and OIDC_PROVIDERS names {name}.")
    if not _is_issuer(said["ISSUER"]):
        raise UnsafeSetting(
            f"{prefix}ISSUER must be an address that begins with https:// and has no password, ? or # in it "
            f"(http:// is possible on this machine only), not {said['ISSUER']!r}."
        )
    label = environ.get(prefix + "LABEL", "").strip() or name
    if len(label) > PROVIDER_LABEL_LIMIT or not label.isprintable():
        raise UnsafeSetting(f"{prefix}LABEL must be one line of at most {PROVIDER_LABEL_LIMIT} characters.")
    scope = environ.get(prefix + "SCOPE", "").split() or ["openid", "email"]
    if "openid" not in scope or not all(re.fullmatch(r"[!#-\[\]-~]+", word) for word in scope):  # RFC 6749, 3.3
        raise UnsafeSetting(f"{prefix}SCOPE must be words with spaces between them, and openid one of them.")
    when = environ.get(prefix + "AUTH_TIME", "").strip() or "required"
    if when not in ("required", "optional"):
        raise UnsafeSetting(f"{prefix}AUTH_TIME must be required or optional, not {when!r}.")
    secret, asked = said["CLIENT_SECRET"], " ".join(scope)
    return Provider(name, label, said["ISSUER"], said["CLIENT_ID"], secret, asked, says_when=when == "required")


def _is_issuer(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return False
    plain = re.fullmatch(r"[\x21-\x7e]+", address) and not set(address) & set('?#@\\<>"')
    return bool(plain and host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def database_url(url: str, instance: Path) -> str:
    """Return the SQLAlchemy address: SQLite in `instance` by default, psycopg 3 for any postgres address."""
    if not url:
        return f"sqlite:///{instance / 'forum.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def secret_key(environ: Mapping[str, str], instance: Path, *, production: bool) -> str:
    """Return the key from the environment, or the one kept in the instance folder (made there when absent)."""
    key = environ.get("SECRET_KEY", "")
    if key and production and (len(key) < WEAK_KEY_LENGTH or key.lower() in WEAK_KEYS):
        raise UnsafeSetting(
            f"SECRET_KEY is weak: production needs at least {WEAK_KEY_LENGTH} random characters, "
            'for example from: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return key or kept_key(instance / "secret_key")


def kept_key(path: Path) -> str:
    """Return the key in `path`; make it first, private and whole, if no process has done so yet."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)  # atomic, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()

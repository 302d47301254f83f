"""Every environment variable of the forum: its name, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One environment variable: its default (as text) and what it means, shown in the README and by `flask doctor`."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("FORUM_INSTANCE", "instance/", "folder of the embedded data: database, search index, key, job queue"),
    Setting("DATABASE_URL", "SQLite in FORUM_INSTANCE", "postgresql://… for the database that many machines share"),
    Setting(
        "DATABASE_REPLICA_URL",
        "none",
        "a read replica of the PostgreSQL in DATABASE_URL: makes visitors' pages while it has all that they show",
    ),
    Setting(
        "DATABASE_WAIT",
        "8",
        "seconds that a request waits for a PostgreSQL that is away, before it is answered 503; 0 for none",
    ),
    Setting("REDIS_URL", "none", "redis://… for rate limits and jobs that many machines share"),
    Setting(
        "UPLOADS_URL",
        "folders in FORUM_INSTANCE",
        "s3://KEY:SECRET@bucket/folder?endpoint=https://…&region=…: a bucket that keeps pictures and archives for many "
        "machines",
    ),
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
        "STOP_DELAY",
        "0",
        "seconds for which `make run`, asked to stop, goes on while /health/ready says 503, so that a balancer sees it",
    ),
    Setting(
        "LIVE_SECONDS",
        "15",
        "after how many seconds an open page asks whether there is something new, a session's three times as often; 0: "
        "never",
    ),
    Setting("PAGE_CACHE_MB", "16", "megabytes of each web process for pages that many get alike; 0 for none"),
    Setting(
        "VISITOR_SECONDS",
        "15",
        "seconds of computing in each minute that visitors of one network may cost each web process; 0 for no bound",
    ),
    Setting(
        "METRICS_TOKEN",
        "none",
        "the Bearer token with which /metrics is read; without it there is no such page",
    ),
    Setting(
        "SLOW_STATEMENT_MS", "500", "from how many milliseconds on a statement to the database is logged; 0 for none"
    ),
    Setting("LOG_FORMAT", "plain", "json: each line of the log is an object, for programs that collect them"),
    Setting("SENTRY_DSN", "none", "https://KEY@HOST/NUMBER: unexpected errors are told there, without anybody's words"),
    Setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "none",
        "http://HOST:4318, a collector of OpenTelemetry: traces of requests, jobs and statements are sent there",
    ),
    Setting("OTEL_TRACES_SAMPLER_ARG", "0.1", "the share of requests and jobs that is traced, from 0 to 1"),
    Setting("FORUM_RELEASE", "the number of the version", "what error reports and traces call the running version"),
    Setting("BACKUP_FOLDER", "none", "where the worker puts a backup each day; it keeps those of 7 days and 4 weeks"),
    Setting("BACKUP_PASSPHRASE", "none", "seals every backup; without it nobody can open them again"),
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
    Setting(
        "STREAM_HOSTS",
        "none",
        "hosts whose players may be shown within an item's page, separated by spaces; other streams are links",
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

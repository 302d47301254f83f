"""The whole configuration, read once from the environment, and what Flask and its extensions call it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forum.config.fixed import FORM_LIFETIME_SECONDS
from forum.config.keys import secret_key
from forum.config.limits import LIMITS, rate
from forum.config.mail import mail_bounces, mail_from, mail_server
from forum.config.numbers import SCREENS, TRUST, hiding, strikes
from forum.config.providers import identity_providers
from forum.config.reading import UnsafeSetting, whole_number
from forum.config.site import allowed_hosts, contact, signup_work, stream_hosts
from forum.config.stores import database_url, engine_options, redis_options, replica_binds, replica_url
from forum.config.telemetry import error_reports, release, traces_endpoint, traces_share
from forum.config.uploads import uploads

MOST_LIVE_SECONDS = 3600
NO_DEBUG = frozenset({"", "0", "false", "no"})  # what Flask takes for no


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
        "DATABASE_REPLICA_URL": replica_url(environ),
        "DATABASE_WAIT": whole_number(environ, "DATABASE_WAIT", 8),
        "REDIS_URL": environ.get("REDIS_URL", ""),
        "UPLOADS": uploads(environ.get("UPLOADS_URL", "")),
        "METRICS_TOKEN": environ.get("METRICS_TOKEN", ""),
        "SLOW_STATEMENT_MS": whole_number(environ, "SLOW_STATEMENT_MS", 500),
        "LOG_FORMAT": "json" if environ.get("LOG_FORMAT") == "json" else "plain",
        "SENTRY_DSN": error_reports(environ),
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces_endpoint(environ),
        "OTEL_TRACES_SAMPLER_ARG": traces_share(environ),
        "FORUM_RELEASE": release(environ),
        "BACKUP_FOLDER": environ.get("BACKUP_FOLDER", ""),
        "BACKUP_PASSPHRASE": environ.get("BACKUP_PASSPHRASE", ""),
        "SMTP_URL": environ.get("SMTP_URL", ""),
        "MAIL_SERVER": mail_server(environ.get("SMTP_URL", ""), production=production),
        "MAIL_FROM": mail_from(environ.get("MAIL_FROM", ""), site_url),
        "MAIL_BOUNCES": mail_bounces(environ.get("MAIL_BOUNCES", "")),
        "SIGNUP_WORK": signup_work(environ),
        "IDENTITY_PROVIDERS": identity_providers(environ),
        "TRUSTED_PROXIES": whole_number(environ, "TRUSTED_PROXIES", 0),
        "ALLOWED_HOSTS": allowed_hosts(environ.get("ALLOWED_HOSTS", ""), site_url, production=production),
        "STREAM_HOSTS": stream_hosts(environ.get("STREAM_HOSTS", "")),
        "STOPPING_FILE": environ.get("FORUM_STOPPING", ""),  # from forum/serve.py, not for people
        "HOST": environ.get("HOST") or "127.0.0.1",
        "WEB_WORKERS": whole_number(environ, "WEB_WORKERS", 1),
        "LIVE_SECONDS": whole_number(environ, "LIVE_SECONDS", 15, MOST_LIVE_SECONDS),
        "PAGE_CACHE_MB": whole_number(environ, "PAGE_CACHE_MB", 16),
        "VISITOR_SECONDS": whole_number(environ, "VISITOR_SECONDS", 15),
        "SECURE_COOKIES": site_url.startswith("https://"),
        "LIMITS": {name: rate(environ, f"LIMIT_{name}", limit.default) for name, limit in LIMITS.items()},
        "SCREENS": {name: whole_number(environ, f"SCREEN_{name}", row.default) for name, row in SCREENS.items()},
        "TRUST": {name: whole_number(environ, f"TRUST_{name}", row.default) for name, row in TRUST.items()},
        "HIDING": hiding(environ),
        "STRIKES": strikes(environ),
    }


def flask_settings(settings: Mapping[str, Any]) -> dict[str, object]:
    """Return what Flask and its extensions call the settings of `load`."""
    prefix = "__Host-" if settings["SECURE_COOKIES"] else ""
    return {
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(str(settings["SQLALCHEMY_DATABASE_URI"])),
        "SQLALCHEMY_BINDS": replica_binds(str(settings["DATABASE_REPLICA_URL"])),
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

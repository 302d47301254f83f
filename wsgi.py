"""The whole house: `create_app()` lists its rooms and listeners, and nothing else holds them all."""

# ruff: noqa: E402 - the garbage collector rests before the first of these imports

from __future__ import annotations

import gc

# What is imported stays for good: a quarter of a million objects, through which the collector would go again and
# again (a fifth of the time that it takes to start), and at every full collection while pages are served.
gc.disable()

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import forum.accounts.age_views
import forum.accounts.confirm_views
import forum.accounts.document_views
import forum.accounts.email_views
import forum.accounts.forgetting
import forum.accounts.guardian_views
import forum.accounts.invitation_views
import forum.accounts.mail_views
import forum.accounts.mailing
import forum.accounts.naming_views
import forum.accounts.preferences
import forum.accounts.settings_views
import forum.accounts.signin
import forum.accounts.ties_views
import forum.accounts.views
import forum.admin.views
import forum.admin.waiting_views
import forum.answers.listeners
import forum.answers.views
import forum.asking.desk_views
import forum.asking.host_views
import forum.asking.listeners
import forum.asking.views
import forum.avatars.views
import forum.backup.keeping
import forum.cli
import forum.core.health
import forum.core.pages
import forum.credentials.listeners
import forum.credentials.member_views
import forum.credentials.staff_views
import forum.entry.gate
import forum.entry.identity_views
import forum.entry.key_check
import forum.entry.security_views
import forum.entry.views
import forum.leaving.closing
import forum.leaving.kept
import forum.leaving.letters
import forum.leaving.own_words
import forum.leaving.views
import forum.live.front
import forum.live.listeners
import forum.live.views
import forum.mail.listeners
import forum.messages.listeners
import forum.messages.views
import forum.metrics.counting
import forum.metrics.views
import forum.metrics.waiting
import forum.notifications.listeners
import forum.notifications.mailing
import forum.notifications.views
import forum.programme.calendar_views
import forum.programme.listeners
import forum.programme.reminders
import forum.programme.staff_views
import forum.programme.views
import forum.programme.wording
import forum.samples.programme
import forum.samples.sessions
import forum.search.listeners
import forum.search.views
import forum.store.checking
import forum.threads.draft_views
import forum.threads.expert_views
import forum.threads.home_views
import forum.threads.people_views
import forum.threads.post_views
import forum.threads.sitemap_views
import forum.threads.staff_views
import forum.threads.subtheme_views
import forum.threads.views
import forum.trust.listeners
import forum.trust.views
import moderation.appeals.member_views
import moderation.appeals.staff_views
import moderation.bulk.staff_views
import moderation.conduct.views
import moderation.letters
import moderation.listeners
import moderation.member_views
import moderation.message_appeals.member_views
import moderation.message_appeals.staff_views
import moderation.notes.staff_views
import moderation.oversight.views
import moderation.presets.views
import moderation.profiles.views
import moderation.purging.views
import moderation.ranker.views
import moderation.receipts.views
import moderation.record.views
import moderation.reports.member_views
import moderation.reports.staff_views
import moderation.samples
import moderation.screens.views
import moderation.second.views
import moderation.staff_views
import moderation.transparency.inside_views
import moderation.transparency.log_views
import moderation.transparency.report_views
import moderation.visitors.views
from forum import config, telemetry
from forum.core import (
    bodies,
    crowding,
    error_pages,
    extensions,
    garbage,
    hosts,
    i18n,
    jobs,
    outlasting,
    pagecache,
    rules,
    schema,
    security_log,
    templates,
    timing,
    turns,
    web,
)
from forum.core.database import db, give_back
from forum.core.log_lines import JsonLines, PlainLines, ToStandardError
from forum.core.turnstile import Turnstile

gc.freeze()
gc.enable()

ROOT = Path(__file__).resolve().parent

ROOMS = (
    forum.core.health,
    forum.metrics.views,
    forum.core.pages,
    forum.accounts.views,
    forum.accounts.confirm_views,
    forum.accounts.guardian_views,
    forum.accounts.invitation_views,
    forum.accounts.document_views,
    forum.accounts.settings_views,
    forum.accounts.naming_views,
    forum.accounts.email_views,
    forum.accounts.preferences,
    forum.accounts.mail_views,
    forum.accounts.age_views,
    forum.avatars.views,
    forum.accounts.ties_views,
    forum.entry.views,
    forum.entry.security_views,
    forum.entry.identity_views,
    forum.threads.home_views,
    forum.threads.subtheme_views,
    forum.threads.views,
    forum.threads.sitemap_views,
    forum.threads.post_views,
    forum.threads.staff_views,
    forum.threads.people_views,
    forum.threads.draft_views,
    forum.threads.expert_views,
    forum.asking.views,
    forum.asking.host_views,
    forum.asking.desk_views,
    forum.notifications.views,
    forum.credentials.member_views,
    forum.credentials.staff_views,
    forum.answers.views,
    forum.messages.views,
    forum.programme.staff_views,
    forum.programme.views,
    forum.programme.calendar_views,
    forum.live.views,
    forum.search.views,
    forum.leaving.views,
    forum.trust.views,
    forum.admin.views,
    forum.admin.waiting_views,
    moderation.conduct.views,
    moderation.oversight.views,
    moderation.purging.views,
    moderation.member_views,
    moderation.staff_views,
    moderation.receipts.views,
    moderation.visitors.views,
    moderation.profiles.views,
    moderation.notes.staff_views,
    moderation.bulk.staff_views,
    moderation.message_appeals.member_views,
    moderation.message_appeals.staff_views,
    moderation.reports.member_views,
    moderation.reports.staff_views,
    moderation.transparency.inside_views,
    moderation.second.views,
    moderation.presets.views,
    moderation.screens.views,
    moderation.ranker.views,
    moderation.transparency.log_views,
    moderation.transparency.report_views,
    moderation.appeals.member_views,
    moderation.record.views,
    moderation.appeals.staff_views,
)
LISTENERS = (
    forum.backup.keeping,
    forum.store.checking,
    forum.metrics.counting,
    forum.metrics.waiting,
    forum.accounts.signin,
    forum.accounts.mailing,
    forum.mail.listeners,
    forum.entry.views,
    forum.entry.gate,
    forum.entry.key_check,
    forum.notifications.listeners,
    forum.answers.listeners,
    forum.credentials.listeners,
    forum.messages.listeners,
    forum.search.listeners,
    forum.asking.listeners,
    forum.programme.listeners,
    forum.live.listeners,
    forum.trust.listeners,
    moderation.listeners,
    forum.samples.sessions,
    forum.samples.programme,
    moderation.samples,
)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the forum, configured from the environment and then by `settings` (tests).

    Raises config.UnsafeSetting when production would run with a setting that it must not.
    """
    _log_plain_lines()
    garbage.collect_aside()
    app = web.Application(__name__)
    app.config.from_mapping(config.load({**os.environ, **_as_environ(settings)}, ROOT))
    app.config.from_mapping(config.flask_settings(app.config))
    app.config.from_mapping(settings or {})
    _count_together(app)
    telemetry.init_app(app)
    rules.init_app(app)
    _extend(app)
    _stand_in_front(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    for listener in LISTENERS:
        listener.connect(app)
    forum.cli.register(app)
    return app


def _count_together(app: Flask) -> None:
    """Tell Prometheus' library, before it is loaded, where the processes of one server count together."""
    if app.config["METRICS_TOKEN"] and app.config["WEB_WORKERS"] > 1:
        folder = Path(app.config["FORUM_INSTANCE"]) / "metrics" / (os.environ.get("PORT") or "8000")
        named = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder)))
        named.mkdir(mode=0o700, parents=True, exist_ok=True)


def _stand_in_front(app: Flask) -> None:
    """Put in front of Flask what answers without it, from the inside out."""
    app.wsgi_app = Turnstile(app.wsgi_app)  # type: ignore[method-assign]
    crowding.init_app(app)
    pagecache.init_app(app)
    kept = app.wsgi_app
    outlasting.stand_in_front(app)
    forum.live.front.stand_in_front(app, kept)
    bodies.stand_in_front(app)
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    telemetry.stand_in_front(app)


def _log_plain_lines() -> None:
    """Write the process log to standard error, if nobody (a test, a server) has set one up."""
    to_standard_error = ToStandardError()
    to_standard_error.setFormatter(JsonLines() if os.environ.get("LOG_FORMAT") == "json" else PlainLines())
    logging.basicConfig(handlers=[to_standard_error])


def _as_environ(settings: Mapping[str, Any] | None) -> dict[str, str]:
    """Settings that are environment variables too are read once, by `config.load`, also when a test gives them."""
    names = {setting.name for setting in config.SETTINGS}
    given = {name: value for name, value in (settings or {}).items() if isinstance(value, str)}
    return {name: value for name, value in given.items() if name in names or name.startswith("OIDC_")}


def _extend(app: Flask) -> None:
    """Configure the extensions and the core tools for `app`."""
    hosts.init_app(app)
    db.init_app(app)
    app.teardown_appcontext(give_back)  # the last to come is the first to be called
    schema.init_app(app)
    bodies.init_app(app)
    extensions.csrf.init_app(app)
    extensions.babel.init_app(app, locale_selector=i18n.choose_locale, timezone_selector=i18n.choose_timezone)
    extensions.limiter.init_app(app)
    extensions.login_manager.init_app(app)
    timing.init_app(app)
    security_log.init_app(app)
    error_pages.init_app(app)
    web.init_app(app)
    templates.init_app(app)
    jobs.init_app(app)
    turns.init_app(app)

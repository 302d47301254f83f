"""`python -m bench.attacks.cookies`: copied cookies of every kind, replayed against two worker processes.

A browser is copied after signing in (its session, the mark of the known browser, the form's token) and, for an account
with an authenticator, between the password and the code (half a sign-in). Then something ends them, and the copy is
sent on many connections of their own, so that both workers answer some. Exit status 1 when the thief gets in anywhere,
or when the copy was worth nothing before it was ended, for then nothing would be shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import pyotp  # noqa: E402
from flask import Flask  # noqa: E402

import wsgi  # noqa: E402
from bench.attacks.browser import Browser  # noqa: E402
from bench.attacks.ground import PASSWORD, forum, say_where  # noqa: E402
from forum.accounts import actions, queries, suspensions  # noqa: E402
from forum.accounts.models import User  # noqa: E402
from forum.core.database import now  # noqa: E402
from forum.entry import authenticators  # noqa: E402
from forum.leaving import closing  # noqa: E402
from tests.servers.website import without_limits  # noqa: E402

CONNECTIONS = 24  # that one of two workers answers none of them happens once in eight million runs
PRIVATE = "/settings/profile"
Ending = Callable[[User, User, Browser], object]


def sign_out(_person: User, _admin: User, browser: Browser) -> None:
    """Sign out in the browser that was copied."""
    browser.get(PRIVATE)
    browser.post("/logout")


def change_password(person: User, _admin: User, _browser: Browser) -> None:
    """Take a new password."""
    actions.change_password(person, "two bridges of nine arches")


def suspend(person: User, admin: User, _browser: Browser) -> None:
    """Be suspended for three days."""
    suspensions.suspend(person, now() + timedelta(days=3), by=admin)


def change_role(person: User, admin: User, _browser: Browser) -> None:
    """Become a moderator."""
    actions.change_role(person, "moderator", by=admin)


def delete(person: User, _admin: User, _browser: Browser) -> None:
    """Be deleted by the operator."""
    closing.delete_now(person, "name", lambda _step: None)


ENDINGS: dict[str, Ending] = {
    "sign-out": sign_out,
    "password change": change_password,
    "suspension": suspend,
    "role change": change_role,
    "deletion": delete,
}


def main() -> int:
    """Return 1 when a copy was taken after what ended it, or worth nothing before."""
    say_where()
    whole, half = ([f"{kind}{number}" for number in range(len(ENDINGS))] for kind in ("whole", "half"))
    wrong = 0
    with forum({"WEB_WORKERS": "2", **without_limits()}, [*whole, *half], worker=False, workers=2) as website:
        app = wsgi.create_app({"FORUM_INSTANCE": str(website.instance), "SITE_URL": website.url})
        for number, (name, ending) in enumerate(ENDINGS.items()):
            wrong += session(app, website.port, whole[number], name, ending)
            if ending is not sign_out:  # there is nothing yet to sign out of
                wrong += half_sign_in(app, website.port, half[number], name, ending)
    print("\nNo copy was taken." if not wrong else f"\n{wrong} copies were taken.")
    return min(wrong, 1)


def session(app: Flask, port: int, name: str, title: str, ending: Ending) -> int:
    """Copy a browser that is signed in, end it, replay the copy; return what was wrong."""
    browser = sign_in(port, name)
    copy = dict(browser.cookies)
    before = sum(status == 200 for status in replay(port, copy, lambda thief: thief.get(PRIVATE).status))
    end(app, name, browser, ending)
    read = replay(port, copy, lambda thief: thief.get(PRIVATE).status)
    wrote = replay(port, copy, lambda thief: thief.post(PRIVATE, display_name="The thief").status, browser.token)
    taken = sum(status == 200 for status in read) + sum(status < 400 for status in wrote)
    kinds = ", ".join(sorted(copy))
    print(f"{title:16} {kinds:22} before: {before}/{CONNECTIONS} let in; after: {taken}/{2 * CONNECTIONS}", flush=True)
    return taken + int(before < CONNECTIONS)


def half_sign_in(app: Flask, port: int, name: str, title: str, ending: Ending) -> int:
    """Copy a browser that has shown the password and owes the code; the thief knows the code too."""
    with app.app_context():
        secret = set_up_authenticator(person(name))
    browser = sign_in(port, name)
    copy = dict(browser.cookies)
    before = sum(status == 200 for status in replay(port, copy, lambda thief: thief.get("/login/second").status))
    inside = sum(status == 200 for status in replay(port, copy, lambda thief: thief.get(PRIVATE).status))
    browser.get("/login/second")
    end(app, name, browser, ending)
    code = pyotp.TOTP(secret).generate_otp(int(now().timestamp()) // 30 + 1)  # not used yet, and near enough
    taken = 0
    for _ in range(CONNECTIONS):
        thief = Browser(port, cookies=copy)
        thief.token = browser.token
        thief.post("/login/second", code=code)
        taken += thief.get(PRIVATE).status == 200
        thief.close()
    kinds = ", ".join(sorted(copy))
    print(f"{title:16} {kinds:22} before: {before}/{CONNECTIONS} asked; after: {taken}/{CONNECTIONS}", flush=True)
    return taken + inside + int(before < CONNECTIONS)


def sign_in(port: int, name: str) -> Browser:
    """Return a browser in which the person has given their password."""
    browser = Browser(port)
    browser.get("/login")
    if browser.post("/login", username=name, password=PASSWORD).status != 303:
        raise RuntimeError(f"{name} can't sign in")
    browser.get(PRIVATE)
    return browser


def replay(port: int, copy: dict[str, str], ask: Callable[[Browser], int], token: str = "") -> list[int]:
    """Send the copy on connections of their own; return the statuses."""
    statuses = []
    for _ in range(CONNECTIONS):
        thief = Browser(port, cookies=copy)
        thief.token = token
        statuses.append(ask(thief))
        thief.close()
    return statuses


def end(app: Flask, name: str, browser: Browser, ending: Ending) -> None:
    """Let happen what ends the sessions; but for signing out in a process that is neither of the workers."""
    with app.app_context():
        ending(person(name), person("watch"), browser)


def person(name: str) -> User:
    """Return the person of this name."""
    found = queries.by_login(name)
    assert found is not None
    return found


def set_up_authenticator(user: User) -> str:
    """Put an authenticator in force and return its secret."""
    authenticators.start(user)
    secret = authenticators.secret_in_making(user)
    assert secret is not None
    authenticators.confirm(user, pyotp.TOTP(secret).now())
    return secret


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench.attacks.timing [NUMBER]`: can a stranger tell who has an account, by the answer or by its time?

Runs a forum that asks for a confirmed address, with a mail server that takes everything and a worker that sends; then
asks about somebody who has an account and about nobody in turn, NUMBER times each (200). After it another forum, where
a sign-up confirms nothing: there the stranger signs up with the address and uses the account. Status, headers and text
are compared but for tokens and for what was typed. Exit status 1 when these differ, or when times differ with p < 0.01.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import wsgi  # noqa: E402
from bench.attacks.browser import Answer, Browser  # noqa: E402
from bench.attacks.ground import forum, say_where, wait_until_typed  # noqa: E402
from bench.attacks.ranks import p_value  # noqa: E402
from forum.accounts import registration  # noqa: E402
from forum.core import site  # noqa: E402
from tests.servers.smtp import MailServer  # noqa: E402
from tests.servers.website import Website, without_limits  # noqa: E402

KNOWN, NOBODY = "martha", "gerald"  # as long as each other, so that the answers' lengths can be compared too
WARMING = 15
OWN = "seven quiet rivers run"  # the password of the stranger's own accounts
LEAST_P = 0.01  # issue 3, "Shown by"
Attempt = Callable[[str], Answer]  # asks about somebody of this name


def main() -> int:
    """Return 1 when known and unknown can be told apart anywhere."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    say_where()
    server = MailServer()
    told = 0
    try:
        with forum({**without_limits(), "SMTP_URL": server.url}, [KNOWN]) as website:
            for name, attempt in attempts(website.port, number).items():
                told += compare(name, attempt, number)
        print("\nwhere a sign-up confirms nothing:", flush=True)
        with forum({**without_limits(), "SMTP_URL": server.url}, [KNOWN]) as website:
            ask_for_nothing(website)
            for name, attempt in attempts_of_a_member(website.port, number).items():
                told += compare(name, attempt, number)
    finally:
        server.stop()
    print(f"\n{told} of the ways tell known from unknown." if told else "\nNone of the ways tells known from unknown.")
    return min(told, 1)


def attempts(port: int, number: int) -> dict[str, Attempt]:
    """Return every way in which a stranger can ask about a name or an address."""
    browser = Browser(port)
    browser.get("/login")
    return {
        "sign-in by name": lambda who: browser.post("/login", username=who, password="a wrong guess of mine"),
        "sign-in by address": lambda who: browser.post(
            "/login", username=f"{who}@example.org", password="a wrong guess of mine"
        ),
        "forgotten, by name": lambda who: browser.post("/forgot", username=who),
        "forgotten, by address": lambda who: browser.post("/forgot", username=f"{who}@example.org"),
        "sign-up": SignUp(port, number),
        "resend": Resend(port),
    }


def ask_for_nothing(website: Website) -> None:
    """Let everybody in who fills in the form."""
    app = wsgi.create_app({"FORUM_INSTANCE": str(website.instance), "SITE_URL": website.url})
    with app.app_context():
        site.put(registration.SETTING, str(registration.Mode.OPEN), None)


def attempts_of_a_member(port: int, number: int) -> dict[str, Attempt]:
    """Return what a stranger can try who has signed up with the address."""
    member = Member(port)
    return {
        "sign-up": SignUp(port, number),
        "their own sign-in": lambda who: member.send(who, "/login", username=f"{who}@example.org", password=OWN),
        "a guess by address": lambda who: member.send(who, "/login", username=f"{who}@example.org", password="a guess"),
        "changing to it": lambda who: member.send(
            who, "/settings/email", signed_in=True, email=f"{who}@example.org", current_password=OWN
        ),
    }


class Member:
    """Two accounts of the stranger's, one with a known address; each request is sent from where its pages left it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._kept: dict[tuple[str, bool], tuple[Browser, dict[str, str]]] = {}

    def send(self, who: str, path: str, *, signed_in: bool = False, **fields: str) -> Answer:
        """Send a form, signed in or from a browser that nobody knows."""
        if (who, False) not in self._kept:
            self._sign_up(who)
        browser, cookies = self._kept[who, signed_in]
        browser.cookies = dict(cookies)
        return browser.post(path, **fields)

    def _sign_up(self, who: str) -> None:
        home, away = Browser(self._port), Browser(self._port)
        opened = home.get("/register").field("opened")
        wait_until_typed()
        answer = home.post("/register", **sign_up(f"member{len(self._kept)}", who, opened))
        assert answer.status == 303, answer.text
        home.get("/")
        assert home.get("/settings/email").status == 200
        away.get("/login")
        for browser, signed_in in ((home, True), (away, False)):
            self._kept[who, signed_in] = browser, dict(browser.cookies)
            browser.close()  # until it is asked the server would hang up


class SignUp:
    """Sign-ups with the address that is asked about; every one on a fresh browser, its form opened beforehand."""

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._wanted = 2 * (number + WARMING)
        self._opened: list[tuple[Browser, str]] = []
        self._count = 0

    def __call__(self, who: str) -> Answer:
        if not self._opened:
            self._open()
        browser, opened = self._opened.pop()
        self._count += 1
        # nobody's address must stay nobody's: each sign-up with it is unconfirmed and owns nothing
        return browser.post("/register", **sign_up(f"guest{self._count:04}", who, opened))

    def _open(self) -> None:
        for _ in range(self._wanted):
            browser = Browser(self._port)
            self._opened.append((browser, browser.get("/register").field("opened")))
            browser.close()
        wait_until_typed()


class Resend:
    """The link sent again, by two accounts that are not confirmed: one signed up with a known address."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._kept: dict[str, tuple[Browser, dict[str, str]]] = {}

    def __call__(self, who: str) -> Answer:
        if who not in self._kept:
            self._sign_up(who)
        browser, cookies = self._kept[who]
        browser.cookies = dict(cookies)  # without the words of the answer before
        return browser.post("/confirm/resend", next="/")

    def _sign_up(self, who: str) -> None:
        browser = Browser(self._port)
        opened = browser.get("/register").field("opened")
        wait_until_typed()
        answer = browser.post("/register", **sign_up(f"sender{len(self._kept)}", who, opened))
        assert answer.status == 303, answer.text
        browser.get("/")
        assert browser.get("/settings/profile").status == 200
        self._kept[who] = (browser, dict(browser.cookies))


def sign_up(name: str, who: str, opened: str) -> dict[str, str]:
    """Return the fields of a sign-up called `name` with the address of `who`."""
    return {
        "username": name, "email": f"{who}@example.org", "password": OWN, "age": "adult",
        "application": "", "invitation": "", "homepage": "", "opened": opened, "proof": "", "next": "",
    }  # fmt: skip


def compare(name: str, attempt: Attempt, number: int) -> int:
    """Ask about both in an order of chance, print a line; return 1 when they can be told apart."""
    times: dict[str, list[float]] = {KNOWN: [], NOBODY: []}
    faces: dict[str, set[tuple[object, ...]]] = {KNOWN: set(), NOBODY: set()}
    for turn in range(number + WARMING):
        pair = [KNOWN, NOBODY]
        random.shuffle(pair)
        for who in pair:
            answer = attempt(who)
            faces[who].add(face(answer, who))
            if turn >= WARMING:
                times[who].append(answer.seconds)
    p = p_value(times[KNOWN], times[NOBODY])
    known, nobody = (1000 * statistics.median(times[who]) for who in (KNOWN, NOBODY))
    same = faces[KNOWN] == faces[NOBODY]
    statuses = sorted({str(each[0]) for each in faces[KNOWN] | faces[NOBODY]})
    print(
        f"{name:22} status {'/'.join(statuses)}  {'same' if same else 'DIFFERENT'} text and headers  "
        f"median known {known:6.1f} ms, unknown {nobody:6.1f} ms  p = {p:.3f}{'  TOLD' if p < LEAST_P else ''}",
        flush=True,
    )
    if not same:
        print(differences(faces[KNOWN], faces[NOBODY]))
    return int(not same or p < LEAST_P)


def face(answer: Answer, who: str) -> tuple[object, ...]:
    """Return what can be seen of an answer, without what is random and what was typed."""
    text = re.sub(r'(name="(csrf_token|opened|form_token)"[^>]*value=")[^"]*', r"\1", answer.text)
    text = re.sub(r'data-options="[^"]*"', "", text)  # a passkey's challenge
    text = re.sub(r"guest\d{4}", "guest", text).replace(who, "who")
    seen = sorted((key.lower(), _without_tokens(key, value)) for key, value in answer.headers if key.lower() != "date")
    return (answer.status, tuple(seen), text)


def _without_tokens(key: str, value: str) -> str:
    if key.lower() != "set-cookie":
        return value
    return re.sub(r"=[^;]*", "=…", re.sub(r"(?i)expires=[^;]*", "expires", value), count=1)


def differences(ones: set[tuple[object, ...]], others: set[tuple[object, ...]]) -> str:
    """Return some of what only one of them shows."""
    return "\n".join(f"  {str(each)[:600]}" for each in [*(ones - others)][:2] + [*(others - ones)][:2])


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench.attacks.guessing [GUESSES]`: guessing passwords from many addresses, and over many accounts.

10,000 guesses (or GUESSES) on one account from 500 addresses, while its owner signs in again and again on a browser
that the account knows; then one address tries 1,000 accounts. The limits are those that the forum is shipped with.
Prints what was answered; exit status 1 when more guesses were looked at than the limits allow, or when the owner was
kept out. A guess "was looked at" when it was answered 422, "no account has this name and password": a refused one is
answered 429 before any password is checked, and the processor time of the web server says so too.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from limits import parse_many  # noqa: E402

from bench.attacks.browser import Answer, Browser  # noqa: E402
from bench.attacks.ground import PASSWORD, forum, say_where  # noqa: E402
from forum.config import LIMITS  # noqa: E402

GUESSES, ADDRESSES, ACCOUNTS = 10_000, 500, 1_000
OWNER = "martha"
OWNERS_ADDRESS = "198.51.100.7"  # RFC 5737
AT_ONCE = 4  # guesses under way
OWNER_COMES_EVERY = 500  # guesses


def main() -> int:
    """Return 1 when a promise of docs/security.md was broken."""
    guesses = int(sys.argv[1]) if len(sys.argv) > 1 else GUESSES
    say_where()
    crowd = [f"person{number:04}" for number in range(ACCOUNTS)]
    with forum({"TRUSTED_PROXIES": "1"}, [OWNER, *crowd], worker=False) as website:
        broken = on_one_account(website.port, website.web_pid, guesses)
        broken += over_many_accounts(website.port, crowd)
    print("\nKept." if not broken else f"\n{broken} promises were broken.")
    return min(broken, 1)


def on_one_account(port: int, pid: int, guesses: int) -> int:
    """Guess the owner's password from 500 addresses."""
    owner = Owner(port)
    cost = one_check(port)
    before, began = processor_seconds(pid), time.monotonic()
    answers = _guess_from_everywhere(port, guesses, owner)
    minutes = (time.monotonic() - began) / 60
    most = allowed("LOGIN_ACCOUNT", minutes)
    looked_at = sum(answer.status == 422 for answer in answers)
    say(f"{guesses:,} guesses on one account from {ADDRESSES} addresses, {minutes:.1f} minutes", answers)
    print(f"  passwords looked at: {looked_at} (the limits allow {most} in this time)")
    print(f"  processor time of the web server: {processor_seconds(pid) - before:.0f} s; one check costs {cost:.3f} s,")
    print(f"  so that looking at all of them would have cost {guesses * cost:.0f} s")
    print(f"  the owner, on a browser that the account knows: signed in {owner.entered} of {owner.tried} times,")
    middle, worst = 1000 * statistics.median(owner.seconds), 1000 * max(owner.seconds)
    print(f"  within {middle:.0f} ms (median), {worst:.0f} ms at worst")
    stranger = _sign_in(Browser(port, "198.51.100.8"), OWNER, PASSWORD)
    print(f"  the right password on a browser that it does not know: {stranger.status}")
    return int(looked_at > most) + int(owner.entered < owner.tried) + int(not owner.entered)


def _guess_from_everywhere(port: int, guesses: int, owner: Owner) -> list[Answer]:
    answers: list[Answer] = []
    waiting = iter(range(guesses))
    lock = threading.Lock()

    def guess() -> None:
        browser = Browser(port)
        browser.get("/login")
        while True:
            with lock:
                number = next(waiting, None)
            if number is None:
                return
            place = number % ADDRESSES
            browser.address = f"203.0.{113 + place // 250}.{place % 250 + 1}"
            answer = browser.post("/login", username=OWNER, password=f"guess number {number}")
            with lock:
                answers.append(answer)
                if number % OWNER_COMES_EVERY == OWNER_COMES_EVERY - 1:
                    owner.come()

    threads = [threading.Thread(target=guess) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Owner:
    """Has signed in before the attack on this browser, which the account therefore knows."""

    def __init__(self, port: int) -> None:
        self.tried = self.entered = 0
        self.seconds: list[float] = []
        self._browser = Browser(port, OWNERS_ADDRESS)
        if _sign_in(self._browser, OWNER, PASSWORD).status != 303:
            raise RuntimeError("the owner can't sign in before the attack has begun")

    def come(self) -> None:
        """Sign out and in again."""
        self._browser.get("/settings/profile")
        self._browser.post("/logout")
        answer = _sign_in(self._browser, OWNER, PASSWORD)
        self.tried += 1
        self.entered += answer.status == 303
        self.seconds.append(answer.seconds)


def over_many_accounts(port: int, crowd: list[str]) -> int:
    """Try one common password on a thousand accounts from one address."""
    browser = Browser(port, "192.0.2.44")
    browser.get("/login")
    began = time.monotonic()
    answers = [browser.post("/login", username=name, password="sunshine of summer") for name in crowd]
    minutes = (time.monotonic() - began) / 60
    most = min(allowed("LOGIN", minutes), allowed("LOGIN_FAILURES", minutes))
    looked_at = sum(answer.status == 422 for answer in answers)
    say(f"one address over {len(crowd):,} accounts, {minutes:.1f} minutes", answers)
    print(f"  passwords looked at: {looked_at} (the limits allow {most} in this time)")
    return int(looked_at > most)


def allowed(row: str, minutes: float) -> int:
    """Return how many tries the row lets through in so many minutes: the window moves, so one may begin anew in it."""
    items = parse_many(LIMITS[row].default)
    return min(item.amount * (1 + int(60 * minutes / item.get_expiry())) for item in items)


def one_check(port: int) -> float:
    """Return what looking at one password costs, by the fastest of some sign-ins (the machine is shared)."""
    spent = []
    for number in range(5):
        browser = Browser(port, f"198.51.100.{20 + number}")
        browser.get("/login")
        spent.append(browser.post("/login", username=f"nobody{number}", password="a wrong guess").seconds)
    return min(spent)


def processor_seconds(pid: int) -> float:
    """Return the processor time that the process group of `pid` has used up to now (Linux)."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == pid:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _sign_in(browser: Browser, name: str, password: str) -> Answer:
    browser.get("/login")
    return browser.post("/login", username=name, password=password)


def say(title: str, answers: list[Answer]) -> None:
    """Print how many were answered how, and how fast."""
    print(f"\n{title}")
    for status, count in sorted(Counter(answer.status for answer in answers).items()):
        middle = statistics.median(answer.seconds for answer in answers if answer.status == status)
        print(f"  {count:6,} × {status}, median {1000 * middle:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())

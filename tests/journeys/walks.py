"""Every type of page, as each of five people comes to it. A walk yields the name of each page as it lies open."""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from tests.journeys.hostile import LONG_THREAD, SLUG, TITLES

Walk = Callable[[Page], Iterator[str]]

PINNED = "/subthemes/youth-internet-culture", "Ask a children's-media researcher"
CORRECTED = "/subthemes/data-and-algorithms", "关掉“个性化推荐”之后"
QUESTION = "/subthemes/platform-economy", "4.8 分里有几分是真的"
EDITED = "/subthemes/internet-ecology", "We cut our forum's rules from 31 to 7"


def visitor(page: Page) -> Iterator[str]:
    """Somebody without an account."""
    for path in (
        "/",
        PINNED[0],
        "/search",
        "/search?q=网络 rules",
        "/search?q=qqqqqqqq",
        "/login",
        "/register",
        "/forgot",
    ):
        page.goto(path)
        yield path
    for path in (
        "/about",
        "/rules",
        "/experts",
        "/sessions",
        "/sessions/1",
        "/sessions/2",
        "/programme",
        "/programme/items/1",
        "/moderation/log",
        "/moderation/log/files",
        "/moderation/report",
        "/people/halvorsen",
        "/experts/credentials/1",
        "/people/xuyan",
        "/nowhere",
    ):
        page.goto(path)
        yield path
    for path in ("/login", "/register", "/forgot"):
        page.goto(path)
        send_empty(page, "main form:not([action='/consents'])")
        yield f"{path}, refused"
    page.goto("/forgot")
    page.locator("main form input[name=username]").fill("nobody-of-this-name")
    page.locator("main form .button-primary").click()
    expect(page.locator("main form input[name=username]")).to_have_count(0)
    yield "a link is on its way"
    for path in (
        "/reset/over",
        "/confirm/over",
        "/settings/email/over",
        "/mail/unsubscribe/over",
        "/terms",
        "/privacy",
    ):
        page.goto(path)
        yield path
    open_thread(page, *PINNED)
    yield "pinned thread with experts' answers"
    page.goto(f"{page.url}?experts=1")
    yield "experts' answers alone"
    open_thread(page, *EDITED)
    page.locator(".post-edited").first.click()
    yield "history of a post"
    open_thread(page, f"/subthemes/{SLUG}", LONG_THREAD)
    yield "long thread"
    page.goto(f"{page.url}?page=2")
    yield "long thread, second page"
    open_thread(page, f"/subthemes/{SLUG}", TITLES[1])
    yield "thread with hostile words"


def netizen(page: Page) -> Iterator[str]:
    """Alice."""
    private = ("/invitations", "/prove", "/messages", "/messages/new", "/programme/mine")
    for path in ("/", "/people/alice", "/notifications", "/subthemes/law-online/threads/new", *private):
        page.goto(path)
        yield path
    for part in ("profile", "avatar", "name", "email", "password", "security", "sessions", "mail", "ties", "trust"):
        page.goto(f"/settings/{part}")
        yield f"/settings/{part}"
    page.goto("/settings/security")
    page.locator("form[action$='/authenticator'] button").click()
    expect(page).to_have_url(re.compile("/authenticator/confirm$"))
    yield "setting up an authenticator"
    send_empty(page, "main li form")
    yield "setting up an authenticator, refused"
    others = ("/flags", "/settings/decisions", "/people/xuyan/flags", "/settings/age")
    for path in (*others, "/settings/data", "/settings/delete"):
        page.goto(path)
        yield path
    send_empty(page, "main form:has(#password)", button=".button-danger")
    yield "leaving, refused"
    page.goto("/subthemes/law-online/threads/new")
    send_empty(page, ".composer")
    yield "new thread, refused"
    open_thread(page, *PINNED)
    yield "thread with reply box"
    own = page.locator("article").filter(has=page.locator('a[href="/people/alice"]')).first
    own_address = own.locator(".post-number").get_attribute("href")
    for act in ("edit", "delete"):
        page.goto(f"{own_address}/{act}")
        yield act
    open_thread(page, *PINNED)
    page.locator("article a[href$='/flags']").first.click()
    yield "flag"
    send_empty(page, "main form:not([action='/consents'])")
    yield "flag, refused"
    open_thread(page, *QUESTION)
    page.locator("a[href$='/invite']").click()
    send_empty(page, "form[action$='/invite']")
    yield "inviting an expert, refused"
    open_thread(page, *EDITED)
    page.locator("a[href*='/threads/'][href$='/flags']").first.click()
    yield "flag a thread"
    open_thread(page, *PINNED)
    page.locator("#body").fill("*Preview* and `send`")
    page.locator("button[data-preview]").click()
    expect(page.locator("[data-preview-body] em")).to_be_visible()
    yield "thread with preview"
    page.context.clear_cookies(name="signin")
    page.locator(".composer .button-primary").click()
    expect(page.locator("textarea")).to_have_value("*Preview* and `send`")
    yield "signed out meanwhile"


def expert(page: Page) -> Iterator[str]:
    """Dr Chen."""
    page.goto("/experts/desk")
    yield "waiting questions"
    page.locator(".thread-list a").first.click()
    expect(page.locator("#credential")).to_be_visible()
    yield "pinned thread of her sub-theme"
    open_thread(page, *CORRECTED)
    page.locator(".post-expert a[href$='/edit']").first.click()
    page.locator(".composer textarea[name=body]").fill("另外的话。")  # what changes nothing needs no note
    send_empty(page, ".composer")
    yield "change of an answer without a note, refused"
    for path in ("/settings/credentials", "/experts/apply"):
        page.goto(path)
        yield path
    send_empty(page, "main form:has(#evidence)")
    yield "applying, refused"


def moderator(page: Page) -> Iterator[str]:
    """Bob."""
    page.goto("/moderation/cases")
    yield "queue"
    page.locator(".queue-row-title a").first.click()
    yield "case"
    send_empty(page, ".case-acts")
    yield "case, refused"
    page.goto("/moderation/bulk?lang=zh")
    yield "several cases at once"
    send_empty(page, "form.flow:has(.bulk-rows)")
    yield "several cases, refused"
    page.goto("/moderation/cases?source=screening")
    page.locator(".queue-row-title a").first.click()
    yield "held post"
    page.goto("/moderation/decisions/1")
    yield "decision"
    page.locator("a[href^='/moderation/cases/']").last.click()
    yield "decided case"
    open_thread(page, *PINNED)
    page.locator("a[href$='/manage']").click()
    yield "pin, lock or move"
    page.goto("/moderation/cases?subtheme=internet-charity")
    yield "queue of one sub-theme"
    page.goto("/moderation/screens")
    yield "watched words"
    page.goto("/moderation/screens/new")
    page.locator("textarea[name=words]").fill("the")
    page.locator("button[name=try]").click()
    yield "watched words, tried"
    for path in ("messages", "appeals", "inside", "second", "ranker", "credentials", "credentials/1"):
        page.goto(f"/moderation/{path}")
        yield f"/moderation/{path}"
    yield from conversation(page)


def conversation(page: Page) -> Iterator[str]:
    """A conversation that a moderator starts, for they may write to everybody."""
    page.goto("/messages/new")
    send_empty(page, ".composer")
    yield "new conversation, refused"
    for name, words in (("to", "alice"), ("title", "About your post"), ("body", "*Please* mind the tone.")):
        page.locator(f".composer [name={name}]").fill(words)
    page.locator(".composer .button-primary").click()
    expect(page.locator("article.post")).to_have_count(1)
    yield "conversation"
    address = page.url.partition("#")[0]
    page.locator("article.post .act-danger").click()
    yield "delete a message"
    page.goto(f"{address}/leave")
    yield "leave a conversation"
    page.goto("/messages")
    yield "conversations"


def admin(page: Page) -> Iterator[str]:
    """Carol."""
    page.goto("/notifications")
    yield "no notices"
    people = ("/admin/people", "/admin/people?q=a", "/admin/people/dr_chen", "/admin/people/wil/credentials/new")
    lists = ("/admin/people?list=joined", "/admin/people?list=suspended", "/admin/people/wil/network")
    merging = ("/admin/people/wil/merge", "/admin/people/wil/merge?into=alice", "/admin/people/wil/merge?into=nobody")
    joining = ("/admin/rules", "/admin/acts", "/admin/waiting", "/admin/registration", "/admin/security", "/admin/mail")
    subthemes = ("/admin/subthemes", "/admin/subthemes/new", "/admin/subthemes/law-online")
    for path in ("/admin", *subthemes, *people, *lists, *merging, *joining):
        page.goto(path)
        yield path
    page.goto("/admin/people/dr_chen")
    page.locator("a[href$='/revoke']").first.click()
    yield "revoke a credential"


def open_thread(page: Page, subtheme: str, title: str) -> None:
    """Open the thread whose title begins so, from its sub-theme's page."""
    page.goto(subtheme)
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def send_empty(page: Page, form: str, button: str = ".button-primary") -> None:
    """Send a form as it is, past the browser's own checks, and wait for the refusal."""
    page.locator(form).evaluate("form => { form.noValidate = true }")
    page.locator(f"{form} {button}").click()
    expect(page.get_by_role("alert")).to_be_visible()


WALKS: dict[str, Walk] = {"": visitor, "alice": netizen, "dr_chen": expert, "bob": moderator, "carol": admin}

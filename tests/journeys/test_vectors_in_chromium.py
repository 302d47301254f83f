"""X-1 in a real browser: the walls of tests/security, every open vector in every field, and not one script fires."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

import wsgi
from forum.core.database import db
from forum.search.actions import index_posts
from tests.core.corpora import corpus
from tests.plugins.browser import watch
from tests.plugins.servers import StartForum
from tests.security.test_vectors import OWN_SAMPLES
from tests.security.wall import TOKENS, Sight, Words, build
from tests.servers.website import Website, without_limits

pytestmark = pytest.mark.browser

# Whatever an attack would do first. What runs a text as code (eval, Function) the content policy refuses, and says so;
# Playwright needs them itself. `fired` is the test's own list.
TRIPWIRE = """
for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  window[name] = (...said) => { fired(name + ": " + said.join(" ").slice(0, 200)) }
}
for (const name of ["write", "writeln", "execCommand"]) {
  document[name] = (...said) => { fired("document." + name + ": " + said.join(" ").slice(0, 200)) }
}
const later = window.setTimeout
window.setTimeout = (what, ...rest) => typeof what === "function" ? later(what, ...rest) : fired("setTimeout: " + what)
navigator.sendBeacon = (to) => { fired("sendBeacon: " + to) }
document.addEventListener("securitypolicyviolation", (event) => fired("refused: " + event.blockedURI + event.sample))
"""
# What could still fire once somebody clicks or points.
LOADED = """() => [...document.querySelectorAll("*")].flatMap((element) => [
  ...element.getAttributeNames().filter((name) => /^on|^style$|^srcdoc$/.test(name)),
  ...["href", "action", "formaction", "src", "data", "xlink:href"].filter((name) => element.hasAttribute(name))
    .map((name) => new URL(element.getAttribute(name), document.baseURI).protocol)
    .filter((scheme) => !["http:", "https:", "mailto:", "webcal:"].includes(scheme)),
  ...(element.localName === "script" && !element.src ? ["inline script"] : []),
].map((what) => what + " on " + element.outerHTML.slice(0, 150)))"""


@pytest.fixture
def wall(forum_starter: StartForum) -> Callable[[Sequence[str]], tuple[Website, list[Sight]]]:
    """`wall(vectors)`: a forum that shows them, and the pages to look at."""

    def make(vectors: Sequence[str]) -> tuple[Website, list[Sight]]:
        words = Words.of(vectors)
        website = forum_starter(without_limits(), worker=False)
        settings = {"FORUM_INSTANCE": str(website.instance), "SITE_URL": website.url, "JOBS": "memory"}
        app = wsgi.create_app(settings)
        with app.app_context():
            sights = build(words)
            index_posts()
            db.session.remove()
            db.engine.dispose()
        return website, sights

    return make


@pytest.fixture
def fired() -> list[str]:
    """What the tripwire caught."""
    return []


@pytest.fixture
def look(browser: Browser, faults: list[str], fired: list[str]) -> Iterator[Callable[[Website, Sight], Page]]:
    """`look(website, sight)`: the page in a browser of its viewer, with the tripwire drawn."""
    contexts: dict[str, Any] = {}

    def on_dialog(dialog: Dialog) -> None:
        fired.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def page_of(website: Website, viewer: str) -> Page:
        if viewer not in contexts:
            context = contexts[viewer] = browser.new_context(base_url=website.url, locale="en-US")
            watch(context, website.url, faults)
            context.expose_function("fired", lambda what: fired.append(what))  # noqa: PLW0108  (needs a name)
            context.add_init_script(TRIPWIRE)
            if viewer:
                context.add_cookies([{"name": "signin", "value": TOKENS[viewer], "url": website.url}])
            context.new_page().on("dialog", on_dialog)
        return contexts[viewer].pages[0]

    def look(website: Website, sight: Sight) -> Page:
        page = page_of(website, sight.viewer)
        answer = page.goto(sight.path, wait_until="load")
        assert answer and answer.status == 200, sight
        return page

    yield look
    for context in contexts.values():
        context.close()


def test_the_tripwire_itself_catches(look: Any, wall: Any, fired: list[str], faults: list[str]) -> None:
    website, sights = wall(OWN_SAMPLES * 3)
    page = look(website, sights[0])
    page.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend", "<a id=trap href='javascript:alert(1)' onclick='alert(2)'>x</a>")
        alert(3)
    }""")
    assert any("alert: 3" in each for each in fired)
    assert {found.split(" on ")[0] for found in page.evaluate(LOADED)} == {"onclick", "javascript:"}
    page.click("#trap")
    page.wait_for_function("() => true")
    assert any(each.startswith("refused") for each in fired), "the content policy stops what gets through"
    faults.clear()


@pytest.mark.corpora
def test_no_vector_fires(look: Any, wall: Any, fired: list[str], faults: list[str]) -> None:
    website, sights = wall([vector["payload"] for vector in corpus("xss-vectors/xss-open.json")])
    for sight in sights:
        page = look(website, sight)
        assert page.evaluate(LOADED) == [], sight
        assert fired == [], sight
        assert faults == [], sight

"""Fixtures: pages in real Chromium, watched for script errors, refused content and foreign hosts; axe on a page."""

import contextlib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.servers.browser import arguments, chromium
from tests.servers.website import Website

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PATIENCE = 20_000.0  # ms; on a loaded machine a page may take seconds
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the test process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong inside the pages of this test. It must be empty at the end; a test may clear what it provoked."""
    return []


@pytest.fixture
def open_page(browser: Browser, website: Website, faults: list[str]) -> Iterator[OpenPage]:
    """`open_page(locale="zh-CN", **options)`: a page with cookies of its own; addresses are relative to the forum.

    Options are those of Playwright's `browser.new_context`; `base_url` picks another forum than the shared one.
    """
    contexts: list[BrowserContext] = []

    def open_page(locale: str = "en-US", **options: Any) -> Page:
        context = browser.new_context(**{**DESKTOP, "base_url": website.url, "locale": locale, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch(context, str(options.get("base_url", website.url)), faults)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "Faults inside the pages:\n" + "\n".join(faults)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page in English on a desk."""
    return open_page()


@pytest.fixture
def page_zh(open_page: OpenPage) -> Page:
    """A page in simplified Chinese on a desk."""
    return open_page("zh-CN")


@pytest.fixture
def page_without_js(open_page: OpenPage) -> Page:
    """A page with JavaScript off."""
    return open_page(java_script_enabled=False)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A page in English on a phone, 390 px wide."""
    return open_page(**PHONE)


@pytest.fixture
def phone_zh(open_page: OpenPage) -> Page:
    """A page in simplified Chinese on a phone, 390 px wide."""
    return open_page("zh-CN", **PHONE)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)`: what axe-core finds wrong with the page as it is now, one readable entry for each element."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

    def violations(page: Page) -> list[str]:
        page.evaluate(source)  # not a script element: the page's own content policy would refuse that
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:200]}"
            for rule in found
            for node in rule["nodes"]
        ]

    return violations


def watch(context: BrowserContext, home: str, faults: list[str]) -> None:
    """Note script errors, refused content, answers of 500 and more, and requests to any other host."""

    def on_console(message: ConsoleMessage) -> None:
        # A refused form (422, 429 ...) is an answer, not a fault; 5xx is noted by on_response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"console on {message.page and message.page.url}: {message.text}")

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != urlsplit(home).netloc:
            faults.append(f"a request to another host: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 500:
            faults.append(f"{response.status} from {response.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
    context.on("request", on_request)
    context.on("response", on_response)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep a picture of the pages of a failed test, and say where it lies."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.failed and call.when == "call" and browser:
        for number, page in enumerate(page for context in browser.contexts for page in context.pages):
            picture = item.config.rootpath / ".pytest_cache" / "pictures" / f"{item.name}-{number}.png"
            with contextlib.suppress(Error):  # a page that hangs has no picture, and its failure is told already
                page.screenshot(path=picture, full_page=True, timeout=5000)
                report.sections.append(("a picture of the page", f"{page.url}\n{picture}"))
    return report

"""Journey: a credential is applied for and granted; its holder is named for a session with experts, people ask and
support, questions are sorted, the expert answers, and it is archived."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from forum.subthemes.seven import SEVEN
from tests.journeys.acts import notice, open_until, unmistakable
from tests.journeys.conftest import Meet
from tests.journeys.ways import Way

pytestmark = pytest.mark.browser

SLUG = "platform-economy"
ABOUT = {"en": "What ratings are worth.", "zh_Hans": "评分值多少。"}
NAMES = "修自行车也修路由器的老周", "谭老师"  # of those who apply
REASON = "It is about telephones."


@pytest.mark.parametrize(
    ("language", "scripts"), [("en", True), ("zh_Hans", False)], ids=["english-scripts", "chinese-no-scripts"]
)
def test_from_the_application_to_the_archive(meet: Meet, language: str, scripts: bool) -> None:
    way = Way(language, by_keyboard=False)
    title, badge = f"Ask about stars {unmistakable()}", f"Assessor {unmistakable()}"
    asked, again, other = (
        f"{words} {unmistakable()}"
        for words in ("Who may take a star away?", "Can reviews be withdrawn?", "Which telephone shall I buy?")
    )
    name = way.one_of("laozhou", "tanlaoshi")
    applicant, host = meet(name, language), meet("bob", language)
    _apply(applicant, way, badge)
    _grant(host, badge)
    address = _plan(host, title, badge)
    expect(host.locator(".session-about")).to_have_text(ABOUT[language])
    _next_state(host, address)

    # Three people ask, and the last of them asks the first question too.
    alice, priya, marek = (meet(person, language) for person in ("alice", "priya", "marek"))
    for person, question in ((alice, asked), (priya, again), (marek, other)):
        person.goto(address)
        person.locator("#write textarea[name=body]").fill(question)
        person.locator("#write .composer-acts button.button-primary").click()
        expect(person.locator("#mine")).to_contain_text(question)
    marek.goto("/sessions")
    marek.get_by_role("link", name=title).click()
    _question(marek, asked).locator("form[action$='/support'] button").click()
    expect(_question(marek, asked).locator(".question-count")).to_contain_text("2")

    # The host sorts them: two are one, one is declined, and what is left goes to the expert.
    number = (_question(host, asked, address).locator("article").get_attribute("id") or "").removeprefix("post-")
    desk = f"{address.rpartition('/')[0]}/desk"
    _choose(host, desk, again)
    host.locator("#into").fill(number)
    host.locator("form:has(#into) button").click()
    _choose(host, desk, other)
    host.locator("form[data-decide] textarea[name=reason]").fill(REASON)
    host.locator("form[data-decide] button").click()
    _choose(host, desk, asked)
    expect(host.locator(".queue-row")).to_have_count(1)
    expect(host.locator("#case-title")).to_contain_text("3")
    host.locator("select[name=expert]").select_option(index=1)
    host.locator("form:has(select[name=expert]) button").click()
    expect(host.locator("select[name=expert]")).not_to_have_value("")
    _next_state(host, address)
    marek.goto(address)
    expect(marek.locator("#mine")).to_contain_text(REASON)
    priya.goto(address)
    expect(priya.locator("#mine").get_by_role("link")).to_have_attribute("href", re.compile(f"#post-{number}$"))

    # The expert finds it on the desk and answers; all who asked it are told.
    applicant.goto("/experts/desk")
    applicant.get_by_role("link", name=asked).first.click()
    applicant.locator("#write textarea[name=body]").fill("Only whoever gave it, or a court.")
    applicant.locator("#write .composer-acts button.button-primary").click()
    answer = applicant.locator(".question-answer .post-expert").filter(has_text="Only whoever gave it")
    expect(answer.locator(".badge")).to_contain_text(badge)
    answered = way.words("%(who)s answers as an expert in “%(title)s”.", who=way.one_of(*NAMES), title=title)
    for person in (alice, priya, marek):
        open_until(person, "/notifications", notice(person, answered))

    _next_state(host, address)
    _next_state(host, address)
    reader = meet("", language)
    reader.goto(address)
    reader.locator(".session-contents").get_by_role("link", name=asked).click()
    assert re.search(rf"\?from={number}#post-{number}$", reader.url)
    expect(reader.locator(".question-answer")).to_contain_text("Only whoever gave it")
    expect(reader.locator("#write")).to_have_count(0)


def _apply(page: Page, way: Way, badge: str) -> None:
    """Apply for a credential of the sub-theme."""
    place = next(theme for theme in SEVEN if theme.slug == SLUG)
    page.goto("/experts/apply")
    page.locator("#subtheme").select_option(label=way.one_of(place.name_en, place.name_zh))
    page.locator("#title").fill(badge)
    page.locator("#organization").fill("Harbour Works")
    page.locator("#sector").select_option("private")
    page.locator("input[name=languages]").first.check()
    page.locator("#evidence").fill("I am on the works' page.")
    page.locator("form:has(#evidence) .composer-acts button").click()
    expect(page.get_by_text(badge)).to_be_visible()


def _grant(host: Page, badge: str) -> None:
    """Find the application on the desk and grant it."""
    host.goto("/moderation/credentials")
    host.get_by_role("link", name=badge).click()
    host.locator("form[action$='/grant'] button").click()
    expect(host.get_by_role("link", name=badge)).to_have_count(0)


def _plan(host: Page, title: str, badge: str) -> str:
    """Plan a session with the expert of this badge; return its address."""
    host.goto(f"/subthemes/{SLUG}/sessions/new")
    host.locator("#title").fill(title)
    host.locator("#description_en").fill(ABOUT["en"])
    host.locator("#description_zh").fill(ABOUT["zh_Hans"])
    host.locator("main").get_by_role("checkbox", name=badge).check()
    host.locator("form:has(#title) button[type=submit]").first.click()
    expect(host.get_by_role("heading", level=1, name=title)).to_be_visible()
    return host.url


def _next_state(host: Page, address: str) -> None:
    """Bring the session into its next state, on the page of its plan."""
    host.goto(f"{address.rpartition('/')[0]}/change")
    host.locator("form[action$='/advance'] button").click()
    expect(host.locator(".session-clock .is-now")).to_be_visible()


def _question(page: Page, words: str, address: str = "") -> Locator:
    """Return the question with these words on the session's page, which is opened first where it is given."""
    if address:
        page.goto(address)
    return page.locator("li.session-question").filter(has_text=words)


def _choose(host: Page, desk: str, words: str) -> None:
    """Open the desk with this question chosen."""
    host.goto(desk)
    host.locator(".queue").get_by_role("link", name=words).click()
    expect(host.locator(".case-body")).to_contain_text(words)

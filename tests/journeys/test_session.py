"""Journey: a host plans a session, people ask and support, questions are sorted, the expert answers, it is archived."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import unmistakable
from tests.journeys.conftest import Meet

pytestmark = pytest.mark.browser


def next_state(host: Page, address: str) -> None:
    """Bring the session into its next state, on the page of its plan."""
    host.goto(f"{address.rpartition('/')[0]}/change")
    host.locator("form[action$='/advance'] button").click()
    expect(host.locator(".session-clock .is-now")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scripts"), [("en", True), ("zh_Hans", False)], ids=["english-scripts", "chinese-no-scripts"]
)
def test_from_the_plan_to_the_archive(meet: Meet, language: str, scripts: bool) -> None:
    title, asked = f"Ask about stars {unmistakable()}", f"Who may take a star away? {unmistakable()}"
    host = meet("bob", language)
    host.goto("/subthemes/platform-economy/sessions/new")
    host.locator("#title").fill(title)
    host.locator("#description_en").fill("What ratings are worth.")
    host.locator("#description_zh").fill("评分值多少。")
    host.locator("input[name=experts]").first.check()
    host.locator("form:has(#title) button[type=submit]").first.click()
    expect(host.get_by_role("heading", level=1, name=title)).to_be_visible()
    address = host.url
    expect(host.locator(".session-about")).to_have_text(
        "评分值多少。" if language == "zh_Hans" else "What ratings are worth."
    )
    next_state(host, address)

    asker = meet("alice", language)
    asker.goto(address)
    asker.locator("#write textarea[name=body]").fill(asked)
    asker.locator("#write .composer-acts button.button-primary").click()
    expect(asker.locator("#mine")).to_contain_text(asked)

    other = meet("priya", language)
    other.goto("/sessions")
    other.get_by_role("link", name=title).click()
    question = other.locator("li.session-question").filter(has_text=asked)
    question.locator("form[action$='/support'] button").click()
    expect(other.locator("li.session-question").filter(has_text=asked).locator(".question-count")).to_contain_text("2")

    host.goto(f"{address.rpartition('/')[0]}/desk")
    host.locator("select[name=expert]").select_option(index=1)
    host.locator("form:has(select[name=expert]) button").click()
    expect(host.locator("select[name=expert]")).not_to_have_value("")
    next_state(host, address)

    chen = meet("dr_chen", language)
    chen.goto("/experts/desk")
    chen.get_by_role("link", name=asked).first.click()
    chen.locator("#write textarea[name=body]").fill("Only whoever gave it, or a court.")
    chen.locator("#write .composer-acts button.button-primary").click()
    answer = chen.locator(".question-answer .post-expert").filter(has_text="Only whoever gave it")
    expect(answer.locator(".badge")).to_contain_text("白鹭洲大学")

    next_state(host, address)
    next_state(host, address)
    reader = meet("", language)
    reader.goto(address)
    reader.locator(".session-contents").get_by_role("link", name=asked).click()
    assert re.search(r"\?from=\d+#post-\d+$", reader.url)
    expect(reader.locator(".question-answer")).to_contain_text("Only whoever gave it")
    expect(reader.locator("#write")).to_have_count(0)

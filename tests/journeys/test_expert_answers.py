"""Journey: a moderator pins a question, and the expert of its sub-theme answers it with her badge."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import WITH_AND_WITHOUT_SCRIPTS, box_of, post_with, reply, start_thread, unmistakable
from tests.journeys.conftest import Meet

pytestmark = pytest.mark.browser


@WITH_AND_WITHOUT_SCRIPTS
def test_dr_chen_answers_as_an_expert(meet: Meet) -> None:
    title = f"Does a star rating forget? {unmistakable()}"
    address = start_thread(meet("wil"), "platform-economy", title, "My roses had one bad review in 2015.")
    bob = meet("bob")
    bob.goto(address)
    reply(bob, "A question for our experts, so I pin it.")
    bob.get_by_role("link", name="Pin, lock, slow down or move").click()
    bob.get_by_role("button", name="Pin it").click()
    expect(bob.get_by_text("Pinned", exact=True).first).to_be_visible()

    # It waits on her desk.
    chen = meet("dr_chen")
    waiting = chen.get_by_role("list", name="Waiting for my answer")
    chen.goto("/experts/desk")
    waiting.get_by_role("link", name=title).click()

    # She answers with the credential of this sub-theme, the only one that is offered.
    choice = chen.get_by_label("Answer as")
    expect(choice.get_by_role("option")).to_have_text(
        ["myself, without a badge", "副研究员（平台评价与信用）, 白鹭洲大学算法与社会研究所"]
    )
    choice.select_option(index=1)
    box_of(chen).fill("Most averages fade: old stars weigh less each month.")
    chen.get_by_role("button", name="Post reply").click()
    answer = post_with(chen, "Most averages fade")
    expect(answer.get_by_role("img", name="Verified expert")).to_be_visible()
    expect(answer.locator(".badge")).to_contain_text("副研究员（平台评价与信用）")

    # Everybody can read the experts' answers alone.
    reader = meet()
    reader.goto(address)
    reader.get_by_role("link", name="Read the experts' answers alone").click()
    assert reader.url.endswith("?experts=1")
    expect(reader.get_by_role("article")).to_have_count(1)
    expect(post_with(reader, "Most averages fade").locator(".badge")).to_contain_text("白鹭洲大学算法与社会研究所")

    # And it no longer waits.
    chen.goto("/experts/desk")
    expect(chen.get_by_role("region", name="Answered lately by you").get_by_role("link", name=title)).to_be_visible()
    expect(waiting.get_by_role("link", name=title)).to_have_count(0)

"""Journey: a post is hidden, its author appeals, another moderator overturns it, and the post is back."""

import re

import pytest
from playwright.sync_api import expect

from forum.samples import PASSWORD
from tests.journeys.acts import notice, open_until, post_with, unmistakable
from tests.journeys.conftest import Travel
from tests.journeys.town import Town
from tests.journeys.ways import BOTH_WAYS, Way
from tests.servers.robot import Robot

pytestmark = [pytest.mark.browser, BOTH_WAYS]

WORDS = "It was said among shopkeepers, who all laughed."
REPLY = "You are right: nobody was named."


def somebody(town: Town, name: str) -> Robot:
    """Return somebody signed in, of whom only what they send matters here."""
    robot = Robot(town.url)
    robot.sign_in(name, PASSWORD)
    return robot


def hidden_post(town: Town, author: str, bob: Robot, word: str) -> tuple[str, int]:
    """Let the author post, a reader flag it and bob hide it; return the thread's address and the decision."""
    town.rows("UPDATE users SET trust_level = 2 WHERE username = :name", name=author)  # so that nothing is held
    writer = somebody(town, author)
    title = f"Returns after a fortnight {word}"
    status, thread = writer.send("/subthemes/platform-economy/threads/new", title=title, body=f"A shirt and a {word}.")
    assert status == 303, thread
    ((post,),) = town.rows("SELECT id FROM posts WHERE body LIKE :words", words=f"%{word}%")
    status, said = somebody(town, "anan").send(f"/posts/{post}/flags", reason="abuse", note="He means customers.")
    assert status == 303, said
    ((case, version),) = town.rows("SELECT id, version FROM cases WHERE post_id = :post", post=post)
    decision = {"outcome": "hide", "rule": "abuse", "reason": "No names, please.", "revision": "1"}
    status, said = bob.send(f"/moderation/cases/{case}/decisions", version=str(version), **decision)
    assert status == 303, said
    ((made,),) = town.rows("SELECT id FROM decisions WHERE case_id = :case", case=case)
    return thread, int(str(made))


def test_from_the_notice_to_the_post_that_is_back(town: Town, travel: Travel, way: Way) -> None:
    name, word = "haoping", unmistakable()
    bob = somebody(town, "bob")
    thread, decision = hidden_post(town, name, bob, word)
    person = travel(name, word, "Returns", "after", "fortnight")
    person.signs_in(name)
    told = notice(person.page, re.compile(word))
    open_until(person.page, "/notifications", told)
    person.uses(told)
    person.reads("Your post was hidden")
    person.types("Why is the decision wrong?", WORDS)
    person.presses("Send the appeal")
    person.reads("Somebody other than the one who decided looks at it. You will be told, and the reply stands here.")
    person.looks()

    # bob decided it, and may not answer; xiaoman does.
    ((appeal,),) = town.rows("SELECT id FROM appeals WHERE decision_id = :id", id=decision)
    answered = {"outcome": "overturn", "reply": REPLY, "version": "1", "revision": "1"}
    assert bob.send(f"/moderation/appeals/{appeal}/decisions", **answered)[0] == 403
    other = travel("xiaoman", word, name)
    other.signs_in("xiaoman")
    other.opens(f"/moderation/appeals/{appeal}")
    expect(other.page.get_by_text(WORDS)).to_be_visible()
    other.looks()
    other.ticks(other.page.locator("input[type=radio][value=overturn]"))
    other.types("Reply, which whoever appealed reads", REPLY)
    other.presses("Answer")
    other.reads("The decision was overturned")

    # The author reads the reply, and everybody the post.
    open_until(person.page, f"/moderation/decisions/{decision}", person.page.get_by_text(REPLY))
    person.reads("The post is back in its place and can be seen by everybody.")
    person.looks()
    reader = travel()
    reader.opens(thread)
    expect(post_with(reader.page, word).first).to_be_visible()

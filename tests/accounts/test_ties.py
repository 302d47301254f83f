"""Muting and blocking: what is folded up, who hears nothing, and that the other sees no difference."""

import re

import pytest
from sqlalchemy import select

from forum.accounts import ties
from forum.accounts.models import Tie
from forum.core import markup
from forum.core.database import db, transaction
from forum.core.errors import Refused
from forum.notifications.models import Notification
from forum.search import actions as search
from forum.threads import actions, lists, states
from forum.threads.models import Post
from tests.core.html_trees import whole_page


@pytest.fixture
def told():
    """`told(alice)`: the kinds of her notices."""

    def kinds(user):
        db.session.rollback()
        query = select(Notification.kind).where(Notification.user_id == user.id).order_by(Notification.id)
        return list(db.session.scalars(query))

    return kinds


def url(thread):
    return f"/threads/{thread.id}/{thread.slug}"


@pytest.mark.parametrize(("kind", "said"), [("mute", "You muted"), ("block", "You blocked")])
def test_posts_are_folded_up_for_me_alone(as_, client, thread, alice, ann, bob, kind, said):
    assert said not in as_(alice).get(url(thread)).text
    assert ties.keep(ann, kind, by=alice)
    page = as_(alice).get(url(thread)).text
    assert page.count('<details class="post-kept-away"') == 2 and page.count(said) == 2
    assert "There is a rule about it since March." in page, "without JavaScript too it can be opened"
    for other in (client, as_(ann), as_(bob)):
        assert "post-kept-away" not in other.get(url(thread)).text


def test_experts_answers_are_folded_up_too(as_, pinned, alice, dr_chen):
    from forum.experts.queries import in_force_of

    actions.post_reply(pinned, dr_chen, "It is done so.", in_force_of(dr_chen)[0])
    ties.keep(dr_chen, "mute", by=alice)
    assert "You muted" in as_(alice).get(url(pinned) + "?experts=1").text


def test_nobody_is_offered_to_keep_a_deleted_account_away(as_, thread, alice, ann):
    assert "Mute the author" in as_(alice).get(url(thread)).text
    with transaction() as session:
        for post in session.scalars(select(Post).where(Post.author_id == ann.id)):
            post.author.standing = "closed"
    assert "Mute the author" not in as_(alice).get(url(thread)).text


@pytest.mark.parametrize("kind", ["mute", "block"])
def test_nothing_of_theirs_is_told(thread, alice, ann, mallory, bob, work, told, kind):
    mine = actions.post_reply(thread, mallory, "Only the platform knows.")
    work()
    before = told(mallory)
    ties.keep(ann, kind, by=mallory)
    actions.post_reply(thread, ann, "@mallory, really?")
    actions.post_reply(thread, ann, markup.quote("mallory", mine.id, mine.body) + "\nDo they?")
    actions.post_reply(thread, ann, "No.", parent=mine)
    work()
    assert told(mallory) == before
    assert "reply" in told(alice), "others hear of it"
    actions.post_reply(thread, bob, "@mallory is right.")
    work()
    assert told(mallory) == [*before, "mention"], "and she hears of others"


def test_the_thread_of_the_muted_is_quiet_until_the_tie_ends(thread, alice, ann, work, told):
    ties.keep(ann, "mute", by=alice)
    work()
    assert told(alice) == []
    ties.keep(ann, "none", by=alice)
    actions.post_reply(thread, ann, "Again.")
    work()
    assert told(alice) == ["reply"]


def test_decisions_arrive_from_a_blocked_moderator(thread, alice, bob, work, told):
    from moderation import flags
    from moderation.decisions import decide

    ties.keep(bob, "block", by=alice)
    post = actions.post_reply(thread, alice, "Buy this.")
    decide(flags.flag_post(post, bob, "spam").case_id, _other_moderator(), "hide", "It sells something.", "spam")
    ties.keep(_other_moderator(), "block", by=alice)
    work()
    assert "decision" in told(alice)


def _other_moderator():
    from forum.accounts.queries import by_username
    from tests.people import make_person

    return by_username("bea") or make_person("bea", role="moderator")


def test_only_a_block_keeps_messages_away_and_never_a_moderators(alice, ann, bob, carol):
    assert not ties.keeps_away(alice.id, ann.id)
    ties.keep(ann, "mute", by=alice)
    assert not ties.keeps_away(alice.id, ann.id)
    ties.keep(ann, "block", by=alice)
    assert ties.keeps_away(alice.id, ann.id) and not ties.keeps_away(ann.id, alice.id)
    for staff in (bob, carol):
        ties.keep(staff, "block", by=alice)
        assert not ties.keeps_away(alice.id, staff.id)


def test_the_blocked_see_the_same_pages(as_, thread, alice, ann):
    pages = ("/people/alice", "/", url(thread), "/notifications", "/settings/ties")
    before = [_bare(as_(ann).get(page).text) for page in pages]
    ties.keep(ann, "block", by=alice)
    assert [_bare(as_(ann).get(page).text) for page in pages] == before
    answer = as_(ann).send(f"/threads/{thread.id}/posts", body="@alice, hello?")
    assert answer.status_code == 303


def _bare(page: str) -> str:
    """Return the page without what is new each time, and without what her own reading changes."""
    page = re.sub(r'(name="(csrf_token|form_token)"[^>]*) value="[^"]*"', r"\1", page)
    return re.sub(r'<span class="unread-dot">.*?</span></span>| is-unread', "", page)


def test_from_a_post_and_back_to_it(as_, thread, alice, ann):
    browser = as_(alice)
    page = browser.get(url(thread)).text
    assert page.count("Mute the author") == page.count("Block the author") == 2, "not on one's own post"
    back = f"{url(thread)}#post-2"
    answer = browser.send("/people/ann/tie", kind="mute", next=back)
    folded = f"{url(thread)}#folded-2"
    assert (answer.status_code, answer.location) == (303, folded), "at #post-2 a browser would open what was folded up"
    page = browser.get(url(thread)).text
    assert 'id="folded-2"' in page
    assert browser.send("/people/ann/tie", kind="none", next=back).location == back
    browser.send("/people/ann/tie", kind="mute", next=back)
    page = browser.get(url(thread)).text
    assert "You have muted" in page and "Unmute the author" in page and "Mute the author<" not in page
    assert browser.send("/people/ann/tie", kind="block", next="//evil.example/").location == "/people/ann"


def test_the_menus_of_a_page_are_buttons_of_one_form_that_stands_there_once(as_, client, thread, alice, ann):
    here = f"{url(thread)}?page=1"
    browser = as_(alice)
    page = whole_page(browser.get(here).text)
    (form,) = [form for form in page.iter("form") if form.get("id") == "ties"]
    sent = {field.get("name"): field.get("value") for field in form.iter("input")}
    assert set(sent) == {"csrf_token", "next"} and sent["next"] == here and form.get("method") == "post"
    buttons = [button for button in page.iter("button") if button.get("form") == "ties"]
    assert sorted(button.get("value") for button in buttons) == ["block", "block", "mute", "mute"]
    mute = next(one for one in buttons if one.get("formaction").endswith("at=post-2") and one.get("value") == "mute")
    answer = browser.post(mute.get("formaction"), data={**sent, mute.get("name"): mute.get("value")})
    assert (answer.status_code, answer.location) == (303, f"{here}#folded-2")
    drawn = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(drawn) == len(set(drawn)), "what is hidden in forms is drawn once"
    assert 'id="ties"' not in client.get(here).text, "a visitor keeps nobody away"


@pytest.mark.parametrize("at", ["post-2x", "post-", "post-2#post-3", "//evil.example", "x" * 99, "post-２"])
def test_nobody_is_led_to_what_is_no_post(as_, alice, ann, at):
    browser = as_(alice)
    form = {"csrf_token": browser.csrf_token(), "kind": "mute", "next": "/about"}
    answer = browser.post("/people/ann/tie", query_string={"at": at}, data=form)
    assert (answer.status_code, answer.location) == (303, "/about")


def test_from_the_persons_page(as_, client, alice, ann):
    browser = as_(alice)
    assert 'value="mute"' in browser.get("/people/ann").text
    browser.send("/people/ann/tie", kind="block")
    page = browser.get("/people/ann").text
    assert "You have blocked this person." in page and 'value="none"' in page and 'value="block"' not in page
    assert 'id="tie"' not in client.get("/people/ann").text and 'id="tie"' not in browser.get("/people/alice").text
    browser.send("/people/ann/tie", kind="none")
    assert db.session.scalar(select(Tie.kind)) is None


def test_the_list(as_, alice, ann, bob):
    browser = as_(alice)
    assert "Nobody" in browser.get("/settings/ties").text
    ties.keep(ann, "mute", by=alice)
    ties.keep(bob, "block", by=alice)
    page = browser.get("/settings/ties").text
    assert page.count("<tr>") == 3 and "@ann" in page and "@bob" in page
    assert "@ann" not in as_(bob).get("/settings/ties").text


@pytest.mark.parametrize(("name", "kind"), [("alice", "mute"), ("ann", "hate"), ("ann", "")])
def test_refusals(as_, alice, ann, name, kind):
    assert as_(alice).send(f"/people/{name}/tie", kind=kind).status_code == 422
    assert db.session.scalar(select(Tie.kind)) is None


def test_there_is_a_readable_end(alice, ann, bob, monkeypatch, as_):
    monkeypatch.setattr(ties, "TIES_MOST", 1)
    assert ties.keep(ann, "mute", by=alice) and not ties.keep(ann, "mute", by=alice)
    assert ties.keep(ann, "block", by=alice), "a change takes no more room"
    with pytest.raises(Refused, match="1 people"):
        ties.keep(bob, "mute", by=alice)
    assert "You keep 1 people away already" in as_(alice).send("/people/bob/tie", kind="mute").text
    assert ties.keep(ann, "none", by=alice) and ties.keep(bob, "mute", by=alice)


def test_quiet_lines_of_removed_posts_stay_as_they_are(as_, thread, alice, ann, bob):
    ties.keep(ann, "mute", by=alice)
    states.remove_post(db.session.scalar(select(actions.Post).where(actions.Post.position == 2)), bob, "abuse")
    page = as_(alice).get(url(thread)).text
    assert page.count('<details class="post-kept-away"') == 1 and "Removed by a moderator" in page


def test_one_statement_for_any_number_of_authors(alice, person, statements):
    people = [person(f"p{n}") for n in range(30)]
    with transaction() as session:
        session.add_all(Tie(user_id=alice.id, other_id=one.id, kind="mute") for one in people)
    with statements() as seen:
        assert len(ties.among(alice.id, [one.id for one in people])) == 30
        assert ties.deaf_to(people[0].id, [alice.id, people[1].id]) == {alice.id}
    assert len(seen) == 2
    with statements() as none:
        assert ties.among(alice.id, []) == {} and ties.deaf_to(alice.id, []) == set()
    assert none == []


def test_threads_of_the_blocked_are_not_in_my_lists_and_those_of_the_muted_are(
    as_, client, subtheme, alice, ann, bob, statements
):
    mine, theirs = (actions.start_thread(subtheme, by, f"Begun by {by.username}", "Text.") for by in (alice, ann))
    browser, places = as_(alice), ("/", f"/subthemes/{subtheme.slug}")

    def listed(reader):
        return [[thread.title in reader.get(place).text for thread in (mine, theirs)] for place in places]

    assert listed(browser) == [[True, True]] * 2
    ties.keep(ann, "mute", by=alice)
    assert listed(browser) == [[True, True]] * 2
    with statements() as before:
        browser.get(places[1])
    ties.keep(ann, "block", by=alice)
    with statements() as after:
        browser.get(places[1])
    assert len(after) == len(before)
    assert listed(browser)[1] == [True, False]
    assert theirs.title not in [thread.title for thread in lists.latest(viewer=alice).items]
    ties.keep(ann, "block", by=bob)
    for other in (client, as_(ann), as_(bob)):  # a moderator has to see everything
        assert listed(other) == [[True, True]] * 2
    assert browser.get(url(theirs)).status_code == 200, "a link leads there all the same"


def test_what_is_found_is_folded_up_too(as_, client, thread, alice, ann, work, statements):
    search.rebuild()
    actions.post_reply(thread, ann, "The quincebramble blooms late.")
    work()
    browser, found = as_(alice), "/search?q=quincebramble"
    with statements() as before:
        assert "blooms late" in browser.get(found).text
    ties.keep(ann, "mute", by=alice)
    with statements() as after:
        page = browser.get(found).text
    assert "blooms late" not in page and "You muted" in page and "/posts/" in page
    assert len(after) == len(before)
    assert "blooms late" in client.get(found).text

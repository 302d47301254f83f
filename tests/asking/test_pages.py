"""The pages of a session, as people use them: ask, support, answer, comment, sum up; without scripts."""

from __future__ import annotations

import re

import pytest

from forum.asking import queries, transitions
from forum.asking.models import AskSession, Question, QuestionSupport
from forum.core.database import db, transaction
from forum.threads import states
from forum.threads.models import Post
from tests.asking.conftest import answer, present

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
MOST = 24  # statements of a session's page for somebody signed in


@pytest.fixture
def address(session):
    return f"/sessions/{session.id}/{session.thread.slug}"


def write(client, session, body, **fields):
    return client.send(f"/sessions/{session.id}/posts", body=body, form_token=body[:40], **fields)


def test_a_session_is_planned_on_the_page_and_listed(as_, client, bob, dr_chen, subtheme, clock):
    page = as_(bob).get(f"/subthemes/{subtheme.slug}/sessions/new")
    assert "陈博士" in page.text and "Plan a session" in as_(bob).get(f"/subthemes/{subtheme.slug}").text
    names = ("opens_at", "answers_at", "closes_at", "archives_at")
    times = {name: re.search(f'name="{name}"[^>]*value="([^"]+)"', page.text)[1] for name in names}
    fields = {"title": "Ask us", "description_en": "About feeds.", "description_zh": "关于信息流。", "capacity": 2,
              "experts": dr_chen.id, "form_token": "t", **times}  # fmt: skip
    sent = as_(bob).send(f"/subthemes/{subtheme.slug}/sessions/new", **fields)
    assert (
        sent.status_code == 303
        and as_(bob).send(f"/subthemes/{subtheme.slug}/sessions/new", **fields).location == sent.location
        and db.session.query(AskSession).count() == 1
    )
    page = client.get(sent.location).text
    assert "About feeds." in page and "关于信息流。" not in page and "Announced" in page and "data-left" in page
    for place in ("/sessions", "/", f"/subthemes/{subtheme.slug}"):
        assert sent.location.rpartition("/")[0] in client.get(place).text
    assert client.get(sent.location.rpartition("/")[0] + "/other").status_code == 301
    refused = as_(bob).send(f"/subthemes/{subtheme.slug}/sessions/new", **{**fields, "closes_at": "x", "title": ""})
    assert refused.status_code == 422 and "About feeds." in refused.text


def test_from_a_question_to_its_answer_and_the_comments(as_, client, session, at, alice, ann, dr_chen, bob, address):
    at("collecting")
    assert write(as_(alice), session, "Who checks the ranking of feeds?").status_code == 303
    question = db.session.query(Question).one()
    seen = as_(ann).get(address).text
    assert (
        "I ask this too" in seen and "1 person asks this" in seen and ">Answer<" not in as_(dr_chen).get(address).text
    )
    assert as_(ann).send(f"/questions/{question.post_id}/support").status_code == 303
    assert "2 people ask this" in client.get(address).text and "Sign in to take part" in client.get(address).text
    at("answering")
    for place in ("/", f"/subthemes/{session.thread.subtheme.slug}", "/sessions"):
        assert client.get(place).text.count("Experts answer") == 1, "the state stands there once"
    assert "?under=" in as_(dr_chen).get(address).text and "?under=" not in as_(ann).get(address).text
    box = as_(dr_chen).get(f"{address}?under={question.post_id}").text
    credential = re.search(r'<option[^>]*value="(\d+)"', box)[1]
    source = {"listed-title": "The rule itself", "listed-address": "https://law.example.org/rule"}
    sent = write(as_(dr_chen), session, "We do.", parent=question.post_id, credential=credential, **source)
    assert sent.status_code == 303
    answered = db.session.query(Post).filter(Post.credential_id.is_not(None)).one()
    assert write(as_(ann), session, "Thank you.", parent=answered.id).status_code == 303
    page = client.get(sent.location.partition("#")[0]).text
    assert page.index("Who checks") < page.index("We do.") < page.index("Thank you.")
    carried = page.split("We do.")[1].split("Thank you.")[0]
    assert "Declared interests" in carried and 'href="https://law.example.org/rule"' in carried
    assert "No question waits" in client.get(address).text
    too_late = write(as_(ann), session, "And who pays?")
    assert too_late.status_code == 403 and "experts are answering" in too_late.text
    assert ">And who pays?</textarea>" in too_late.text.replace("\r\n", "")
    refused = write(as_(ann), session, "I know it", parent=question.post_id)
    assert refused.status_code == 403 and "I know it</textarea>" in refused.text
    at("closed")
    assert write(as_(bob), session, "What we learned. " * 100).status_code == 303
    assert "Summary by the host" in client.get(address).text and present(session).summary_id
    states.hide_post(db.session.get(Post, present(session).summary_id), bob, "r2")
    assert present(session).summary_id is None
    at("archived")
    assert "Contents" in client.get(address).text and "Write the summary" not in as_(bob).get(address).text


def test_what_reads_nearly_the_same_is_shown_before_it_is_asked_again(as_, session, at, alice, ann, work, address):
    at("collecting")
    write(as_(alice), session, "Who checks the ranking of feeds in this country?")
    work()  # into the index
    found = as_(ann).get(f"/sessions/{session.id}/similar?q=ranking feeds")
    assert "Who checks the ranking" in found.text and "<html" not in found.text
    assert as_(ann).get(f"/sessions/{session.id}/similar?q=x").text.strip() == ""
    again = "Who checks the ranking of feeds in this country, please?"
    shown = write(as_(ann), session, again)
    assert shown.status_code == 422 and "Is it one of these?" in shown.text and again in shown.text
    assert db.session.query(Question).count() == 1
    assert write(as_(ann), session, again, seen="1").status_code == 303
    assert write(as_(ann), session, "How long do cookies live?").status_code == 303


def test_the_threads_page_leads_to_the_session(as_, client, session, at, ask, alice, ann, bob, address):
    at("collecting")
    ask(alice)
    page = as_(ann).get(f"/threads/{session.thread_id}/{session.thread.slug}").text
    assert f"/threads/{session.thread_id}/session" in page and address in page and "data-quote-url" not in page
    assert client.get(f"/threads/{session.thread_id}/session").location == address
    for act in ("unpin", "move"):
        as_(bob).send(f"/threads/{session.thread_id}/{act}", subtheme="law-online")
    assert present(session).thread.is_pinned and present(session).thread.subtheme.slug == "data-and-algorithms"


def test_what_nobody_may_see_is_in_no_list(client, as_, session, at, ask, alice, bob, address):
    at("collecting")
    question = ask(alice, "Something rude about a neighbour?")
    states.hide_post(db.session.get(Post, question.post_id), bob, "r2")
    assert "rude" not in client.get(address).text and present(session).question_count == 0
    opening = db.session.get(Post, queries.opening_id(session.thread_id))
    states.hide_post(opening, bob, "r2")
    assert client.get(address).status_code == 404 and address not in client.get("/sessions").text


def test_a_page_of_many_questions_costs_the_same(as_, session, at, alice, dr_chen, ann, address, statements):
    at("collecting")

    def fill(number):
        with transaction() as writer:
            for n in range(number):
                post = Post(thread_id=session.thread_id, author_id=alice.id, position=100 + n + number, body="Q",
                            html="<p>Q</p>", plain="Q", render_version=1)  # fmt: skip
                writer.add(post)
                writer.flush()
                writer.add(Question(post_id=post.id, session_id=session.id))
                writer.flush()
                writer.add(QuestionSupport(question_id=post.id, user_id=alice.id))

    counts = []
    for number in (1, 40):
        fill(number)
        reader = as_(ann)
        with statements() as seen:
            page = reader.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= MOST, counts
    assert 'rel="next"' in page.text and page.text.count("question-foot") == 20


def test_the_desk_and_an_early_step(as_, session, at, ask, alice, ann, bob, mallory, work):
    at("collecting")
    one, two = ask(alice, "Who checks the ranking of feeds?"), ask(ann, "Who is it that checks how feeds are ranked?")
    work()
    desk = as_(bob).get(f"/sessions/{session.id}/desk?question={one.post_id}").text
    assert "Do these ask the same?" in desk and f'value="{two.post_id}"' in desk and "data-desk-row" in desk
    sent = as_(bob).send(f"/questions/{one.post_id}/triage", act="merge", question=two.post_id)
    assert sent.status_code == 303 and "2 people ask this" in as_(bob).get(sent.location).text
    assert as_(bob).send(f"/questions/{two.post_id}/triage", act="unmerge").status_code == 303
    refused = as_(bob).send(f"/questions/{two.post_id}/triage", act="decline", reason="")
    assert refused.status_code == 422 and "Say why" in refused.text
    assert as_(bob).send(f"/questions/{two.post_id}/triage", act="nonsense").status_code == 422
    assert as_(bob).send(f"/sessions/{session.id}/advance", state="collecting").status_code == 303
    assert as_(bob).send(f"/sessions/{session.id}/advance", state="collecting").status_code == 409
    assert present(session).state == "answering" and not transitions.carry_out(session.id)
    notices = as_(ann).get("/notifications").text
    assert "merged" not in notices  # it was taken back


def test_notices_say_what_happened_and_lead_there(as_, session, at, ask, alice, ann, bob, dr_chen, work, address):
    at("collecting")
    work()
    one = ask(alice)
    at("answering")
    work()
    answer(session, dr_chen, one)
    work()
    assert "wait for answers now" in as_(dr_chen).get("/notifications").text
    assert "answers as an expert" in as_(alice).get("/notifications").text
    assert "Questions are asked now" in as_(bob).get("/notifications").text

"""The pages of messages: what stands on them, what they cost, and that reading them writes nothing."""

import pytest

from forum.accounts import ties
from forum.core import jobs
from forum.core.database import transaction
from forum.messages import actions, queries
from tests.messages.conftest import change, conversation_of, unread
from tests.stage import written


def run_jobs(app):
    """Do what stands in the queue, as the worker does."""
    huey = app.extensions["huey"]
    while (task := huey.dequeue()) is not None:
        huey.execute(task)


def test_the_list_shows_with_whom_and_how_much_is_new(as_, talk, ann):
    page = as_(ann).get("/messages")
    assert "The library" in page.text and "Alice" in page.text
    assert 'class="unread-count">1<' in page.text
    assert "meet" not in page.text, "no text of a message stands in the list"


def test_reading_writes_nothing_and_the_worker_remembers_it(app, as_, talk, ann):
    reader = as_(ann)
    with written(tried=True) as wrote:
        page = reader.get(f"/messages/{talk.id}")
    assert page.status_code == 200 and wrote == []
    assert "<strong>there</strong>" in page.text and "New since your last visit" in page.text
    assert unread(talk, ann) == 1
    run_jobs(app)
    assert unread(talk, ann) == 0
    assert "New since your last visit" not in reader.get(f"/messages/{talk.id}").text


def test_the_list_and_a_conversation_cost_the_same_at_two_and_at_many(as_, statements, talk, alice, ann, person):
    def cost(path):
        reader = as_(ann)
        with statements() as seen:
            assert reader.get(path).status_code == 200
        return len(seen)

    few = cost("/messages"), cost(f"/messages/{talk.id}")
    with transaction():
        alice.trust_level = 2  # whose conversations in a row nobody takes for a machine's
    for number in range(20):
        actions.reply(talk.id, alice, f"Number {number}.")
        actions.start(alice, [ann, person(f"p{number}")], f"Talk {number}", "Hello.")
    many = cost("/messages"), cost(f"/messages/{talk.id}")
    assert few == many
    assert few == (4, 6), "signed in, notices, conversations, people; the place, its people, messages, blocks"


def test_earlier_messages_are_a_link_away(as_, talk, alice):
    for number in range(22):
        actions.reply(talk.id, alice, f"Message number {number}.")
    client = as_(alice)
    last = client.get(f"/messages/{talk.id}")
    assert "Message number 21." in last.text and "Message number 1." not in last.text
    first_shown = queries.messages(talk.id).next_cursor
    earlier = client.get(f"/messages/{talk.id}?before={first_shown}")
    assert "Message number 1." in earlier.text and "Message number 21." not in earlier.text
    assert "To the latest message" in earlier.text and "<textarea" not in earlier.text
    for odd in ("0", "x", "-1", "9" * 30):
        assert client.get(f"/messages/{talk.id}?before={odd}").status_code == 200


def test_a_conversation_is_started_from_somebodys_page(as_, alice, ann):
    client = as_(alice)
    assert "/messages/new?to=ann" in client.get("/people/ann").text
    assert 'value="ann"' in client.get("/messages/new?to=ann").text
    answer = client.send("/messages/new", to="@ANN", title="The library", body="Shall we *go*?", form_token="t")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "<em>go</em>" in page.text
    again = client.send("/messages/new", to="@ANN", title="The library", body="Shall we *go*?", form_token="t")
    assert again.location == answer.location


@pytest.mark.parametrize("why", ["block", "choice", "age"])
def test_no_button_and_one_answer_whoever_is_kept_away(as_, alice, ann, why):
    if why == "block":
        ties.keep(alice, "block", by=ann)
    else:
        change(ann, **({"private": ["messages"]} if why == "choice" else {"age_band": "young"}))
    client = as_(alice)
    assert "/messages/new" not in client.get("/people/ann").text
    opened = client.get("/messages/new?to=ann")
    assert opened.status_code == 403 and "takes no messages from you." in opened.text
    sent = client.send("/messages/new", to="ann", title="Hello", body="My long words", form_token="t")
    assert sent.status_code == 403 and "takes no messages from you." in sent.text
    assert "My long words" in sent.text and 'value="Hello"' in sent.text, "what was typed is still there"


def test_newcomers_read_when_they_may_start(as_, mallory, ann):
    client = as_(mallory)
    assert "/messages/new" not in client.get("/people/ann").text
    assert "trust level 1" in client.get("/messages").text
    answer = client.get("/messages/new?to=ann")
    assert answer.status_code == 403 and "trust level 1" in answer.text


def test_moderators_are_told_what_their_right_is_for(as_, bob, alice):
    assert "where your duty asks for it" in as_(bob).get("/messages/new").text
    assert "where your duty asks for it" not in as_(alice).get("/messages/new").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": "nobody_here"}, "There is nobody with the user name nobody_here."),
        ({"to": ", ,"}, "somebody other than yourself"),
        ({"to": "alice"}, "somebody other than yourself"),
        ({"title": ""}, "Please fill this in."),
        ({"body": ""}, "Please fill this in."),
        ({"body": "# [](/posts/3)"}, "Please fill this in."),
        ({"to": " ".join(f"n{number}" for number in range(70))}, "too long"),
    ],
)
def test_a_form_that_cannot_be_sent_keeps_what_was_typed(as_, alice, ann, fields, words):
    typed = {"to": "ann", "title": "A title", "body": "A text", "form_token": "t", **fields}
    answer = as_(alice).send("/messages/new", **typed)
    assert answer.status_code in (403, 422) and words in answer.text
    assert all(value in answer.text for value in typed.values())


def test_a_closed_conversation_says_so_and_offers_no_form(as_, talk, alice, ann):
    client = as_(alice)
    ties.keep(alice, "block", by=ann)
    page = client.get(f"/messages/{talk.id}")
    assert "Nothing can be written here any more" in page.text and "<textarea" not in page.text
    answer = client.send(f"/messages/{talk.id}", body="Words that took long", form_token="t")
    assert answer.status_code == 403


def test_messages_of_whom_i_block_are_folded(as_, alice, ann, mallory):
    talk = conversation_of(actions.start(alice, [ann, mallory], "Three", "Hello."))
    actions.reply(talk.id, mallory, "Listen to me.")
    ties.keep(mallory, "block", by=ann)
    assert "You blocked mallory." in as_(ann).get(f"/messages/{talk.id}").text
    assert "You blocked" not in as_(mallory).get(f"/messages/{talk.id}").text


def test_deleting_and_leaving_ask_first(as_, talk, alice, ann):
    client, message = as_(alice), queries.messages(talk.id).items[0]
    path = f"/messages/{talk.id}/{message.id}/delete"
    assert "Delete your message?" in client.get(path).text
    assert client.send(path).status_code == 303
    assert "Alice deleted this message." in as_(ann).get(f"/messages/{talk.id}").text
    assert "Leave this conversation?" in client.get(f"/messages/{talk.id}/leave").text
    assert client.send(f"/messages/{talk.id}/leave").location == "/messages"
    assert client.get(f"/messages/{talk.id}").status_code == 404


def test_who_may_write_to_me_is_my_choice_and_the_profile_leaves_it_alone(as_, ann):
    client = as_(ann)
    assert client.send("/messages/choice", who="nobody").status_code == 303
    assert change(ann).private == ["messages"]
    client.send("/settings/profile", display_name="安安", bio="", language="", timezone="", private_place="y")
    assert set(change(ann).private) == {"place", "messages"}
    assert "checked" in client.get("/messages").text
    client.send("/messages/choice", who="everybody")
    assert change(ann).private == ["place"]
    assert client.send("/messages/choice", who="admins").status_code == 422


def test_the_preview_works_with_and_without_scripts(as_, talk, alice):
    client = as_(alice)
    fields = {"csrf_token": client.csrf_token(), "body": "So *fine*", "form_token": "t"}
    part = client.post("/messages/preview", data=fields, headers={"X-Requested-With": "fetch"})
    assert part.text.strip() == "<p>So <em>fine</em></p>"
    page = client.post(f"/messages/preview?conversation={talk.id}", data=fields)
    assert "<em>fine</em>" in page.text and f'action="/messages/{talk.id}"' in page.text
    fields |= {"to": "ann", "title": "A title"}
    page = client.post("/messages/preview", data=fields)
    assert "<em>fine</em>" in page.text and 'action="/messages/new"' in page.text and 'value="ann"' in page.text


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_ids_beside_ones_own_lead_nowhere(as_, alice, ann, mallory, person, step):
    zoe = change(person("zoe"), trust_level=1)
    first = actions.start(zoe, [ann], "Before", "Hello.").conversation_id
    actions.start(alice, [mallory], "Mine", "Hello.")
    actions.start(zoe, [ann], "After", "Hello.")
    answers = {as_(mallory).get(f"/messages/{first + 1 + step}{page}").status_code for page in ("", "/leave", "/flags")}
    assert answers == ({200} if step == 0 else {404})


def test_the_notice_leads_to_the_conversation(as_, talk, ann):
    client = as_(ann)
    assert "Alice wrote you a message." in client.get("/notifications").text
    assert "The library" not in client.get("/notifications").text


def test_a_job_is_only_sent_for_what_is_new(app, as_, talk, alice):
    as_(alice).get(f"/messages/{talk.id}")
    assert jobs.queued().count == 0

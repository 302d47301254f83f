"""The author reads what was decided, by which rule and why; nobody else does but moderators."""

from forum.threads import states
from moderation import decisions


def test_the_author_reads_rule_reason_and_what_can_be_done(flagged, bob, ann, as_):
    decision = decisions.decide(flagged.id, bob, "hide", "First line.\nSecond <b>line</b>.", rule="abuse")
    text = as_(ann).get(f"/moderation/decisions/{decision.id}").text
    for words in (
        "Your post was hidden",
        "Insults or harassment",
        "First line.",
        "Second &lt;b&gt;line&lt;/b&gt;.",
        "There is a rule about it since March.",
        "It was flagged.",
        "You may appeal once, until",
        f'action="/moderation/decisions/{decision.id}/appeal"',
    ):
        assert words in text, words
    for private in ("bob", "Alice", "she means me"):
        assert private not in text.split("<main")[1].split("</main>")[0], private


def test_moderators_read_it_and_reach_the_case(flagged, bob, bea, as_):
    decision = decisions.decide(flagged.id, bob, "keep", "Fine.")
    text = as_(bea).get(f"/moderation/decisions/{decision.id}").text
    assert f"/moderation/cases/{flagged.id}" in text and "/appeal" not in text, "it is not theirs to appeal"


def test_for_everybody_else_it_does_not_exist(flagged, bob, alice, mallory, client, as_):
    decision = decisions.decide(flagged.id, bob, "keep", "Fine.")
    url = f"/moderation/decisions/{decision.id}"
    assert as_(alice).get(url).status_code == 404, "the flagger is told the outcome, not the reason"
    assert as_(mallory).get(url).status_code == 404
    assert client.get(url).status_code == 303
    assert as_(bob).get("/moderation/decisions/4711").status_code == 404
    assert as_(bob).get(f"/moderation/decisions/{2**40}").status_code == 404


def test_a_thread_shows_the_rule_by_its_name(flagged, reply, thread, bob, client):
    decisions.decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    text = client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert "Insults or harassment" in text and "since March" not in text
    states.restore_post(reply, by=bob)


def test_the_rules_are_public(client):
    text = client.get("/rules").text
    for words in ("Spam or advertising", "Something else", "How a flag becomes a decision", 'id="minors"'):
        assert words in text, words

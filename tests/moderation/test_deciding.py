"""Deciding: what each outcome does to post, person, record, log and notices; and who may not decide what."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.threads import actions
from forum.threads.models import Post, State
from moderation import decisions, flags, queries
from moderation.models import Decision, Flag, Strike
from tests.people import PASSWORD


def acts():
    return [(row.act, row.rule, row.target) for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]


def notices(user, kind):
    query = select(Notification).where(Notification.user_id == user.id, Notification.kind == kind)
    return db.session.scalars(query).all()


def state_of(post):
    db.session.rollback()
    return db.session.get(Post, post.id, populate_existing=True).state


def test_keep_leaves_the_post_and_answers_the_flagger(reply, flagged, fresh, bob, ann, alice):
    decision = decisions.decide(flagged.id, bob, "keep", "About the argument, not the person.", rule="abuse")
    assert state_of(reply) == State.VISIBLE and not fresh(flagged).is_open
    assert decision.rule == "", "a post that was kept broke no rule"
    assert db.session.scalar(select(Flag.upheld)) is False
    assert db.session.scalar(select(Strike)) is None
    assert acts() == [("post.kept", "", f"post:{reply.id}")]
    assert notices(alice, "flag_outcome")[0].facts == {"outcome": "kept", "rule": ""}
    assert notices(ann, "decision")[0].facts["outcome"] == "keep"


@pytest.mark.parametrize(("outcome", "state", "act"), [("hide", "hidden", "hidden"), ("remove", "removed", "removed")])
def test_hide_and_remove(reply, flagged, thread, bob, ann, alice, outcome, state, act):
    decision = decisions.decide(flagged.id, bob, outcome, "An insult.", rule="abuse")
    assert state_of(reply) == state
    assert db.session.get(Post, reply.id).state_reason == "abuse"
    db.session.refresh(thread)
    assert thread.reply_count == 1
    assert db.session.scalar(select(Flag.upheld)) is True
    strike = db.session.scalar(select(Strike))
    assert (strike.user_id, strike.decision_id) == (ann.id, decision.id)
    assert acts() == [(f"post.{act}", "abuse", f"post:{reply.id}")]
    assert notices(ann, "decision")[0].facts == {"outcome": outcome, "rule": "abuse", "decision": decision.id}
    assert notices(alice, "flag_outcome")[0].facts == {"outcome": act, "rule": "abuse"}


def test_warn_leaves_the_post_visible(reply, flagged, bob, ann, alice):
    decisions.decide(flagged.id, bob, "warn", "Please mind the tone.", rule="abuse")
    assert state_of(reply) == State.VISIBLE
    assert acts() == [("person.warned", "abuse", f"person:{ann.id}")]
    assert db.session.scalar(select(Strike.user_id)) == ann.id
    assert notices(alice, "flag_outcome")[0].facts["outcome"] == "upheld", "not what happened to the person"


def test_suspend_removes_the_post_and_suspends_until_then(reply, flagged, thread, bob, ann, alice, as_):
    second = db.session.scalar(select(Post).where(Post.author_id == ann.id, Post.id != reply.id))
    browser = as_(ann)
    until = now() + timedelta(days=7)
    decision = decisions.decide(flagged.id, bob, "suspend", "The third time.", rule="abuse", until=until)
    assert state_of(reply) == State.REMOVED and state_of(second) == State.VISIBLE
    person = db.session.get(User, ann.id, populate_existing=True)
    assert person.suspended_until == until == decision.suspended_until and person.is_suspended
    assert browser.get("/notifications").status_code == 303, "signed out at once"
    assert [act for act, _, _ in acts()] == ["post.removed", "person.suspended"]
    assert notices(alice, "flag_outcome")[0].facts["outcome"] == "removed"
    assert notices(ann, "decision_by_letter")[0].facts["outcome"] == "suspend", "and a letter: she can't sign in"
    assert db.session.scalar(select(Mail.facts)) == {"name": ann.name, "decision": decision.id}


def test_the_log_names_nobody_and_holds_no_text(reply, flagged, bob, ann, alice):
    decisions.decide(flagged.id, bob, "remove", "A secret word: kumquat.", rule="abuse")
    row = db.session.scalar(select(AuditEntry))
    public = f"{row.act} {row.actor_role} {row.rule} {row.scope} {row.target} {row.facts}"
    assert row.actor_role == "moderator" and row.scope == "data-and-algorithms"
    assert row.facts == {"case": flagged.id, "source": "flags", "rules": 1}
    for private in ("bob", "alice", "ann", "kumquat", "March"):
        assert private not in public
    assert chain.first_fault() is None


def test_a_second_decision_is_a_conflict(flagged, bob, bea):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    with pytest.raises(Conflict):
        decisions.decide(flagged.id, bea, "remove", "Not fine.", rule="abuse")
    assert db.session.scalars(select(Decision)).one().outcome == "keep"


def test_nobody_decides_on_their_own_post_or_flag(thread, reply, alice, bob):
    own = flags.flag_post(actions.post_reply(thread, bob, "I am bob."), alice, "abuse")
    own_flag = flags.flag_post(reply, bob, "abuse")
    for flag in (own, own_flag):
        with pytest.raises(Forbidden):
            decisions.decide(flag.case_id, bob, "keep", "Fine.")
    assert db.session.scalar(select(Decision)) is None and acts() == []


@pytest.mark.parametrize("who", ["mallory", "dr_chen", "sam"])
def test_only_moderators_decide(flagged, fresh, request, who):
    before = len(acts())
    person = request.getfixturevalue(who)
    before = len(acts())
    with pytest.raises(Forbidden):
        decisions.decide(flagged.id, person, "keep", "Fine.")
    assert fresh(flagged).is_open and len(acts()) == before


def test_only_another_admin_judges_an_admin(thread, alice, bob, carol, person):
    flag = flags.flag_post(actions.post_reply(thread, carol, "I am carol."), alice, "abuse")
    with pytest.raises(Forbidden):
        decisions.decide(flag.case_id, bob, "warn", "Mind the tone.", rule="abuse")
    dora = person("dora", role="admin")
    until = now() + timedelta(days=7)
    with pytest.raises(Forbidden):
        decisions.decide(flag.case_id, dora, "suspend", "No.", rule="abuse", until=until)
    assert decisions.decide(flag.case_id, dora, "warn", "Mind the tone.", rule="abuse").outcome == "warn"


def test_a_moderators_post_is_decided_by_another_who_can_not_suspend_them(thread, alice, bob, bea, carol):
    flag = flags.flag_post(actions.post_reply(thread, bea, "I am bea."), alice, "abuse")
    until = now() + timedelta(days=7)
    with pytest.raises(Forbidden):
        decisions.decide(flag.case_id, bob, "suspend", "No.", rule="abuse", until=until)
    assert decisions.decide(flag.case_id, carol, "suspend", "No.", rule="abuse", until=until).outcome == "suspend"


def test_what_is_missing_is_refused(flagged, fresh, bob):
    week = now() + timedelta(days=7)
    for words in (
        {"outcome": "burn", "reason": "x", "rule": "abuse"},
        {"outcome": "hide", "reason": "x", "rule": ""},
        {"outcome": "hide", "reason": "x", "rule": "dislike"},
        {"outcome": "hide", "reason": "", "rule": "abuse"},
        {"outcome": "keep", "reason": ""},
        {"outcome": "suspend", "reason": "x", "rule": "abuse"},
        {"outcome": "suspend", "reason": "x", "rule": "abuse", "until": now() - timedelta(days=1)},
        {"outcome": "suspend", "reason": "x", "rule": "abuse", "until": week + timedelta(days=400)},
    ):
        with pytest.raises(Refused) as refusal:
            decisions.decide(flagged.id, bob, **words)
        assert refusal.value.status == 422, words
    assert fresh(flagged).is_open and acts() == []


def test_who_has_not_seen_the_last_flag_or_edit_looks_again(reply, flagged, fresh, ann, bob, mallory):
    seen = flagged.version
    flags.flag_post(reply, mallory, "hate")
    with pytest.raises(decisions.Stale):
        decisions.decide(flagged.id, bob, "keep", "Fine.", version=seen)
    actions.edit_post(reply, ann, "Something else entirely.")
    with pytest.raises(decisions.Stale):
        decisions.decide(flagged.id, bob, "keep", "Fine.", version=seen + 1, revision=1)
    assert decisions.decide(flagged.id, bob, "keep", "Fine.", version=seen + 1, revision=2).outcome == "keep"
    assert fresh(flagged).decided_revision == 2


DELETED = [
    ("keep", "post.acquitted", "Nothing against the rules was found", "was within the rules", "found within the rules"),
    ("hide", "post.condemned", "was against the rules", "you had deleted was against", "Your flag was upheld"),
    ("remove", "post.condemned", "was against the rules", "you had deleted was against", "Your flag was upheld"),
    ("warn", "person.warned", "was warned, and had", "warned because of a post that you", "Your flag was upheld"),
    ("suspend", "person.suspended", "was suspended, and had", "suspended because of a post", "Your flag was upheld"),
]


@pytest.mark.parametrize(("outcome", "act", "on_the_desk", "to_author", "to_flagger"), DELETED)
def test_of_a_post_that_its_author_deleted_nobody_is_told_that_it_was_hidden_or_kept(
    reply, flagged, ann, alice, bob, carol, as_, outcome, act, on_the_desk, to_author, to_flagger
):
    actions.delete_post(reply, ann)
    assert "deleted the post meanwhile" in as_(bob).get(f"/moderation/cases/{flagged.id}").text
    until = now() + timedelta(days=7) if outcome == "suspend" else None
    rule = "" if outcome == "keep" else "abuse"
    decision = decisions.decide(flagged.id, bob, outcome, "I read it.", rule=rule, until=until)
    assert state_of(reply) == State.DELETED
    assert [done for done, _, _ in acts()] == (["post.condemned", act] if outcome == "suspend" else [act])
    assert db.session.scalar(select(Strike.user_id)) == (None if outcome == "keep" else ann.id)
    assert on_the_desk in as_(bob).get(f"/moderation/cases/{flagged.id}").text
    flagger = as_(alice).get("/notifications").text
    assert to_flagger in flagger and "already deleted" in flagger
    for told in (flagger, as_(carol).get(f"/moderation/decisions/{decision.id}").text):
        assert "stays visible" not in told and "was hidden" not in told and "was removed" not in told
    if outcome != "suspend":  # who is suspended can't sign in
        assert to_author in as_(ann).get("/notifications").text
        assert "stays deleted" in as_(ann).get(f"/moderation/decisions/{decision.id}").text


def test_a_held_post_that_its_author_deleted_is_not_said_to_be_published(thread, newbie, bob, as_):
    post = actions.post_reply(thread, newbie, "My first post here.")
    case = queries.open_case_of(post.id)
    actions.delete_post(post, newbie)
    decision = decisions.decide(case.id, bob, "keep", "")
    assert state_of(post) == State.DELETED and [act for act, _, _ in acts()] == ["post.acquitted"]
    assert "published" not in as_(newbie).get("/notifications").text.split("<main")[1].split("</main>")[0]
    assert "already deleted" in as_(bob).get(f"/moderation/decisions/{decision.id}").text


def test_what_is_deleted_after_the_decision_was_decided_as_it_stood(reply, flagged, ann, bob, as_):
    decision = decisions.decide(flagged.id, bob, "warn", "Please mind the tone.", rule="abuse")
    actions.delete_post(reply, ann)
    page = as_(ann).get(f"/moderation/decisions/{decision.id}").text
    assert "your post stays visible" in page and "had deleted" not in page


def test_what_does_not_exist(bob):
    with pytest.raises(NotFound):
        decisions.decide(4_711, bob, "keep", "Fine.")


def test_by_the_form_and_on_to_the_next(reply, flagged, thread, ann, mallory, bob, as_):
    following = flags.flag_post(actions.post_reply(thread, ann, "Buy shoes."), mallory, "spam").case_id
    url = f"/moderation/cases/{flagged.id}/decisions"
    answer = as_(bob).send(url, outcome="hide", rule="abuse", reason="An insult.", version=flagged.version)
    assert answer.status_code == 303 and answer.location.endswith(f"/moderation/cases/{following}")
    assert state_of(reply) == State.HIDDEN
    last = as_(bob).send(f"/moderation/cases/{following}/decisions", outcome="keep", reason="No harm.", version=1)
    assert last.location.endswith("/moderation/cases")


def test_a_sender_without_the_rules_field_means_the_flags_rule(flagged, bob, as_):
    url = f"/moderation/cases/{flagged.id}/decisions"
    answer = as_(bob).send(url, outcome="remove", reason="An insult.", version=flagged.version)
    assert answer.status_code == 303
    assert db.session.scalar(select(Decision.rule)) == "abuse"


def test_a_refused_form_keeps_what_was_typed(flagged, fresh, bob, as_):
    url = f"/moderation/cases/{flagged.id}/decisions"
    for fields in (
        {"outcome": "suspend", "rule": "abuse", "reason": "Typed with care.", "version": 1},
        {"outcome": "hide", "rule": "", "reason": "Typed with care.", "version": 1},
        {"rule": "abuse", "reason": "Typed with care.", "version": 1},
        {"outcome": "suspend", "rule": "abuse", "reason": "Typed with care.", "version": 1, "until": "2001-01-01"},
        {"outcome": "suspend", "rule": "abuse", "reason": "Typed with care.", "version": 1, "until": "soon"},
        {"outcome": "hide", "rule": "abuse", "reason": "Typed with care."},
    ):
        answer = as_(bob).send(url, **fields)
        assert answer.status_code == 422 and "Typed with care." in answer.text, fields
    assert as_(bob).send(url, outcome="hide", rule="abuse", reason="", version=1).status_code == 422
    assert fresh(flagged).is_open


def test_suspension_by_length_and_by_date(flagged, thread, ann, mallory, bob, as_):
    url = f"/moderation/cases/{flagged.id}/decisions"
    as_(bob).send(url, outcome="suspend", rule="abuse", reason="Enough.", version=1, length="7")
    week = db.session.scalar(select(Decision.suspended_until))
    assert abs(week - now() - timedelta(days=7)) < timedelta(minutes=1)
    other = flags.flag_post(actions.post_reply(thread, mallory, "Buy shoes."), thread.author, "spam").case_id
    day = (now() + timedelta(days=10)).date()
    url = f"/moderation/cases/{other}/decisions"
    as_(bob).send(
        url, outcome="suspend", rule="spam", reason="Enough.", version=1, length="date", until=day.isoformat()
    )
    until = db.session.scalar(select(Decision.suspended_until).where(Decision.case_id == other))
    assert until.date() == day and until.hour == 23


def test_a_conflict_shows_the_decision_that_was_made_and_what_was_typed(flagged, bob, bea, as_):
    decisions.decide(flagged.id, bea, "hide", "An insult, says bea.", rule="abuse")
    url = f"/moderation/cases/{flagged.id}/decisions"
    answer = as_(bob).send(url, outcome="keep", reason="Bob typed this.", version=1)
    assert answer.status_code == 409
    for words in ("decided meanwhile", "The post was hidden", "An insult, says bea.", "Bob typed this."):
        assert words in answer.text, words


def test_a_stale_form_is_shown_again_with_the_new_flag(reply, flagged, fresh, bob, mallory, as_):
    flags.flag_post(reply, mallory, "hate", "look at this too")
    url = f"/moderation/cases/{flagged.id}/decisions"
    answer = as_(bob).send(url, outcome="keep", reason="Bob typed this.", version=1)
    assert answer.status_code == 409 and "look at this too" in answer.text and "Bob typed this." in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    again = as_(bob).send(url, outcome="keep", reason="Bob typed this.", version=2)
    assert again.status_code == 303


def test_others_may_not_send_the_form(flagged, fresh, mallory, ann, client, as_):
    url = f"/moderation/cases/{flagged.id}/decisions"
    fields = {"outcome": "keep", "reason": "Fine.", "version": 1}
    assert client.send(url, **fields).status_code == 401
    assert as_(mallory).send(url, **fields).status_code == 403
    assert as_(ann).send(url, **fields).status_code == 403
    assert fresh(flagged).is_open


def test_a_suspended_author_reads_rule_and_reason_when_signing_in(client, flagged, bob, ann):
    until = now() + timedelta(days=3)
    decisions.decide(flagged.id, bob, "suspend", "You threatened <somebody>.", rule="abuse", until=until)
    told = client.send("/login", username="ann", password=PASSWORD)
    assert told.status_code == 422
    assert "Insults or harassment" in told.text and "You threatened &lt;somebody&gt;." in told.text
    for name in ("ann", "alice"):
        guessed = client.send("/login", username=name, password="a wrong password")
        assert "threatened" not in guessed.text and "suspended" not in guessed.text


def test_an_absurd_length_is_refused(as_, bob, flagged):
    fields = {"outcome": "suspend", "rule": "spam", "reason": "x", "length": "9" * 12, "version": flagged.version}
    assert as_(bob).send(f"/moderation/cases/{flagged.id}/decisions", **fields).status_code == 422

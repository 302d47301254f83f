"""A profile is flagged: frozen as all read it, cleared in parts, given back exactly, not set to the same again."""

import contextvars
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.accounts import actions as accounts
from forum.accounts import name_actions, profile_actions
from forum.accounts import queries as people
from forum.accounts.models import User
from forum.accounts.profiles import About
from forum.accounts.refusals import BadField
from forum.admin import merging
from forum.avatars import actions as avatars
from forum.avatars.sizes import SIZES
from forum.avatars.store import avatars as store
from forum.core.audit import AuditEntry
from forum.core.chain import first_fault
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from moderation import decisions, departing, flags, outcomes, undoing
from moderation.appeals import actions as appeals
from moderation.bulk import actions as bulk
from moderation.decisions import Stale
from moderation.models import Case, Decision, Flag, FrozenPicture, Strike
from moderation.notes import actions as notes
from moderation.profiles import contents, pictures
from moderation.profiles.actions import flag_profile
from tests.avatars.files import picture

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine
SAID = {"display_name": "Best Pills", "bio": "Buy **pills** at my shop.", "language": "", "timezone": ""}
ABOUT = About(place="Pill Street", links=("https://pills.example/",), speaks="Latin", private=frozenset({"speaks"}))


@pytest.fixture
def seller(person):
    """Somebody whose whole profile advertises, with a picture."""
    user = person("seller")
    profile_actions.edit_profile(user, **SAID, about=ABOUT)
    avatars.set_avatar(user, picture())
    return user


@pytest.fixture
def case(seller, alice, ann):
    """The case about the seller's profile, which alice and ann have flagged."""
    first = flag_profile(seller, alice, "spam", "it is a shop")
    flag_profile(seller, ann, "spam")
    found = db.session.get(Case, first.case_id)
    assert found
    return found


def again(seller):
    db.session.rollback()
    return db.session.get(User, seller.id, populate_existing=True)


def everything(user):
    return {name: getattr(user, name) for name in (*contents.PARTS, "bio_html", "render_version")}


def test_one_case_holds_what_everybody_read(seller, case, bob, thea, sam, as_, client):
    db.session.rollback()
    assert (case.kind, case.post_id, case.subtheme_id, case.flag_count) == ("profile", None, None, 2)
    assert (case.frozen_title, case.frozen_author, case.frozen_body) == ("Best Pills", "seller", SAID["bio"])
    assert case.frozen_facts["links"] == ["https://pills.example/"] and "speaks" not in case.frozen_facts
    for who in (seller, sam):
        with pytest.raises(Forbidden):
            flag_profile(seller, who, "spam")
    profile_actions.edit_profile(seller, **{**SAID, "bio": "I like rivers."}, about=ABOUT)
    avatars.remove_avatar(seller)
    browser = as_(bob)
    page = browser.get(f"/moderation/cases/{case.id}").text
    assert "at my shop" in page and "I like rivers" in page and "Pill Street" in page and "Latin" not in page
    assert "it is a shop" in page and "Profile" in page
    offered = re.findall(r'<input[^>]* name="outcome"[^>]* value="(\w+)"', page)
    assert sorted(offered) == ["clear", "close", "keep", "silence", "suspend", "warn"], "each has its card"
    assert sorted(re.findall(r'<input[^>]* name="parts"[^>]* value="(\w+)"', page)) == [
        "bio",
        "display_name",
        "links",
        "place",
        "username",
    ]
    shot = browser.get(f"/moderation/cases/{case.id}/picture")
    assert (shot.status_code, shot.mimetype, shot.headers["Cache-Control"]) == (200, "image/webp", "private, no-store")
    rows = browser.get("/moderation/cases?kind=profile&source=flags").text
    assert f"/moderation/cases/{case.id}?" in rows and "Best Pills" in rows
    assert "No such case" in browser.get("/moderation/cases?kind=thread").text
    assert as_(thea).get(f"/moderation/cases/{case.id}").status_code == 404, "it stands in no sub-theme"
    assert as_(seller).get(f"/moderation/cases/{case.id}/picture").status_code == 403
    assert client.get(f"/moderation/cases/{case.id}/picture").status_code == 303


def test_the_button_stands_on_the_page_and_the_form_flags(seller, alice, as_, client):
    browser = as_(alice)
    assert 'href="/people/seller/flags"' in browser.get("/people/seller").text
    others = as_(seller).get("/people/seller").text + client.get("/people/seller").text
    assert 'href="/people/seller/flags"' not in others
    assert "Flag a profile" in browser.get("/people/seller/flags").text
    assert browser.send("/people/seller/flags", reason="").status_code == 422
    assert browser.send("/people/seller/flags", reason="spam", note="a shop").status_code == 303
    assert browser.get("/people/seller/flags").status_code == 303
    assert "have flagged this profile already" in browser.get("/people/seller").text
    assert "Best Pills" in browser.get("/flags").text
    assert as_(seller).get("/people/seller/flags").status_code == 403
    assert browser.get("/people/nobody/flags").status_code == 404


def test_the_database_holds_one_open_case_a_profile_and_no_post_with_it(seller, case, reply):
    empty = dict.fromkeys(("frozen_title", "frozen_author", "frozen_body", "frozen_html"), "")
    facts = {"author_id": seller.id, "source": "flags", "frozen_revision": 1, **empty}
    for wrong in (
        {"kind": "profile"},
        {"kind": "profile", "post_id": reply.id},
        {"kind": "post"},
        {"kind": "thread", "post_id": reply.id},
    ):
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(Case(**facts, **wrong))


def test_parts_are_cleared_given_back_exactly_and_not_set_again(seller, case, alice, bob, carol, as_):
    before, files = everything(again(seller)), [avatars.file_of(seller.avatar, 96)]
    form = {"outcome": "clear", "rule": "spam", "reason": "No shops.", "parts": ["bio", "avatar"],
            "version": case.version, "revision": contents.revision_of(again(seller))}  # fmt: skip
    assert as_(bob).send(f"/moderation/cases/{case.id}/decisions", **form).status_code == 303
    present = again(seller)
    assert (present.bio, present.bio_html, present.avatar) == ("", "", "") and present.display_name == "Best Pills"
    assert store().get(files[0]) is None, "the file is gone with the commit"
    made = db.session.get(Case, case.id).decision
    row = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert row.act == "profile.cleared" and "case" not in row.facts and row.scope == ""
    for words in (
        {**SAID, "bio": "BUY pills at my shop"},
        {**SAID, "bio": "", "display_name": "Buy pills at my shop."},
    ):
        with pytest.raises(BadField):
            profile_actions.edit_profile(seller, **words)
    with pytest.raises(Refused, match="cleared this"):
        avatars.set_avatar(seller, picture())
    profile_actions.edit_profile(seller, **{**SAID, "bio": ""})  # what was not cleared may stay
    page = as_(seller).get(f"/moderation/decisions/{made.id}").text
    assert "Parts of your profile were cleared" in page and "at my shop" in page and "Words about themselves" in page
    flag = db.session.scalar(select(Flag).where(Flag.flagger_id == alice.id))
    told = as_(alice).get(f"/flags/{flag.id}").text
    assert "parts of the profile were cleared" in told and "No shops" not in told
    appeal = appeals.file(made.id, seller, "It is my trade.")
    assert "The profile as it was flagged" in as_(carol).get(f"/moderation/appeals/{appeal.id}").text
    appeals.decide(appeal.id, carol, appeals.OVERTURN, "So it is.")
    assert everything(again(seller)) == before and store().get(files[0]) is not None
    assert first_fault() is None and not db.session.scalars(select(Strike).where(Strike.overruled_at.is_(None))).all()
    avatars.set_avatar(seller, picture())


def test_a_suspension_clears_too_and_an_undo_takes_both_back(seller, case, bob):
    before = everything(again(seller))
    made = decisions.decide(case.id, bob, "suspend", "Shops.", "spam", until=now() + timedelta(days=3))
    assert again(seller).is_suspended and not any(getattr(seller, part) for part in ("bio", "avatar", "links", "place"))
    assert again(seller).speaks == "Latin", "what is private was not flagged and is not cleared"
    opened = undoing.undo(made.id, bob)
    assert everything(again(seller)) == before and not seller.is_suspended
    assert (opened.kind, opened.is_open, opened.flag_count, opened.frozen_facts["place"]) == (
        "profile", True, 2, "Pill Street",
    )  # fmt: skip


def test_what_was_said_since_or_cleared_again_is_left_alone(seller, case, alice, bob, carol):
    first = decisions.decide(case.id, bob, "clear", "No.", "spam", parts=["bio", "place"])
    profile_actions.edit_profile(seller, **{**SAID, "bio": "Other pills here."})
    flag_profile(seller, alice, "spam")
    second = decisions.decide(
        db.session.scalar(select(Case.id).where(Case.decided_at.is_(None))), bob, "clear", "No.", "spam", parts=["bio"]
    )
    appeals.decide(appeals.file(first.id, seller, "Why?").id, carol, appeals.OVERTURN, "Right.")
    assert (again(seller).bio, seller.place) == ("", "Pill Street"), "a later decision still stands about the words"
    profile_actions.edit_profile(seller, **{**SAID, "bio": "I like rivers."})
    appeals.decide(appeals.file(second.id, seller, "Why?").id, carol, appeals.OVERTURN, "Right.")
    assert again(seller).bio == "I like rivers."


def test_kept_it_is_flagged_no_more_until_it_changes_and_a_flagger_may_appeal(seller, case, alice, bob, carol, as_):
    made = decisions.decide(case.id, bob, "keep", "A trade is no spam.")
    with pytest.raises(Refused, match="this profile after your flag"):
        flag_profile(seller, alice, "spam")
    assert "A profile that you flagged was kept" in as_(alice).get(f"/moderation/decisions/{made.id}/appeal").text
    appeal = appeals.file(made.id, alice, "Look at the links.")
    assert "Overturn it: clear what is ticked" in as_(carol).get(f"/moderation/appeals/{appeal.id}").text
    appeals.decide(appeal.id, carol, "clear", "Yes.", rule="spam", reason="All of it sells.")
    assert again(seller).links == [] and seller.name == "seller"
    profile_actions.edit_profile(seller, **{**SAID, "display_name": "Sel", "bio": "Now I write of rivers."})
    assert flag_profile(seller, alice, "spam").case_id != case.id


def test_who_may_not_decide_and_what_is_refused(seller, case, alice, bob, carol, person, as_):
    with pytest.raises(Refused):
        decisions.decide(case.id, bob, "hide", "Not for profiles.", "spam")
    act = bulk.decide_many([(case.id, case.version)], bob, "remove", "Not for profiles.", "spam")
    assert [line[1] for line in act.lines] == ["refused"] and db.session.get(Case, case.id).is_open
    with pytest.raises(Stale):
        decisions.decide(case.id, bob, "warn", "Seen before.", "spam", revision=1)
    colleague = person("colleague", role="moderator")
    notes.write(case.id, bob, "A shop, I think.")
    notes.hand_over(case.id, bob, colleague, "yours?")
    with pytest.raises(Conflict):
        decisions.decide(case.id, bob, "warn", "Mine?", "spam")
    decisions.decide(case.id, colleague, "warn", "Please mind the rule.", "spam")
    assert everything(again(seller))["bio"] == SAID["bio"]
    own = flag_profile(colleague, alice, "spam").case_id
    with pytest.raises(Forbidden):
        decisions.decide(own, colleague, "keep", "Me?")


def test_two_flags_at_once_make_one_case_and_two_decisions_one(app, seller, alice, ann, bob, carol):
    person_id = seller.id

    def flag(user_id):
        flag_profile(db.session.get(User, person_id), db.session.get(User, user_id), "spam")

    def decide(user_id):
        case_id = db.session.scalar(select(Case.id))
        decisions.decide(case_id, db.session.get(User, user_id), "clear", "Shops.", "spam")

    assert together(app, flag, alice.id, ann.id) == []
    db.session.rollback()
    assert db.session.scalars(select(Case.flag_count)).all() == [2]
    assert [type(each) for each in together(app, decide, bob.id, carol.id)] == [Conflict]
    db.session.rollback()
    assert db.session.scalar(select(func.count(Strike.id))) == 1 and again(seller).bio == "" and first_fault() is None


def together(app, act, *user_ids):
    """Let people do the same at once; return what was raised."""
    db.session.rollback()
    start, raised = threading.Barrier(len(user_ids)), []

    def run(user_id):
        with app.app_context():
            start.wait()
            try:
                act(user_id)
            except Exception as error:
                raised.append(error)

    workers = [threading.Thread(target=contextvars.Context().run, args=(run, user_id)) for user_id in user_ids]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    return raised


def test_pages_of_many_flags_cost_what_those_of_one_do(thread, person, alice, bob, as_, statements):
    counts = []
    for number in range(6):
        flag_profile(person(f"shop{number}", display_name=f"Shop {number}"), alice, "spam")
        if number == 0:
            flags.flag_thread(thread, bob, "spam")
        if number in (0, 5):
            paths = ("/flags", "/moderation/cases", "/moderation/cases/1", "/moderation/bulk")
            for path in paths:
                browser = as_(alice if path == "/flags" else bob)
                with statements() as seen:
                    assert browser.get(path).status_code == 200
                counts.append(len(seen))
    assert counts[:4] == counts[4:], counts


def test_the_young_come_first(person, alice, bob):
    child = person("wei", age_band="young", private=[])
    young = flag_profile(child, alice, "spam").case_id
    grown = flag_profile(bob, alice, "spam").case_id
    flag_profile(bob, person("lin", age_band="young"), "spam")
    scores = {row.id: row for row in db.session.scalars(select(Case))}
    assert scores[young].comes_first and scores[grown].comes_first
    other = flag_profile(alice, person("tom"), "spam").case_id
    assert not db.session.get(Case, other).comes_first


def test_whoever_leaves_takes_all_of_it_along(seller, case, bob):
    made = decisions.decide(case.id, bob, "clear", "No.", "spam")
    assert db.session.scalar(select(func.count(FrozenPicture.id))) == 3
    departing.forget(seller.id, "name")
    db.session.rollback()
    gone = db.session.get(Case, case.id, populate_existing=True)
    assert (gone.frozen_title, gone.frozen_body, gone.frozen_facts, gone.decision.undo) == ("", "", {}, {})
    assert made.id == gone.decision.id


def test_the_picture_is_kept_while_somebody_may_appeal(seller, case, bob, clock):
    pictures.forget_pictures()
    assert db.session.scalar(select(func.count(FrozenPicture.id))) == 3
    decisions.decide(case.id, bob, "clear", "No.", "spam")
    clock.move(days=19)
    pictures.forget_pictures()
    assert db.session.scalar(select(func.count(FrozenPicture.id))) == 3
    clock.move(days=2)
    pictures.forget_pictures()
    assert db.session.scalar(select(func.count(FrozenPicture.id))) == 0


@pytest.fixture
def copied(monkeypatch, seller):
    """Names of the files that are copied; the row of whose picture it is has to be free meanwhile."""
    names, usual, seller_id = [], type(store()).get, seller.id

    def get(shelf, name):
        names.append(name)
        with db.engine.connect() as other:
            other.execute(select(User.id).where(User.id == seller_id).with_for_update(nowait=True))
        return usual(shelf, name)

    monkeypatch.setattr(type(store()), "get", get)
    return names


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_a_slow_bucket_holds_nobodys_row(copied, seller, alice, ann, bob, carol):
    case = flag_profile(seller, alice, "spam").case
    flag_profile(seller, ann, "spam")
    first = again(seller).avatar
    assert len(copied) == 3 and set(pictures.kept(first)) == set(SIZES)
    avatars.set_avatar(seller, picture(color=(110, 9, 9)))
    second = again(seller).avatar
    decisions.decide(case.id, bob, "clear", "No.", "spam")
    assert len(copied) == 6 and set(pictures.kept(second)) == set(SIZES) and not again(seller).avatar

    avatars.set_avatar(seller, picture(color=(120, 9, 9)))
    other = flag_profile(seller, alice, "spam").case
    kept = decisions.decide(other.id, bob, "keep", "Fine.")
    appeal = appeals.file(kept.id, alice, "It still advertises.")
    avatars.set_avatar(seller, picture(color=(130, 9, 9)))
    third = again(seller).avatar
    appeals.decide(appeal.id, carol, "clear", "Right.", rule="spam", reason="No.")
    assert len(copied) == 12 and set(pictures.kept(third)) == set(SIZES) and not again(seller).avatar


def test_a_picture_chosen_while_the_first_was_copied_is_kept_all_the_same(seller, alice, monkeypatch):
    usual, names = pictures.freeze, []

    def freeze(person):
        usual(person)
        if not names:
            avatars.set_avatar(seller, picture())
        names.append(person.avatar)

    monkeypatch.setattr(pictures, "freeze", freeze)
    case = flag_profile(seller, alice, "spam").case
    shown = again(seller).avatar
    assert case.frozen_facts["avatar"] == shown and set(pictures.kept(shown)) == set(SIZES)


def test_accounts_are_not_merged_while_the_profile_of_one_is_judged(seller, case, person, bob, carol):
    kept = person("trader")
    with pytest.raises(Refused, match="flagged the profile"):
        merging.merge(seller, kept, carol)
    made = decisions.decide(case.id, bob, "clear", "No.", "spam")
    merging.merge(seller, kept, carol)
    with pytest.raises(NotFound):
        flag_profile(seller, bob, "spam")
    appeals.decide(appeals.file(made.id, kept, "Why?").id, person("dora", role="moderator"), appeals.OVERTURN, "Right.")
    assert everything(again(kept))["bio"] == "", "another account's words are not put into this one's mouth"


@sqlite
@pytest.mark.parametrize(("outcome", "said"), [("silence", "You were silenced"), ("suspend", "You were suspended")])
def test_nothing_ticked_is_nothing_cleared(seller, case, bob, ann, as_, outcome, said):
    before = everything(seller)
    fields = {"outcome": outcome, "rule": "spam", "reason": "No.", "length": "7", "version": case.version}
    fields["revision"] = contents.revision_of(seller)
    asked = {**fields, "outcome": "clear"}
    assert "Tick what is to be cleared" in as_(bob).send(f"/moderation/cases/{case.id}/decisions", **asked).text
    assert as_(bob).send(f"/moderation/cases/{case.id}/decisions", **fields).status_code == 303
    assert everything(again(seller)) == before and (seller.is_silenced or seller.is_suspended)
    made = db.session.scalars(select(Decision)).one()
    page = as_(bob).get(f"/moderation/decisions/{made.id}").text
    assert "The profile stays as it is." in page and "Parts of the profile" not in page
    assert said in str(outcomes.decided_to_author(made)) and "cleared" not in str(outcomes.decided_to_author(made))
    assert "Your flag was upheld, and the profile stays as it is" in as_(ann).get("/notifications").text


@sqlite
def test_a_user_name_is_taken_away_and_given_back(seller, case, person, bob, carol, as_, client):
    decisions.decide(case.id, bob, "clear", "A shop is no name.", "spam", parts=["username"])
    given = again(seller).username
    assert given.startswith("member-") and seller.bio and client.get("/people/seller").status_code == 404
    made = db.session.scalars(select(Decision)).one()
    assert f"Your user name is {given} now" in as_(seller).get(f"/moderation/decisions/{made.id}").text
    with pytest.raises(BadField):
        accounts.register("se11er", "new@example.org", "a long and good password")
    for again_so in ("seller", "Seller"):
        with pytest.raises(BadField):
            name_actions.change_name(again(seller), again_so)
    assert people.may_be("seller") == [seller], "they still come in by it, to find out"
    undone = db.session.get(Decision, made.id)
    appeals.decide(appeals.file(undone.id, seller, "It is my trade.").id, carol, appeals.OVERTURN, "So it is.")
    assert again(seller).username == "seller" and client.get("/people/seller").status_code == 200
    flag_profile(seller, person("rita"), "spam")
    second = db.session.scalar(select(Case.id).where(Case.decided_at.is_(None)))
    decided = decisions.decide(second, bob, "clear", "Still.", "spam", parts=["username"])
    assert name_actions.change_name(again(seller), "rivers"), "another one at once"
    appeals.decide(appeals.file(decided.id, seller, "It is my trade.").id, carol, appeals.OVERTURN, "Yes.")
    assert again(seller).username == "rivers" and client.get("/people/seller").status_code in (301, 302, 308)
    assert name_actions.change_name(again(carol), "carol-b") and people.is_name_taken("seller", but_for=carol.id)

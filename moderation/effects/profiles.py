"""What outcomes do to a profile: keep it, clear parts of it, suspend whose it is; and giving back what it said."""

from __future__ import annotations

from forum.accounts.models import User
from forum.avatars.actions import drop_files
from forum.core.database import locked
from moderation.effects import people
from moderation.effects.shape import Done, Effect, Order, log
from moderation.models import Case, Decision, Kind
from moderation.profiles import contents, pictures, queries

ONLY = (Kind.PROFILE,)


def _keep(case: Case, _person: User, by: User, _order: Order) -> Done:
    return log("profile.kept", case, by)


def _nothing(_decision: Decision, _by: User) -> None:
    """A profile that was left as it was has nothing to take back."""


def clear(case: Case, person: User, by: User, order: Order) -> Done:
    """Take the parts that were chosen away from the profile; where nothing was said of them, all that may be."""
    parts = contents.chosen(case, person, order.parts)
    if order.parts == ():
        return Done("profile.kept")
    former = contents.take(person, parts)
    if name := former.get("avatar"):
        former["seals"] = _seals(person, name)
        drop_files(name)
    done = log("profile.cleared", case, by, order.rule)
    return Done(done.act, {"profile": {"person": person.id, "parts": list(parts), "former": former}})


def _seals(person: User, name: str) -> list[str]:
    if not pictures.kept(name):  # another one than was flagged first: it is evidence now, too
        person.avatar, empty = name, person.avatar
        pictures.freeze(person)
        person.avatar = empty
    return pictures.seals_of(name)


def _give_back(decision: Decision, _by: User) -> None:
    """Let each part say what it did, unless another decision that stands has cleared it since, or its owner said more.

    An account that has ended says nothing, and one that was merged into another leaves that one's profile alone.
    """
    taken = decision.undo.get("profile")
    person = locked(User, decision.case.author_id)
    if not taken or person is None or person.is_closed or person.id != taken["person"]:
        return
    later = {
        part
        for each in queries.decisions_about(person.id)
        if each.stands and each.id > decision.id
        for part in each.undo.get("profile", {}).get("parts", ())
    }
    for part in taken["parts"]:
        if part in later:
            continue
        if part != "avatar":
            contents.give_back(person, part, taken["former"])
        elif not person.avatar:
            pictures.give_back(person, taken["former"]["avatar"])


def _suspend(case: Case, person: User, by: User, order: Order) -> Done:
    cleared = clear(case, person, by, order)
    done = people.suspend(case, by, order)
    return Done(done.act, cleared.undo)


def _silence(case: Case, person: User, by: User, order: Order) -> Done:
    cleared = clear(case, person, by, order)
    done = people.silence(case, by, order)
    return Done(done.act, cleared.undo)


def _unsilence(decision: Decision, by: User) -> None:
    author = people.locked_author(decision, by)
    _give_back(decision, by)
    people.end_silence(decision, author, by)


def unsuspend(decision: Decision, by: User) -> None:
    """Give the profile back, and end the suspension as far as this decision alone made it last."""
    author = people.locked_author(decision, by)
    _give_back(decision, by)
    people.end_suspension(decision, author, by)


KEEP = Effect(_keep, _nothing, ONLY)
CLEAR = Effect(clear, _give_back, ONLY)
WARN = Effect(people.WARN.apply, _nothing, ONLY)
SILENCE = Effect(_silence, _unsilence, ONLY)
SUSPEND = Effect(_suspend, unsuspend, ONLY)

"""Which flags on one case come from people who look alike, and therefore count as one: the heaviest of them.

People look alike who were in one network (of the sign-up or of a session, while an address is still known), who
signed up within the same clock hour not long ago, or of whose latest flags three went to the same posts. Each of these
is a mark: a keyed hash that means something within its case only. A case keeps a mark once, with the number of the
group that has it, so that a new flag reads and writes no more rows than it has marks, however many flags there are.
Visitors look alike who came from one network, or within one clock hour.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select, text, update

from forum.accounts.addresses import KEPT_FOR, kind
from forum.accounts.models import Session, User
from forum.core import expiry
from forum.core.database import db, now, transaction
from forum.core.networks import cut
from forum.subthemes.policy import looks_after
from moderation.models import Alike, Case, Flag, FlagMark

SESSIONS_SEEN = 3  # the latest sessions whose networks are compared
TARGETS_SEEN, TARGETS_SHARED = 4, 3  # of the latest 4 flags 3 on the same posts
TARGETS_LATELY = timedelta(days=30)
NEW_FOR = KEPT_FOR  # for so long it says something who signed up in the same hour

# literal, as it stands in the partial index: a comparison with a bound value would keep that from serving
_COUNTS: Any = text("flags.counts")

Marks = dict[str, tuple[Alike, datetime]]  # a mark's hash → in what people are alike, and when it is forgotten


def marks_of(by: User, case: Case) -> Marks:
    """Return what a flag by this person on this case is recognised by; nothing for those who moderate there."""
    if looks_after(by, case.subtheme_id):
        return {}
    found: Marks = {}
    for network, until in _networks(by):
        found.setdefault(_hashed(case, Alike.NETWORK, network), (Alike.NETWORK, until))
    if by.created_at > now() - NEW_FOR and not by.source_id:  # an import signs nobody up
        hour = by.created_at.strftime("%Y-%m-%d %H")
        found[_hashed(case, Alike.JOINED, hour)] = (Alike.JOINED, by.created_at + NEW_FOR)
    for targets in combinations(_targets(by, case), TARGETS_SHARED):
        mark = _hashed(case, Alike.TARGETS, " ".join(sorted(targets)))
        found[mark] = (Alike.TARGETS, now() + TARGETS_LATELY)
    return found


def marks_of_visit(case: Case, networks: Collection[str]) -> Marks:
    """Return what a visitor's flag on this case is recognised by: the networks they were seen in, and the hour.

    Visitors are compared with each other only. A mark that they shared with members would let somebody without an
    account make two independent members one, and so keep a post from being hidden.
    """
    hour, until = now().strftime("%Y-%m-%d %H"), now() + NEW_FOR
    found: Marks = {_hashed(case, Alike.VISITED, f"visitor {hour}"): (Alike.VISITED, until)}
    for network in networks:
        if kind(network) == "public":
            found[_hashed(case, Alike.NETWORK, f"visitor {cut(network)}")] = (Alike.NETWORK, until)
    return found


def _networks(by: User) -> list[tuple[str, datetime]]:
    """Return the public networks in which the person was seen, and until when each may be known."""
    latest = select(Session.address, Session.expires_at).where(Session.user_id == by.id).order_by(Session.id.desc())
    seen = [(by.signup_address, by.created_at + KEPT_FOR)]
    seen += [(row.address, row.expires_at) for row in db.session.execute(latest.limit(SESSIONS_SEEN))]
    return [(cut(address), until) for address, until in seen if kind(address) == "public" and until > now()]


def _targets(by: User, case: Case) -> list[str]:
    """Return what the person's latest flags elsewhere are about. Those that were upheld don't count: who agree in being
    right need not have agreed beforehand."""
    query = (
        select(Case.kind, Case.post_id, Case.author_id)
        .join(Flag, Flag.case_id == Case.id)
        .where(
            Flag.flagger_id == by.id,
            Flag.upheld.is_not(True),
            Flag.created_at > now() - TARGETS_LATELY,
            or_(Case.kind != case.kind, Case.post_id != case.post_id, Case.author_id != case.author_id),
        )
        .order_by(Flag.id.desc())
        .limit(TARGETS_SEEN)
    )
    return list(dict.fromkeys(f"{row.kind} {row.post_id or row.author_id}" for row in db.session.execute(query)))


def _hashed(case: Case, alike: Alike, value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    words = f"likeness\0{case.id}\0{alike}\0{value}".encode()
    return hmac.new(key, words, hashlib.sha256).hexdigest()[:32]


def group(flag: Flag, marks: Marks) -> None:
    """Put a flag that was just written into its group within the case; of a group the heaviest flag counts.

    Joins the caller's transaction, which holds the lock under which flags on this case take turns.
    """
    flag.kin = flag.id
    if not marks:
        return
    with transaction() as session:
        known = session.execute(
            select(FlagMark.mark, FlagMark.kin).where(FlagMark.case_id == flag.case_id, FlagMark.mark.in_(marks))
        ).all()
        if known:
            kins = {row.kin for row in known}
            flag.kin = min(kins)
            alike = min((marks[row.mark][0] for row in known), key=list(Alike).index)
            _unite(flag, kins, alike)
        new = set(marks) - {row.mark for row in known}
        session.add_all(
            FlagMark(case_id=flag.case_id, mark=mark, kin=flag.kin, expires_at=marks[mark][1]) for mark in sorted(new)
        )
        session.flush()


def _unite(flag: Flag, kins: set[int], alike: Alike) -> None:
    """Make one group of these and the flag, and let its heaviest flag count."""
    here = Flag.case_id == flag.case_id
    with transaction() as session:
        if others := kins - {flag.kin}:
            session.execute(update(Flag).where(here, Flag.kin.in_(others)).values(kin=flag.kin))
            marks = update(FlagMark).where(FlagMark.case_id == flag.case_id, FlagMark.kin.in_(others))
            session.execute(marks.values(kin=flag.kin))
        flag.alike = alike
        session.flush()
        counting = session.scalars(select(Flag).where(here, Flag.kin == flag.kin, _COUNTS).order_by(Flag.id)).all()
        heaviest = max(counting, key=lambda each: each.weight)
        for each in counting:
            each.alike = each.alike or alike
            each.counts = each is heaviest
        session.flush()


def count_anew(case_id: int) -> None:
    """Let the heaviest flag of every group of a case count, after one of its flags has ended (a merge of accounts)."""
    with transaction() as session:
        heaviest: dict[int, Flag] = {}
        rows = session.scalars(select(Flag).where(Flag.case_id == case_id).order_by(Flag.weight.desc(), Flag.id)).all()
        for flag in rows:
            flag.counts = heaviest.setdefault(flag.kin or -flag.id, flag) is flag
        session.flush()


def forget_of_case(case_id: int) -> None:
    """Forget the marks of a case that is decided: no flag joins it any more. The groups stay as numbers."""
    with transaction() as session:
        session.execute(delete(FlagMark).where(FlagMark.case_id == case_id))


def forget_of_person(user_id: int) -> None:
    """Forget the marks of the groups in which somebody is who leaves."""
    kins = select(Flag.kin).where(Flag.flagger_id == user_id)
    with transaction() as session:
        theirs = delete(FlagMark).where(FlagMark.kin.in_(kins))
        session.execute(theirs, execution_options={"synchronize_session": False})


expiry.forget(FlagMark, lambda: FlagMark.expires_at <= now())

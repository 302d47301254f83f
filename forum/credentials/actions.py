"""What is done with applications: ask, take back, grant, decline. The only writer of them.

The applicant's row is locked first, as in forum/experts: what somebody asks and what is decided about it take turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import literal_column, select, update

from forum.accounts.models import Person, User
from forum.core import audit
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict, NotFound, Refused, allow
from forum.core.jobs import sweeper
from forum.credentials import policy, telling
from forum.credentials.models import Application, State
from forum.credentials.wording import CAUSES
from forum.experts import actions as experts
from forum.experts.actions import Claim
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme

LONGEST = timedelta(days=5 * 365 + 1)  # nobody vouches for longer; then it is looked at again
EVIDENCE_KEPT = timedelta(days=90)  # after the decision, in case it is asked about
SWEEP_SIZE = 200
NOT_NOW = _l("A renewal can be asked for from 90 days before the last day until 30 days after it.")


@dataclass(frozen=True)
class Wanted:
    """What somebody applies for: title and organisation as they would be shown, and what shows that it is so."""

    title: str
    organization: str
    claim: Claim
    evidence: str
    links: tuple[str, ...] = ()


def apply(subtheme: SubTheme, wanted: Wanted, by: User, renews: Credential | None = None) -> Application:
    """Ask to become an expert of `subtheme`, or with `renews` to remain one, and return the application.

    Raises Forbidden for who may not write here, Refused for an archived sub-theme, Conflict while another application
    for the same sub-theme waits or the same credential is in force.
    """
    with transaction() as session:
        person = locked(User, by.id)
        if person is None:
            raise NotFound
        allow(policy.why_not_apply(person))
        if subtheme.archived_at:
            raise Refused(_l("This sub-theme is archived: nobody answers there any more."))
        _check_alone(person.id, subtheme.id)
        if renews is None:
            experts.check_new(person.id, subtheme.id, wanted.title, wanted.organization)
        application = Application(
            user_id=person.id,
            subtheme_id=subtheme.id,
            renews_id=renews.id if renews else None,
            title=wanted.title,
            organization=wanted.organization,
            evidence=wanted.evidence,
            links=list(wanted.links),
            **vars(wanted.claim),
        )
        session.add(application)
        session.flush()
        telling.tell_deciders(application)
    return application


def ask_to_renew(credential: Credential, evidence: str, links: tuple[str, ...], by: User) -> Application:
    """Ask that one's credential lasts longer; it says afterwards what it says now. Raises as `apply` does."""
    if credential.user_id != by.id:
        raise NotFound
    if not policy.may_ask_to_renew(credential):
        raise Conflict(NOT_NOW)
    claim = Claim(credential.sector, credential.interests, credential.languages)
    wanted = Wanted(credential.title, credential.organization, claim, evidence, links)
    return apply(credential.subtheme, wanted, by, renews=credential)


def withdraw(application_id: int, by: User) -> bool:
    """Take one's application back, evidence and all; return False when it was decided or taken back before."""
    with transaction():
        locked(User, by.id)
        row = locked(Application, application_id)
        if row is None or row.user_id != by.id:
            raise NotFound
        if not row.is_open:
            return False
        row.state, row.decided_at, row.evidence, row.links = State.WITHDRAWN, now(), "", []
        telling.untell_deciders(row)
    return True


def grant(application_id: int, valid_until: date | None, by: Person) -> Credential:
    """Say yes until that day (UTC): the credential is made, or renewed. Return it.

    Raises Forbidden for one's own and for another's sub-theme, Conflict when somebody was faster, Refused for a day
    that has passed or is more than five years away.
    """
    if valid_until is None:
        raise Refused(_l("Say until when it holds."))
    if valid_until > (now() + LONGEST).date():
        raise Refused(_l("Five years at most: then somebody looks at it again."))
    with transaction() as session:
        row = _to_decide(application_id, by)
        if row.renews is not None:
            credential = row.renews
            experts.renew(credential, valid_until, by=by)
            told = {"change": "renewed", "title": row.title, "until": valid_until.isoformat()}
            telling.tell_applicant(row, told)
        else:
            claim = Claim(row.sector, row.interests, row.languages)
            credential = experts.grant(row.user, row.subtheme, row.title, row.organization, valid_until,
                                       by=by, claim=claim)  # fmt: skip
        _close(row, State.GRANTED, by)
        row.credential_id = credential.id
        session.flush()
    return credential


def decline(application_id: int, cause: str, reason: str, by: Person) -> Application:
    """Say no, with a cause of CAUSES that the public log shows, and a reason that only the applicant reads.

    Raises as `grant` does; Refused without a cause or a reason. The log names nobody (docs/decisions).
    """
    if cause not in CAUSES:
        raise Refused(_l("Choose one of these."))
    if not reason:
        raise Refused(_l("Please say why: the applicant will read it."))
    with transaction():
        row = _to_decide(application_id, by)
        _close(row, State.DECLINED, by)
        row.cause, row.reason = cause, reason
        facts = {"subtheme": row.subtheme.slug, "cause": cause, "renewal": row.renews_id is not None}
        audit.record("credential.declined", by=by, scope=row.subtheme.slug, target=f"application:{row.id}", facts=facts)
        telling.tell_applicant(row, {"change": "declined", "title": row.title, "reason": reason})
    return row


@sweeper
def forget_evidence() -> None:
    """Forget what somebody sent to show who they are, 90 days after the decision."""
    # spelled out: a bound value would keep the partial index from serving
    old = (Application.decided_at <= now() - EVIDENCE_KEPT) & (Application.evidence != literal_column("''"))
    ids = db.session.scalars(select(Application.id).where(old).limit(SWEEP_SIZE)).all()
    if ids:
        with transaction() as session:
            gone = update(Application).where(Application.id.in_(ids), Application.decided_at.is_not(None))
            session.execute(gone.values(evidence="", links=[]))


def _check_alone(user_id: int, subtheme_id: int) -> None:
    waiting = select(Application.id).where(
        Application.user_id == user_id, Application.subtheme_id == subtheme_id, Application.state == State.OPEN
    )
    if db.session.scalar(waiting.limit(1)):
        raise Conflict(_l("Your application for this sub-theme waits already. Take it back to send another one."))


def _to_decide(application_id: int, by: Person) -> Application:
    """Return the application with the applicant's row and its own locked, if `by` may decide it and it is open."""
    user_id = db.session.scalar(select(Application.user_id).where(Application.id == application_id))
    applicant = locked(User, user_id) if user_id else None
    row = locked(Application, application_id) if applicant else None
    if row is None:
        raise NotFound
    allow(policy.why_not_decide(by, row))
    if not row.is_open:
        raise Conflict(_l("Somebody has decided about this application meanwhile, or it was taken back."))
    return row


def _close(row: Application, state: State, by: Person) -> None:
    row.state, row.decided_at, row.decided_by_id = state, now(), by.id
    telling.untell_deciders(row)

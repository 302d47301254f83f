"""The parts of an archive that are kept about the person: the account, devices, proofs, notices, letters, records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists

from forum.accounts.models import (
    AgeChange,
    Consent,
    Guardian,
    Invitation,
    KnownDevice,
    NameChange,
    OneTimeLink,
    RoleGrant,
    Session,
    Tie,
    User,
)
from forum.answers.models import ExpertInvitation
from forum.asking.models import AskExpert, AskSession, QuestionSupport
from forum.core.audit import AuditEntry
from forum.credentials.models import Application
from forum.entry.models import Authenticator, Identity, Passkey, RecoveryCode
from forum.experts.models import Credential
from forum.leaving.models import DataExport
from forum.leaving.parts import KEPT, Item, Part, add, pick
from forum.mail.models import Mail
from forum.messages.models import Member
from forum.notifications.models import Notification, Watch
from forum.programme.models import Attendance, CalendarKey, Speaker
from forum.subthemes.models import ThemeModerator
from forum.threads.models import ChosenAnswer, PostMention
from forum.trust.models import ReadingDay, ThreadRead

# Columns of the account that are in the archive; the others are secrets, keys made from these, or counted from rows.
ACCOUNT = (
    "id", "username", "display_name", "email", "bio", "role", "moderates", "is_expert", "standing", "language",
    "timezone",
    "created_at", "confirmed_at", "approved_at", "signed_in_at", "signup_address", "application", "agreed", "age_band",
    "quiet_hours",
    "trust_level", "published_count", "suspended_until", "silenced_until", "invited_by_id",
    "mails_off", "mails_on", "bounces", "avatar",
    "sector", "place", "links", "speaks", "private", "leaving_at", "leaving_with", "source_id",
)  # fmt: skip
LEFT_OUT = {
    "password_hash": "a secret",
    "username_key": "made from the user name",
    "email_key": "made from the address",
    "email_claim": "made from the address",
    "bio_html": "made from the bio",
    "render_version": "says how the bio was rendered",
    "signup_key": "a secret of one form",
    "approved_by_id": "another person's act",
    "bounced_at": "says when a letter last came back",
    "merging_into_id": "stands only while an admin merges two accounts of one person",
}


def _account(row: User) -> Item:
    return Item(pick(row, *ACCOUNT), row.bio_html)


def _plain(*names: str) -> Callable[[Any], Item]:
    return lambda row: Item(pick(row, *names))


def _session(row: Session) -> Item:
    facts = pick(row, "user_agent", "created_at", "seen_at", "expires_at", "means", "proved_at", "has_second_factor",
                 "factor_at")  # fmt: skip
    return Item({**facts, "network": row.address})


def _letter(row: Mail) -> Item:
    return Item({"email": row.address, **pick(row, "template", "state", "created_at", "sent_at")})


def _link(row: OneTimeLink) -> Item:
    return Item({"email": row.address, **pick(row, "purpose", "created_at", "expires_at", "used_at")})


def _credential(row: Credential) -> Item:
    facts = pick(row, "title", "organization", "sector", "interests", "languages", "granted_at", "valid_until",
                 "reminded_30_at", "reminded_7_at", "revoked_at", "revoke_reason")  # fmt: skip
    return Item({**facts, "subtheme": row.subtheme.slug})


def _credential_application(row: Application) -> Item:
    facts = pick(row, "title", "organization", "sector", "interests", "languages", "evidence", "links", "asked_at",
                 "state", "decided_at", "reason")  # fmt: skip
    return Item({**facts, "subtheme": row.subtheme.slug, "credential": row.credential_id or row.renews_id})


def _notice(row: Notification) -> Item:
    return Item({**pick(row, "kind", "created_at", "read_at"), "post": row.post_id})


def _expert_invitation(row: ExpertInvitation) -> Item:
    return Item({"thread": row.thread_id, **pick(row, "created_at", "declined_at")})


def _chosen(row: ChosenAnswer) -> Item:
    return Item({"thread": row.thread_id, "post": row.post_id, "decided_at": row.chosen_at})


def _tie(row: Tie) -> Item:
    return Item({**pick(row, "kind", "created_at"), "other": row.other_id})


def _watch(row: Watch) -> Item:
    return Item({"thread": row.thread_id, **pick(row, "muted", "created_at")})


def _reading(row: ThreadRead) -> Item:
    return Item({"thread": row.thread_id, **pick(row, "position", "read_at")})


def _member(row: Member) -> Item:
    return Item({"conversation": row.conversation_id, **pick(row, "joined_at", "left_at")})


def _has_shown(user_id: Any) -> Any:
    """Only to whose address it is: what was sent there tells others whether it has an account."""
    return exists().where(User.id == user_id, User.email_claim.is_(None))


def _target(user_id: int) -> str:
    """What stands in the public log for a person."""
    return f"person:{user_id}"


def _entry(row: AuditEntry) -> Item:
    return Item({**pick(row, "act", "at", "rule", "scope", "target", "facts"), "role": row.actor_role})


add(
    KEPT,
    Part("account", _l("Your account and profile"), User.id, User.id, _account),
    Part("former_names", _l("User names that you bore"), NameChange.user_id, NameChange.id,
         _plain("former", "changed_at")),
    Part("consents", _l("What you agreed to"), Consent.user_id, Consent.id,
         _plain("document", "version", "language", "given_at")),
    Part("sessions", _l("Where you are signed in"), Session.user_id, Session.id, _session),
    Part("known_devices", _l("Browsers on which you signed in"), KnownDevice.user_id, KnownDevice.id,
         _plain("user_agent", "created_at", "used_at")),
    Part("passkeys", _l("Passkeys"), Passkey.user_id, Passkey.id,
         _plain("name", "created_at", "used_at", "transports", "is_backed_up")),
    Part("authenticator", _l("Authenticator app"), Authenticator.user_id, Authenticator.user_id,
         _plain("created_at", "confirmed_at")),
    Part("recovery_codes", _l("Recovery codes"), RecoveryCode.user_id, RecoveryCode.id, _plain("id", "used_at")),
    Part("identities", _l("Accounts elsewhere that sign you in"), Identity.user_id, Identity.id,
         _plain("provider", "subject", "label", "linked_at", "used_at")),
    Part("links_by_mail", _l("Links sent to you by mail"), OneTimeLink.user_id, OneTimeLink.id, _link,
         also=(_has_shown(OneTimeLink.user_id),)),
    Part("letters", _l("Letters sent to you"), Mail.user_id, Mail.id, _letter, also=(_has_shown(Mail.user_id),)),
    Part("experts_invited", _l("Invitations to experts that you sent"), ExpertInvitation.inviter_id,
         ExpertInvitation.id, _expert_invitation),
    Part("invited_as_expert", _l("Invitations to answer as an expert"), ExpertInvitation.expert_id,
         ExpertInvitation.id, _expert_invitation),
    Part("answers_chosen", _l("Answers that you chose"), ChosenAnswer.chosen_by_id, ChosenAnswer.thread_id, _chosen),
    Part("credentials", _l("Credentials as an expert"), Credential.user_id, Credential.id, _credential),
    Part("credential_applications", _l("Applications for a credential"), Application.user_id, Application.id,
         _credential_application),
    Part("roles", _l("Changes of your role"), RoleGrant.user_id, RoleGrant.id, _plain("former", "role", "granted_at")),
    Part("sub_themes_moderated", _l("Sub-themes that you moderate or did"), ThemeModerator.user_id, ThemeModerator.id,
         lambda row: Item({"subtheme": row.subtheme.slug, **pick(row, "appointed_at", "ended_at")})),
    Part("public_log_about_you", _l("Rows of the public log about you"), AuditEntry.target, AuditEntry.seq, _entry,
         owner_value=_target),
    Part("public_log_by_you", _l("Rows of the public log about what you did"), AuditEntry.actor_id, AuditEntry.seq,
         _entry),
    Part("invitations", _l("Invitations that you made"), Invitation.inviter_id, Invitation.id,
         _plain("note", "created_at", "expires_at", "used_at", "withdrawn_at")),
    Part("guardian", _l("Your guardian's consent"), Guardian.user_id, Guardian.user_id,
         lambda row: Item({"email": row.address, **pick(row, "asked_at", "agreed_at", "agreed")})),
    Part("age_changes", _l("Changes of your age group"), AgeChange.user_id, AgeChange.id, _plain("changed_at")),
    Part("attended", _l("What you signed up for in the programme"), Attendance.person_id, Attendance.id,
         lambda row: Item({"title": row.item.title_en, **pick(row, "seat", "signed_up_at")})),
    Part("speaking", _l("Items of the programme at which you speak"), Speaker.user_id, Speaker.id,
         lambda row: Item({"number": row.item_id, **pick(row, "words")})),
    Part("calendar", _l("The private address of your calendar"), CalendarKey.user_id, CalendarKey.user_id,
         _plain("made_at")),
    Part("ties", _l("People whom you mute or block"), Tie.user_id, Tie.other_id, _tie),
    Part("conversations", _l("Conversations that you are or were in"), Member.user_id, Member.conversation_id, _member),
    Part("notices", _l("Notices to you"), Notification.user_id, Notification.id, _notice),
    Part("mentions", _l("Posts that call you by name"), PostMention.user_id, PostMention.post_id,
         lambda row: Item({"post": row.post_id})),
    Part("questions_supported", _l("Questions to experts that you ask"), QuestionSupport.user_id,
         QuestionSupport.question_id, lambda row: Item({"post": row.question_id, **pick(row, "created_at")})),
    Part("sessions_named", _l("Sessions in which you are named as an expert"), AskExpert.user_id, AskExpert.session_id,
         lambda row: Item({"id": row.session_id})),
    Part("sessions_hosted", _l("Sessions with experts that you planned"), AskSession.host_id, AskSession.id,
         _plain("id", "description_en", "description_zh", "opens_at", "answers_at", "closes_at", "created_at")),
    Part("watched_threads", _l("Threads that you follow"), Watch.user_id, Watch.thread_id, _watch),
    Part("read_threads", _l("How far you read"), ThreadRead.user_id, ThreadRead.thread_id, _reading),
    Part("reading_days", _l("How much you read"), ReadingDay.user_id, ReadingDay.day,
         _plain("day", "threads", "posts", "seconds")),
    Part("archives", _l("Archives that you asked for"), DataExport.user_id, DataExport.id,
         _plain("state", "asked_at", "ready_at", "expires_at")),
)  # fmt: skip

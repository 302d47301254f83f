"""Every rate limit, and how a limit given in the environment is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from limits import parse_many

from forum.config.reading import UnsafeSetting


@dataclass(frozen=True)
class Limit:
    """One rate limit in the notation of flask-limiter; `LIMIT_<NAME>` in the environment changes it."""

    default: str
    meaning: str

    # Sources: issue 2 of the project; Discourse's and Mastodon's defaults in design/checks.md section 3.


LIMITS: dict[str, Limit] = {
    "REGISTER": Limit("5 per hour", "sign-ups, per address"),
    "RESEND": Limit("1 per minute; 5 per day", "confirmation links sent again, per person"),
    "INVITATION": Limit("10 per minute; 50 per day", "invitations made and withdrawn, per person"),
    "LOGIN": Limit(
        "6 per minute; 30 per hour", "sign-in attempts, per address, but on browsers that the account knows"
    ),
    "LOGIN_ACCOUNT": Limit(
        "10 per 15 minutes; 50 per day", "wrong passwords for one name, from browsers that the account does not know"
    ),
    "LOGIN_DEVICE": Limit("10 per 15 minutes; 50 per day", "wrong passwords for one name on a browser that it knows"),
    "LOGIN_FAILURES": Limit("100 per day", "wrong passwords for whatever names, per address"),
    "PROOF": Limit(
        "6 per minute; 20 per hour; 50 per day",
        "wrong passwords, codes and passkeys of who is signed in or half so, per person and browser",
    ),
    "FORGOT": Limit("5 per 30 minutes; 20 per day", "requests for a new password, per address"),
    "RESET": Limit("6 per day", "letters with a link to a new password, per person; more are silently not sent"),
    "THREAD": Limit("1 per 15 seconds; 20 per day", "new threads, per person"),
    "THREAD_NEWCOMER": Limit("1 per 60 seconds; 20 per day", "new threads of a newcomer"),
    "THREAD_MEMBER": Limit("1 per 15 seconds; 30 per day", "new threads of a member (trust level 2)"),
    "THREAD_REGULAR": Limit("1 per 15 seconds; 40 per day", "new threads of a regular (level 3), expert or moderator"),
    "REPLY": Limit("1 per 5 seconds; 200 per day", "replies, per person"),
    "REPLY_NEWCOMER": Limit("1 per 20 seconds; 200 per day", "replies of a newcomer"),
    "REPLY_MEMBER": Limit("1 per 5 seconds; 300 per day", "replies of a member"),
    "REPLY_REGULAR": Limit("1 per 5 seconds; 400 per day", "replies of a regular, expert or moderator"),
    "THREAD_YOUNG": Limit("1 per 60 seconds; 10 per day", "new threads of somebody young, at every trust level"),
    "REPLY_YOUNG": Limit("1 per 20 seconds; 100 per day", "replies of somebody young"),
    "EDIT": Limit("10 per minute; 60 per day", "edits and deletions, per person"),
    "EDIT_MEMBER": Limit("10 per minute; 90 per day", "edits and deletions of a member"),
    "EDIT_REGULAR": Limit("10 per minute; 120 per day", "edits and deletions of a regular, expert or moderator"),
    "PROFILE": Limit("10 per minute; 60 per day", "changes of one's own settings, per person"),
    "AVATAR": Limit("6 per minute; 30 per day", "pictures of oneself, per person"),
    "EMAIL": Limit("3 per hour; 10 per day", "changes of one's e-mail address, per person"),
    "EXPORT": Limit("1 per day", "archives of one's own data, per person"),
    "EXPERT_INVITATION": Limit("5 per minute; 20 per day", "invitations to experts and refusals of them, per person"),
    "FLAG": Limit("20 per day", "flags, per person"),
    "FLAG_MEMBER": Limit("30 per day", "flags of a member"),
    "FLAG_REGULAR": Limit("40 per day", "flags of a regular, expert or moderator"),
    "VISITOR_FLAG": Limit("5 per hour; 10 per day", "flags of visitors, per address"),
    "VISITOR_FLAG_NETWORK": Limit("10 per hour; 30 per day", "flags of visitors, per network (/24 or /48)"),
    "VISITOR_FLAG_UNPROVED": Limit("2 per hour; 5 per day", "of these, sent without the page's work, per network"),
    "APPEAL": Limit("10 per day", "appeals against decisions, per person; by the link of a letter, per address"),
    "CREDENTIAL": Limit("5 per day", "applications for a credential and wishes to renew one, per person"),
    "CONVERSATION": Limit("20 per day", "conversations started, per person"),
    "MESSAGE": Limit("10 per minute; 200 per day", "messages in conversations, deleting and leaving, per person"),
    "CONVERSATION_YOUNG": Limit("5 per day", "conversations started by somebody young"),
    "MESSAGE_YOUNG": Limit("5 per minute; 100 per day", "messages of somebody young, deleting and leaving"),
    "ATTEND": Limit("10 per minute; 100 per day", "signing up in the programme, withdrawing from it, per person"),
    "SEARCH": Limit("30 per minute", "searches, per person signed in"),
    "SEARCH_ANONYMOUS": Limit("15 per minute", "searches, per address of an anonymous reader"),
    "SUPPORT": Limit("10 per minute; 300 per day", '"I ask this too" under questions, per person'),
    "PREVIEW": Limit("60 per minute", "previews and quotes, per person"),
    "STAFF": Limit("120 per minute", "acts of moderators and admins, per person"),
}


def rate(environ: Mapping[str, str], name: str, default: str) -> str:
    """Return the rate limit in the setting `name`, or raise UnsafeSetting when it can't be understood."""
    value = environ.get(name, "").strip() or default
    try:
        understood = all(item.amount > 0 for item in parse_many(value))
    except ValueError:
        understood = False
    if not understood:
        raise UnsafeSetting(f'{name} must look like "6 per minute" or "6 per minute; 30 per hour", not {value!r}.')
    return value

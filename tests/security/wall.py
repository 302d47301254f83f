"""A forum full of hostile words: each stands in every kind of field, many of them on few pages.

Rows are written directly, as an import does, since thousands of sign-ups and flags would prove nothing more. Texts go
through the forum's normaliser and renderer, one by one; one post shows the renderings of many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session as Writer

from forum.accounts.approvals import PAGE as WAITING_SHOWN
from forum.accounts.invitations import SHOWN as INVITATIONS_SHOWN
from forum.accounts.models import Invitation, Role, Session, Tie, User
from forum.accounts.sessions import fingerprint
from forum.archive.rendering import plain_html
from forum.asking.models import AskExpert, AskSession, Question
from forum.config import PAGE_SIZE, TIES_MOST
from forum.core import audit
from forum.core.database import now, transaction
from forum.core.markup import RENDER_VERSION, Rendered, render_many
from forum.core.site import SiteSetting
from forum.core.text import BODY_LIMIT, NAME_LIMIT, NOTE_LIMIT, TITLE_LIMIT, cleaned, plain_slug
from forum.credentials.models import Application
from forum.entry.models import Identity, Passkey
from forum.entry.queries import IDENTITIES_MOST, PASSKEYS_MOST
from forum.experts.models import Credential
from forum.mail.models import Mail
from forum.messages.models import Conversation, Member, Message
from forum.notifications.models import Notification
from forum.programme.models import Attendance, Edition, Speaker
from forum.programme.models import Item as ProgrammeItem
from forum.subthemes.models import SubTheme
from forum.threads import visiting
from forum.threads.drafts import MOST as MOST_DRAFTS
from forum.threads.expert_views import IN_DIRECTORY
from forum.threads.lists import PINNED_LIMIT
from forum.threads.models import AnswerDraft, ChosenAnswer, Post, Revision, State, Thread
from forum.threads.revisions import PER_PAGE as VERSIONS
from forum.threads.sources import MOST as MOST_SOURCES
from moderation.appeals.models import Appeal
from moderation.message_appeals.models import MessageAppeal
from moderation.models import Case, Decision, Flag, Outcome, Source
from moderation.notes.models import CaseNote
from moderation.presets.models import Preset
from moderation.queries import FLAGS_SHOWN
from moderation.reports.models import MessageReport
from moderation.screens.models import Screen
from moderation.visitors import links
from moderation.visitors.models import VisitorFlag

TOKENS = {"boris": "b" * 43, "ada": "a" * 43, "wanda": "w" * 43}  # a moderator, an admin, the author of everything
BORIS, ADA, WANDA = 1, 2, 3
VISITORS, VISITORS_TOKEN = 90_000, "v" * 43  # the id of a visitor's flag, and what opens the page that confirms one
LETTERS = 3
PEOPLE = 4  # the id of the first person who bears a hostile name


@dataclass(frozen=True)
class Sight:
    """A page to look at, and who looks (a name of TOKENS, or "" for a stranger)."""

    path: str
    viewer: str = ""


@dataclass(frozen=True)
class Words:
    """The words, cut and packed to what each field holds; `html` is one rendering for each, `query` finds them."""

    names: list[str]
    titles: list[str]
    notes: list[str]
    bodies: list[str]
    html: list[str]
    query: str

    @staticmethod
    def of(vectors: Sequence[str]) -> Words:
        """Normalise, cut, pack and render."""
        clean = [cleaned(vector) for vector in vectors]
        line = [" ".join(text.split()) or "blank" for text in clean]
        rendered = render_many(clean)
        return Words(
            names=[text[:NAME_LIMIT] for text in line],
            titles=list(packed(line, TITLE_LIMIT, " ")),
            notes=list(packed(clean, NOTE_LIMIT, "\n")),
            bodies=list(packed(clean, BODY_LIMIT, "\n\n")),
            html=[
                result.html if isinstance(result, Rendered) else plain_html(text)
                for text, result in zip(clean, rendered, strict=True)
            ],
            query="alert",
        )

    def as_harmless(self) -> Words:
        """Return as many words of the same kinds that mean no harm."""

        def plain(like: list[str]) -> list[str]:
            return [f"plain words {number}" for number in range(len(like))]

        return Words(
            names=plain(self.names),
            titles=plain(self.titles),
            notes=plain(self.notes),
            bodies=plain(self.bodies),
            html=[f"<p>{each}</p>" for each in plain(self.html)],
            query="plain",
        )


def packed(texts: Sequence[str], limit: int, joint: str) -> Iterator[str]:
    """Yield texts of at most `limit` characters that hold all of `texts`, in order; only a longer one is cut."""
    held = ""
    for text in texts:
        for start in range(0, max(len(text), 1), limit):
            piece = text[start : start + limit]
            if held and len(held) + len(joint) + len(piece) > limit:
                yield held
                held = ""
            held = f"{held}{joint}{piece}" if held else piece
    yield held


def build(words: Words) -> list[Sight]:
    """Fill an empty forum and return the pages that show the words."""
    with transaction() as session:
        _people(session, words)
        places = _subthemes(session, words)
        _experts(session, words, places)
        threads = _threads(session, words, places)
        posts = _wall_of_posts(session, words)
        _revisions(session, words)
        _drafts(session, words, posts)
        _session(session, words)
        cases = _cases(session, words, posts)
        _visitors(session, words, posts)
        _notices(session, posts)
        _letters(session, words)
        _ties(session, words)
        talks = _messages(session, words)
        _identities(session, words)
        _programme(session, words)
    slug = plain_slug(words.titles[0])
    own = ("/notifications", "/settings/profile", "/settings/avatar", "/settings/name", f"/posts/{posts[0]}/edit")
    mine = [Sight(path, "wanda") for path in own]
    waiting = PEOPLE + min(len(words.bodies), len(words.names)) - 1
    desk = [Sight(f"/moderation/cases/{case}", "boris") for case in range(1, cases + 1)]
    return [
        Sight("/"),
        *(Sight(f"/subthemes/s{place}") for place in threads),
        Sight("/subthemes/s1", "boris"),
        Sight("/experts"),
        Sight("/programme"),
        Sight("/programme?by=subtheme", "wanda"),
        Sight("/programme/items/1", "wanda"),
        *(Sight(f"/programme/items/1/{page}", "boris") for page in ("edit", "notes")),
        Sight("/programme/mine", "wanda"),
        Sight(f"/threads/{WALL}/{slug}"),
        Sight(f"/threads/{WALL}/{slug}?experts=1"),
        Sight(f"/threads/{WALL}/{slug}?quote={posts[0]}", "wanda"),
        Sight(f"/threads/{WALL}/manage", "boris"),
        Sight("/people/wanda"),
        Sight("/people/wanda", "wanda"),
        Sight("/people/wanda", "boris"),
        Sight("/people/wanda", "ada"),
        Sight("/settings/trust", "wanda"),
        Sight("/messages", "wanda"),
        *(Sight(f"/messages/1{page}", "wanda") for page in ("", "/flags", "/leave", "/1/delete")),
        *(Sight(f"/messages/{talk}", "wanda") for talk in range(2, talks + 1)),
        Sight("/messages/new?to=u1", "ada"),
        *(
            Sight(path, "boris")
            for path in ("/moderation/messages", "/moderation/messages/1", "/moderation/messages/2")
        ),
        *(Sight("/moderation/messages/2/decision", who) for who in ("boris", "wanda")),
        Sight("/settings/security", "wanda"),
        Sight("/settings/ties", "ada"),
        *(Sight(f"/flags{page}", "ada") for page in ("", "/1", "/2", "/3")),
        Sight(f"/threads/{WALL}/{slug}", "ada"),  # who keeps everybody away
        Sight(f"/posts/{posts[0]}/revisions"),
        Sight(f"/posts/{posts[1]}/edit", "wanda"),
        Sight(f"/threads/{WALL}/invite", "wanda"),
        Sight(f"/posts/{posts[0]}/flags", "ada"),
        Sight(f"/posts/{posts[0]}/flags/visitor"),
        *(Sight(path) for path in _visitors_pages()),
        *(Sight(path, "ada") for path in (f"/threads/{WALL}/flags", "/people/wanda/flags")),
        Sight(f"/search?q={words.query}"),
        *mine,
        Sight("/moderation/cases", "boris"),
        *desk,
        Sight("/moderation/decisions/1", "wanda"),
        Sight("/settings/decisions", "wanda"),
        Sight("/settings/record", "wanda"),
        Sight("/moderation/appeals", "boris"),
        Sight("/moderation/appeals/1", "boris"),
        Sight("/moderation/appeals/messages/1", "boris"),
        Sight("/moderation/log"),
        Sight("/moderation/log/files"),
        Sight("/moderation/report"),
        Sight("/moderation/inside", "boris"),
        Sight("/moderation/second", "boris"),
        Sight("/sessions"),
        Sight("/sessions/1/ask-us", "wanda"),
        Sight("/sessions/1/desk", "boris"),
        Sight("/sessions/1/change", "boris"),
        Sight("/subthemes/s1/sessions/new", "boris"),
        *(Sight(f"/admin/waiting?after={last}", "boris") for last in range(PEOPLE - 1, waiting, WAITING_SHOWN)),
        Sight("/invitations", "wanda"),
        Sight("/admin", "ada"),
        Sight("/admin/subthemes", "ada"),
        Sight("/admin/subthemes/s1", "ada"),
        Sight("/admin/people?q=w", "ada"),
        Sight("/admin/people/wanda", "ada"),
        Sight("/admin/people?list=joined", "ada"),
        Sight("/admin/people/wanda/network", "ada"),
        Sight("/admin/people/u1/merge?into=wanda", "ada"),
        Sight("/experts/credentials/1/revoke", "ada"),
        Sight("/experts/credentials/1"),
        Sight("/settings/credentials", "wanda"),
        Sight("/experts/desk", "wanda"),
        Sight("/drafts/1", "wanda"),
        Sight("/experts/credentials/1/renew", "wanda"),
        Sight("/moderation/credentials", "boris"),
        *(Sight(f"/moderation/credentials/{number}", "boris") for number in range(1, APPLICATIONS + 1)),
        Sight("/admin/mail", "ada"),
        *(Sight(f"/admin/mail/{number}", "ada") for number in range(1, LETTERS + 1)),
        Sight("/settings/mail", "wanda"),
        Sight("/settings/sessions", "wanda"),
        Sight("/admin/security", "ada"),
        Sight("/admin/rules", "ada"),
        Sight("/admin/acts", "ada"),
        Sight(f"/admin/posts/{posts[0]}/purge", "ada"),
        Sight("/moderation/presets", "boris"),
        Sight("/moderation/presets/1", "boris"),
        Sight("/moderation/screens", "boris"),
        *(Sight(f"/moderation/screens/{number}", "boris") for number in (1, 2)),
    ]


SESSION = 50_000  # the thread of a session, and the first of its posts


def _session(session: Writer, words: Words) -> None:
    """A session in which hostile words are asked, answered and declined; the search finds none of them, as it shows
    others of the same shape."""
    days = dict(zip(("opens_at", "answers_at", "closes_at", "archives_at"), (-2, -1, 1, 2), strict=True))
    times = {name: now() + timedelta(days=day) for name, day in days.items()}
    session.add(Thread(**_thread(SESSION, 101, "Ask us", led_by="asking", last_position=9)))
    session.flush()
    text = dict.fromkeys(("description_en", "description_zh"), words.bodies[0][:4000])
    facts = {"host_id": BORIS, "capacity": 3, "state": "answering", "next_at": times["closes_at"], **text, **times}
    session.add(AskSession(id=1, thread_id=SESSION, **facts))
    session.flush()
    session.add(AskExpert(session_id=1, user_id=WANDA))
    common = {"thread_id": SESSION, "author_id": WANDA, "render_version": RENDER_VERSION, "lang": "en"}
    for number in range(6):
        body, html = words.bodies[number % len(words.bodies)][:1000], words.html[number % len(words.html)]
        more = {"parent_id": SESSION + 2, "credential_id": 1} if number == 5 else {}
        session.add(Post(id=SESSION + number, position=number + 1, body=body, html=html, plain="", **common, **more))
        session.flush()
    statuses = {1: "open", 2: "answered", 3: "declined", 4: "open"}
    for number, status in statuses.items():
        asked = Question(post_id=SESSION + number, session_id=1, status=status, routed_to_id=WANDA)
        asked.decline_reason = words.bodies[0][:1000] if status == "declined" else ""
        asked.answer_id = SESSION + 5 if status == "answered" else None
        session.add(asked)
    session.flush()


def _people(session: Writer, words: Words) -> None:
    def row(number: int, username: str, name: str, **facts: Any) -> dict[str, Any]:
        common = {"role": Role.NETIZEN, "bio": "", "bio_html": "", "published_count": 10, "is_expert": True}
        common |= {"standing": "active", "application": ""}
        common |= {"created_at": now() - timedelta(days=400), "render_version": RENDER_VERSION}
        return {"id": number, "username": username, "username_key": username, "display_name": name, **common, **facts}

    named = enumerate(words.names)
    session.execute(
        insert(User),
        [
            row(BORIS, "boris", words.names[0], role=Role.MODERATOR),
            row(ADA, "ada", words.names[1], role=Role.ADMIN),
            row(WANDA, "wanda", words.names[2], bio=words.bodies[0][:2000], bio_html="".join(words.html)),
            *(row(PEOPLE + number, f"u{number}", name, **_waiting(number, words)) for number, name in named),
        ],
    )
    invited = [
        {"inviter_id": WANDA, "code_hash": fingerprint(str(number)), "note": note[:120], "expires_at": now()}
        for number, note in enumerate(words.titles)
    ]
    session.execute(insert(Invitation), invited[:INVITATIONS_SHOWN])
    hashes = {name: fingerprint(token) for name, token in TOKENS.items()}
    rows = [{"token_hash": hashes[name], "user_id": number} for name, number in zip(TOKENS, (1, 2, 3), strict=True)]
    moments = {"expires_at": now() + timedelta(days=1), "proved_at": now()}  # no page asks for a proof again
    session.execute(insert(Session), [{**one, **moments} for one in rows])
    keys = [{"credential_id": f"k{number}", "name": name} for number, name in enumerate(words.names[:PASSKEYS_MOST])]
    key = {"user_id": WANDA, "user_handle": "w", "public_key": b"w"}
    session.execute(insert(Passkey), [{**one, **key} for one in keys])


def _waiting(number: int, words: Words) -> dict[str, Any]:
    """Let as many of the people wait for approval as there are long texts, each with one for an application."""
    if number >= len(words.bodies):
        return {"standing": "active", "application": ""}
    return {"standing": "waiting", "application": words.bodies[number]}


def _subthemes(session: Writer, words: Words) -> list[int]:
    """Make as many as the directory needs to show everybody; their own names and paragraphs are hostile too."""
    numbers = range(1, -(-len(words.names) // IN_DIRECTORY) + 1)
    some = [words.titles[number % len(words.titles)] for number in numbers]
    rows: list[dict[str, Any]] = [
        {
            "id": 100 + number, "slug": f"s{number}", "position": number, "hue": number % 7,
            "name_en": text[:100], "name_zh": text[100:] or text[:100], "description_en": text, "description_zh": text,
        }
        for number, text in zip(numbers, some, strict=True)
    ]  # fmt: skip
    session.execute(insert(SubTheme), rows)
    for row in rows[:PAGE_SIZE]:
        audit.record(
            "subtheme.created", by=None, scope=row["slug"], target="subtheme:1", facts={"name": row["name_en"]}
        )
    return [100 + number for number in numbers]


def _experts(session: Writer, words: Words, places: list[int]) -> None:
    rows = [
        {
            "id": number + 1, "user_id": PEOPLE + number, "subtheme_id": places[number // IN_DIRECTORY],
            "title": name, "organization": words.titles[number % len(words.titles)], "granted_by_id": ADA,
        }
        for number, name in enumerate(words.names)
    ]  # fmt: skip
    rows[0]["user_id"] = WANDA
    rows[0] |= {"interests": words.bodies[0][:1000], "valid_until": (now() + timedelta(days=60)).date()}
    session.execute(insert(Credential), rows)
    session.execute(insert(Application), [_application(number, places[0], words) for number in range(APPLICATIONS)])


def _application(number: int, place: int, words: Words) -> dict[str, Any]:
    """Wanda's, all but the last decided: one may be open for a sub-theme."""
    body = words.bodies[number % len(words.bodies)]
    is_last = number == APPLICATIONS - 1
    facts = {"state": "open" if is_last else "declined", "cause": "" if is_last else "other", "reason": body[:2000]}
    said = {"title": words.names[number], "organization": words.titles[number % len(words.titles)], "sector": "civil"}
    more = {"interests": body[:1000], "evidence": body[:4000], "links": [], "languages": "en"}
    return {"id": number + 1, "user_id": WANDA, "subtheme_id": place, **said, **more, **facts}


def _drafts(session: Writer, words: Words, posts: Sequence[int]) -> None:
    """Wanda's: the first one on a page of its own, or in the form where she may answer."""
    rows = [
        {"user_id": WANDA, "parent_id": post, "body": words.bodies[number % len(words.bodies)],
         "sources": [[title, title] for title in words.titles[:MOST_SOURCES]]}
        for number, post in enumerate(posts[:MOST_DRAFTS])
    ]  # fmt: skip
    session.execute(insert(AnswerDraft), rows)


APPLICATIONS = 8
WALL = 1  # the thread whose posts show every rendering


def _thread(number: int, place: int, title: str, **facts: Any) -> dict[str, Any]:
    common = {"id": number, "subtheme_id": place, "title": title, "author_id": WANDA, "last_author_id": WANDA}
    common |= {"state": State.VISIBLE, "lang": "en", "last_post_at": now(), "last_position": 1, "pinned_at": now()}
    return {**common, "expert_answer_count": 0, "reply_count": 0, **facts}


def _threads(session: Writer, words: Words, places: list[int]) -> list[int]:
    """Pin as many threads in a sub-theme as its page shows; return the numbers of the sub-themes that are full."""
    rows = [_thread(WALL, places[0], words.titles[0], last_position=PAGE_SIZE, reply_count=PAGE_SIZE - 1)]
    rows[0] |= {"asked_at": now(), "asked_by_id": WANDA, "is_answered": True}
    used = []
    for number, title in enumerate(words.titles):
        shelf = number // (PINNED_LIMIT - 1)
        place = places[shelf % len(places)]
        author = PEOPLE + number % len(words.names)
        open_ = {"asked_at": None, "asked_by_id": None, "is_answered": False}
        rows.append(_thread(WALL + 1 + number, place, title, author_id=author, **open_))
        used.append(place - 100)
    session.execute(insert(Thread), rows)
    return sorted(set(used))


def _wall_of_posts(session: Writer, words: Words) -> list[int]:
    """Return the ids of the posts: together they show every rendering, on one page."""
    ids = range(1, PAGE_SIZE + 1)
    rows = [
        {
            "id": number, "thread_id": WALL, "position": number, "state": State.VISIBLE, "published_at": now(),
            "author_id": WANDA if number in (1, 2) else PEOPLE + number,
            "credential_id": number if number > 1 else None,
            "body": words.bodies[number % len(words.bodies)],
            "html": "".join(words.html[number - 1 :: PAGE_SIZE]),
            "plain": words.bodies[number % len(words.bodies)][:4000],  # what search and lists show of it
            "lang": "en", "render_version": RENDER_VERSION, "notified_at": now(), "edited_at": now(),
            "revision": min(VERSIONS, len(words.bodies)) if number == 1 else 1,
            "correction": words.notes[number % len(words.notes)][:500], "corrected_at": now(),
            "correction_told_at": now(),
            "sources": [{"title": title, "address": "/"} for title in words.titles[number::PAGE_SIZE][:MOST_SOURCES]],
        }
        for number in ids
    ]  # fmt: skip
    session.execute(insert(Post), rows)
    session.execute(insert(ChosenAnswer), [{"thread_id": WALL, "post_id": 2, "chosen_by_id": WANDA}])
    return list(ids)


def _revisions(session: Writer, words: Words) -> None:
    """Former texts of the first post, that of the present one last."""
    some = words.bodies[: VERSIONS - 1]
    rows = [
        {"post_id": 1, "number": number, "title": words.titles[number % len(words.titles)], "body": body,
         "replaced_by_id": WANDA, "note": words.notes[number % len(words.notes)][:500],
         "sources": [{"title": words.titles[number % len(words.titles)], "address": "/"}]}
        for number, body in enumerate(some, 1)
    ]  # fmt: skip
    session.execute(insert(Revision), rows[: min(VERSIONS, len(words.bodies)) - 1] or rows)


def _cases(session: Writer, words: Words, posts: list[int]) -> int:
    """Open as many cases as show every note, fill the queue, decide the last; return how many there are."""
    notes = [words.notes[start : start + FLAGS_SHOWN] for start in range(0, len(words.notes), FLAGS_SHOWN)]
    common = {"author_id": WANDA, "subtheme_id": 101, "source": Source.FLAGS, "frozen_revision": 0, "version": 1}
    rows: list[dict[str, Any]] = [
        {
            **common, "id": number, "post_id": post, "score": float(number), "flag_count": 1,
            "frozen_title": words.titles[number % len(words.titles)], "decided_at": None,
            "frozen_author": words.names[number % len(words.names)],
            "frozen_body": words.bodies[number % len(words.bodies)],
            "frozen_html": "".join(words.html[number::PAGE_SIZE]), "findings": [_finding(words, number)],
        }
        for number, post in enumerate(posts, 1)
    ]  # fmt: skip
    _screens(session, words)
    _presets(session, words)
    rows[-1] |= {"decided_at": now(), "decided_revision": 1}
    session.execute(insert(Case), rows)
    flags = [
        {"case_id": number, "flagger_id": PEOPLE + place, "reason": "spam", "note": note}
        for number, shown in enumerate(notes, 1)
        for place, note in enumerate(shown)
    ]
    own = [
        {"case_id": number, "flagger_id": ADA, "reason": "spam", "note": words.notes[number % len(words.notes)]}
        for number in range(2, min(len(posts), PAGE_SIZE))
    ]
    session.execute(insert(Flag), own)  # first, so that their ids are known and the desk shows the others
    session.execute(insert(Flag), flags)
    session.execute(
        insert(CaseNote),
        [
            {"case_id": number, "author_id": ADA, "body": "\n".join(shown)[:1000]}
            for number, shown in enumerate(notes, 1)
        ],
    )
    decision = {"id": 1, "case_id": len(rows), "decider_id": ADA, "outcome": Outcome.HIDE, "rule": "spam"}
    session.execute(insert(Decision), [{**decision, "reason": "\n".join(words.notes[:2])[:2000]}])
    appeal = {"id": 1, "decision_id": 1, "first_decider_id": ADA, "appellant_id": WANDA, "state": "open", "reply": ""}
    session.execute(insert(Appeal), [{**appeal, "words": "\n".join(words.notes[:2])[:2000], "version": 1}])
    return len(notes)


def _visitors(session: Writer, words: Words, posts: list[int]) -> None:
    """Visitors may flag: one did and waits for the letter, one is answered."""
    session.execute(insert(SiteSetting), [{"name": visiting.SETTING, "value": True}])
    note = "\n".join(words.notes[:3])[:1000]
    session.execute(insert(Flag), [{"id": VISITORS, "case_id": 1, "flagger_id": None, "reason": "spam", "note": note}])
    waiting = {"post_id": posts[0], "reason": "spam", "note": note, "mark": "", "form_key": "f", "network": ""}
    row = {**waiting, "address": "v@example.org", "token_hash": fingerprint(VISITORS_TOKEN), "created_at": now()}
    session.execute(insert(VisitorFlag), [row])


def _visitors_pages() -> tuple[str, ...]:
    return f"/flags/confirm/{VISITORS_TOKEN}", f"/flags/receipt/{links.receipt_token(VISITORS)}"


def _finding(words: Words, number: int) -> dict[str, Any]:
    """What a screen found, between words of the text."""
    return {
        "screen": "watched", "id": 1, "rule": "spam", "field": "body", "before": words.names[0],
        "match": words.titles[number % len(words.titles)], "after": words.notes[number % len(words.notes)],
    }  # fmt: skip


def _screens(session: Writer, words: Words) -> None:
    """Words that moderators watch, in a list and in a form."""
    lines = [" ".join(text.split())[:80] for text in words.notes]
    common = {"kind": "phrase", "action": "replace", "rule": "spam", "is_on": True, "changed_at": now()}
    rows = [
        {**common, "id": number, "words": "\n".join(lines[number::2]), "replacement": words.names[number][:100]}
        for number in (1, 2)
    ]
    session.execute(insert(Screen), rows)


def _presets(session: Writer, words: Words) -> None:
    """Reasons that moderators keep: in a list, in a form, and as attributes of the options at a decision."""
    rows = [
        {"id": number, "title": " ".join(words.names)[:80], "text_en": text[:2000], "text_zh": text[:2000], "rule": "",
         "outcome": ""}
        for number, text in enumerate(words.bodies[:2], 1)
    ]  # fmt: skip
    session.execute(insert(Preset), rows)


def _letters(session: Writer, words: Words) -> None:
    """Names stand in letters, and a mail server may answer anything; their text is shown for want of one."""
    rows = [
        {"key": f"wall:{number}", "address": f"{words.names[number]}@example.org"[:320], "template": "trial",
         "user_id": WANDA, "error": words.notes[number % len(words.notes)][:300], "state": "failed",
         "facts": {"name": "\n".join(words.names), "by": words.names[number], "address": words.bodies[0][:1000]}}
        for number in range(LETTERS)
    ]  # fmt: skip
    session.execute(insert(Mail), rows)


def _notices(session: Writer, posts: list[int]) -> None:
    kinds = ("mention", "quote", "answer", "reply", "watch", "decision", "flag_outcome", "published", "message")
    rows = [
        {"user_id": WANDA, "kind": kinds[number % len(kinds)], "key": f"wall:{number}", "actor_id": PEOPLE + number,
         "post_id": post, "facts": {"outcome": "kept", "rule": "spam", "decision": 1, "conversation": 1}}
        for number, post in enumerate(posts)
    ]  # fmt: skip
    session.execute(insert(Notification), rows)


def _messages(session: Writer, words: Words) -> int:
    """A page of conversations, all renderings in the first, and all of them as flagged; return how many there are."""
    numbers = range(1, PAGE_SIZE + 1)
    session.execute(
        insert(Conversation),
        [
            {"id": number, "started_by_id": WANDA, "title": words.titles[number % len(words.titles)][:120]}
            for number in numbers
        ],
    )
    session.execute(
        insert(Member),
        [
            {"conversation_id": number, "user_id": user_id, "unread": 1}
            for number in numbers
            for user_id in (WANDA, PEOPLE + number)
        ],
    )
    texts = [
        (words.bodies[number % len(words.bodies)], "".join(words.html[number - 1 :: PAGE_SIZE])) for number in numbers
    ]
    session.execute(
        insert(Message),
        [
            {"id": number, "conversation_id": 1, "author_id": WANDA if number == 1 else PEOPLE + number,
             "body": body, "html": html, "render_version": RENDER_VERSION}
            for number, (body, html) in enumerate(texts, 1)
        ],
    )  # fmt: skip
    copies = [{"id": 1, "at": now().isoformat(), "body": body, "html": html} for body, html in texts]
    common = {"conversation_id": 1, "reporter_id": PEOPLE, "author_id": WANDA, "broken_rule": "spam", "copies": copies}
    common |= {"author_name": words.names[0], "note": words.notes[0], "decided_at": None, "verdict": "", "reason": ""}
    decided = {"decided_at": now(), "decided_by_id": ADA, "verdict": "warn", "reason": words.notes[0], "rule": "spam"}
    session.execute(insert(MessageReport), [{**common, "id": 1, "decided_by_id": None, "rule": ""}])
    session.execute(insert(MessageReport), [{**common, "id": 2, **decided}])
    appeal = {"id": 1, "report_id": 2, "first_decider_id": ADA, "appellant_id": WANDA, "state": "open", "reply": ""}
    session.execute(insert(MessageAppeal), [{**appeal, "words": "\n".join(words.notes[:2])[:2000], "version": 1}])
    return PAGE_SIZE


def _programme(session: Writer, words: Words) -> None:
    """An edition around now, with items for titles, notes and renderings; wanda speaks at one of them."""
    names = {
        "name_en": words.names[0],
        "name_zh": words.names[1],
        "place_en": words.names[2],
        "place_zh": words.names[3],
    }
    today = now().date()
    days = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=1), "timezone": "Asia/Shanghai"}
    session.execute(insert(Edition), [{"id": 1, "slug": "wall", **names, **days}])
    common = {"edition_id": 1, "subtheme_id": 101, "starts_at": now(), "ends_at": now() + timedelta(hours=1)}
    rows = [
        {
            **common, "id": number, "title_en": title, "title_zh": title, "place_en": words.names[number][:150],
            "place_zh": words.names[number][:150],
            "description_en": words.notes[number % len(words.notes)], "agenda_html": "".join(words.html[number::40]),
            "notes_html": "".join(words.html[number + 20 :: 40]), "agenda": words.bodies[0][:1500],
            "notes": words.bodies[1 % len(words.bodies)][:5000], "recording_url": "/about",
            "moments": [[at, label[:120]] for at, label in enumerate(words.titles[:9])], "uid": str(number),
        }
        for number, title in enumerate(words.titles[:20], 1)
    ]  # fmt: skip
    session.execute(insert(ProgrammeItem), rows)
    speakers = [{"item_id": 1, "position": 1, "user_id": WANDA, "words": words.names[4]}]
    speakers += [
        {"item_id": 1, "position": at, "user_id": None, "words": name[:120]} for at, name in enumerate(words.names, 2)
    ]
    session.execute(insert(Speaker), speakers)
    session.execute(insert(Attendance), [{"item_id": row["id"], "person_id": WANDA} for row in rows])


def _ties(session: Writer, words: Words) -> None:
    """Let the admin mute as many of the hostile names as anybody may."""
    numbers = range(len(words.names[:TIES_MOST]))
    session.execute(insert(Tie), [{"user_id": ADA, "other_id": PEOPLE + number, "kind": "mute"} for number in numbers])


def _identities(session: Writer, words: Words) -> None:
    """What providers call wanda; as many as one person's page shows."""
    labels = list(packed(words.names, 320, " "))
    row = {"user_id": WANDA, "provider": "acme"}
    rows = [{**row, "subject": str(n), "label": labels[n % len(labels)]} for n in range(IDENTITIES_MOST)]
    session.execute(insert(Identity), rows)

"""What is held before anybody sees it, and the case that a held or flagged post opens (issues 2 and 4)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.config import HELD_LINKS
from forum.core.plugs import fill
from forum.threads import cutting, screening
from forum.threads.models import Post
from forum.threads.screening import Draft, Verdict
from moderation import cases, queries
from moderation.effects import queries as effects
from moderation.models import Source
from moderation.ranker.screening import look_for_learned
from moderation.screens import queries as screens
from moderation.screens.counting import count_taken, count_turned
from moderation.screens.findings import of_body
from moderation.screens.hiding import look_for_crowds, look_for_hiding
from moderation.screens.repeats import look_for_repeats, look_for_speed, remember
from moderation.screens.words import look_for_words, replace_words


def hold_waiting(draft: Draft) -> Verdict:
    """Hold everything of an account that waits for a moderator's yes."""
    return screening.publish() if draft.author.is_approved else screening.hold("waiting")


def hold_newcomers(draft: Draft) -> Verdict:
    """Hold what somebody writes until NEWCOMER_POSTS of their posts have been published, or they have read a while."""
    return screening.hold("newcomer") if draft.author.is_newcomer else screening.publish()


def hold_many_links(draft: Draft) -> Verdict:
    """Hold a text with more than HELD_LINKS links from an account under a day old that has earned no trust.

    Links to hosts that the moderators allow don't count.
    """
    author = draft.author
    if draft.links <= HELD_LINKS or not author.is_young or author.standing_level >= 1:
        return screening.publish()
    book = screens.book()
    links = sum(not book.is_allowed(address) for address in draft.shown.links)
    return screening.hold("links", of_body("links", links=links)) if links > HELD_LINKS else screening.publish()


def refuse_what_was_cut(draft: Draft) -> Verdict:
    """Refuse an edit that says again what a moderator has cut out of this post, while that stands."""
    if draft.post_id is None:
        return screening.publish()
    cuts = [each.undo.get("former") or {} for each in effects.redactions_of(draft.post_id) if each.stands]
    pieces = [piece for former in cuts for piece in former.get("gone", ())]
    texts, present = (f"{draft.title}\n{draft.body}", draft.shown.text), "\n".join(draft.former or ())
    if not any(cutting.says_again(piece, text, present) for piece in pieces for text in texts):
        return screening.publish()
    return screening.refuse(
        _l(
            "A moderator has cut something out of this post, and your text says it again. You can say something else, "
            "or appeal against the decision."
        )
    )


def open_case(post: Post, verdict: Verdict) -> None:
    """Open the case of a held post in the transaction that holds it: nothing can be held and forgotten."""
    cases.open_case(post, Source.SCREENING, post.state_reason, verdict.findings)


def open_flagged(post: Post, verdict: Verdict) -> None:
    """Open the case of a post that is public and has a watched word in it, or add to the one that is open."""
    if (case := queries.open_case_of(post.id, lock=True)) is None:
        cases.open_case(post, Source.WATCHED, "", verdict.findings)
    else:
        case.findings = [*case.findings, *verdict.findings][: cases.FINDINGS_MOST]
        case.version += 1


_SCREENERS = (
    hold_waiting,
    refuse_what_was_cut,
    look_for_words,
    look_for_repeats,
    look_for_hiding,
    look_for_crowds,
    look_for_speed,
    look_for_learned,
    hold_many_links,
    hold_newcomers,
)


def plug_in() -> None:
    """Put ourselves into the plugs of forum.threads."""
    fill(screening.screeners, *_SCREENERS)
    fill(screening.rewriters, replace_words)
    fill(screening.on_held, open_case)
    fill(screening.on_flagged, open_flagged)
    fill(screening.on_taken, count_taken, remember)
    fill(screening.on_turned, count_turned)

"""What people read in their notices of this room: the author, and whoever flagged."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post
from moderation import outcomes
from moderation.rules import name_of
from moderation.subjects import notices


def _decision(notice: Notification, post: Post | None) -> str:
    facts = notice.facts
    rule, told = str(name_of(str(facts.get("rule", "")))), str(facts.get("outcome", ""))
    words = notices.to_person(
        facts.get("about", ""), told, rule, untouched=bool(facts.get("untouched"))
    ) or outcomes.notice(told, rule, deleted=bool(facts.get("deleted")), hidden=bool(facts.get("hidden")))
    return f"{words} ({post.thread.title})" if post else words


def _flag_outcome(notice: Notification, _post: Post | None) -> str:
    rule = name_of(str(notice.facts.get("rule", "")))
    if kind := notice.facts.get("about"):
        return notices.to_flagger(kind, str(notice.facts.get("outcome", "")), rule)
    sentences = {
        "kept": _("A post that you flagged was looked at and kept."),
        "hidden": _("A post that you flagged was hidden. Rule: %(rule)s.", rule=rule),
        "removed": _("A post that you flagged was removed. Rule: %(rule)s.", rule=rule),
        "edited": _("Something was cut out of a post that you flagged. Rule: %(rule)s.", rule=rule),
        "upheld": _("Your flag was upheld, and the post stays visible. Rule: %(rule)s.", rule=rule),
    }
    if notice.facts.get("deleted"):
        upheld = _("Your flag was upheld; the author had already deleted the post. Rule: %(rule)s.", rule=rule)
        cleared = _("A post that you flagged was found within the rules; its author had already deleted it.")
        return upheld if notice.facts.get("rule") else cleared
    return sentences.get(str(notice.facts.get("outcome", "")), _("A post that you flagged was decided about."))


def _hidden(notice: Notification, post: Post | None) -> str:
    words = _(
        "Your post is hidden until a moderator has looked: several people whose flags were right before have flagged "
        "it. Rule: %(rule)s. You will be told what is decided.",
        rule=name_of(str(notice.facts.get("rule", ""))),
    )
    return f"{words} ({post.thread.title})" if post else words


def _published(_notice: Notification, post: Post | None) -> str:
    if post is None:
        return _("Your held post was published.")
    return _("Your post in “%(title)s” was read by a moderator and published.", title=post.thread.title)


def _decision_href(notice: Notification, _post: Post | None) -> str:
    return url_for("flags.decision", decision_id=notice.facts["decision"])


def _receipt_href(notice: Notification, _post: Post | None) -> str | None:
    number = notice.key.removeprefix("flag:").partition(":")[0]  # behind it stands the decision
    return url_for("receipts.of_post", flag_id=int(number)) if number.isdecimal() else None


def _post_href(_notice: Notification, post: Post | None) -> str | None:
    return url_for("posts.show", post_id=post.id) if post else None


KINDS = {
    "decision": Kind("shield", _decision, _decision_href, mail="notices"),
    "hidden_by_flags": Kind("eye-off", _hidden, _post_href, mail="notices"),
    "decision_by_letter": Kind("shield", _decision, _decision_href),  # a letter of its own tells of it at once
    "flag_outcome": Kind("flag", _flag_outcome, _receipt_href),
    "published": Kind("check", _published, _post_href),
}

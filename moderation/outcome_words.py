"""The words of every outcome, where a case is about a post: one entry an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from moderation.models import Outcome


@dataclass(frozen=True)
class Words:
    """One outcome in words.

    choice    on the desk; of_held: the same for a held post, None where that is not offered
    done      what a decision did, a sentence without its full stop; of_deleted: where the author had deleted the post
    to_author, of_deleted_to_author   the same to the author
    notice, of_deleted_notice         the author's notice, with %(rule)s
    step      what the author can do
    """

    choice: Any
    of_held: Any
    done: Any
    of_deleted: Any
    to_author: Any
    of_deleted_to_author: Any
    notice: Any
    of_deleted_notice: Any
    step: Any


WORDS: dict[str, Words] = {
    Outcome.KEEP: Words(
        choice=_l("Keep"),
        of_held=_l("Publish"),
        done=_l("The post was kept"),
        of_deleted=_l("Nothing against the rules was found; the author had already deleted the post"),
        to_author=_l("Your post was kept"),
        of_deleted_to_author=_l("Nothing against the rules was found in the post that you had deleted"),
        notice=_l("A moderator looked at your post and kept it."),
        of_deleted_notice=_l("A moderator looked at the post that you had deleted. It was within the rules."),
        step=_l("Nothing needs to be done: the post can be seen by everybody."),
    ),
    Outcome.HIDE: Words(
        choice=_l("Hide"),
        of_held=None,
        done=_l("The post was hidden"),
        of_deleted=_l("The post was against the rules; the author had already deleted it"),
        to_author=_l("Your post was hidden"),
        of_deleted_to_author=_l("The post that you had deleted was against the rules"),
        notice=_l("Your post was hidden. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The post that you had deleted was against the rules. Rule: %(rule)s. Read why."),
        step=_l("Only you and the moderators see the post now. You can say the same again within the rules."),
    ),
    Outcome.REMOVE: Words(
        choice=_l("Remove"),
        of_held=_l("Refuse"),
        done=_l("The post was removed"),
        of_deleted=_l("The post was against the rules; the author had already deleted it"),
        to_author=_l("Your post was removed"),
        of_deleted_to_author=_l("The post that you had deleted was against the rules"),
        notice=_l("Your post was removed. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The post that you had deleted was against the rules. Rule: %(rule)s. Read why."),
        step=_l("You can say the same again, in a new post that keeps to the rules."),
    ),
    Outcome.EDIT_OUT: Words(
        choice=_l("Edit out"),
        of_held=None,
        done=_l("Something was cut out of the post"),
        of_deleted=_l("The post was against the rules; the author had already deleted it"),
        to_author=_l("Something was cut out of your post"),
        of_deleted_to_author=_l("The post that you had deleted was against the rules"),
        notice=_l("A moderator cut something out of your post. Rule: %(rule)s. Read what and why."),
        of_deleted_notice=_l("The post that you had deleted was against the rules. Rule: %(rule)s. Read why."),
        step=_l("The rest of the post stays where it is, and you can edit it within the rules."),
    ),
    Outcome.LOCK: Words(
        choice=_l("Lock"),
        of_held=None,
        done=_l("The thread was locked; the post stays visible"),
        of_deleted=_l("The thread was locked; the author had already deleted the post"),
        to_author=_l("The thread of your post was locked; your post stays visible"),
        of_deleted_to_author=_l("The thread of a post that you had deleted was locked"),
        notice=_l("The thread of your post was locked; your post stays visible. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The thread of a post that you had deleted was locked. Rule: %(rule)s. Read why."),
        step=_l("The thread can be read, but takes no more replies. It does not count against you."),
    ),
    Outcome.SLOW: Words(
        choice=_l("Slow mode"),
        of_held=None,
        done=_l("The thread was put into slow mode; the post stays visible"),
        of_deleted=_l("The thread was put into slow mode; the author had already deleted the post"),
        to_author=_l("The thread of your post was put into slow mode; your post stays visible"),
        of_deleted_to_author=_l("The thread of a post that you had deleted was put into slow mode"),
        notice=_l("The thread of your post is in slow mode now; your post stays visible. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l(
            "The thread of a post that you had deleted is in slow mode now. Rule: %(rule)s. Read why."
        ),
        step=_l(
            "You can go on writing in the thread, with some time between two posts. It does not count against you."
        ),
    ),
    Outcome.MOVE: Words(
        choice=_l("Move"),
        of_held=None,
        done=_l("The thread was moved into another sub-theme"),
        of_deleted=_l("The thread was moved; the author had already deleted the post"),
        to_author=_l("The thread of your post was moved into another sub-theme"),
        of_deleted_to_author=_l("The thread of a post that you had deleted was moved"),
        notice=_l("The thread of your post was moved into another sub-theme. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The thread of a post that you had deleted was moved. Rule: %(rule)s. Read why."),
        step=_l("Your post stays in its thread; old links still lead to it. It does not count against you."),
    ),
    Outcome.WARN: Words(
        choice=_l("Warn, keep visible"),
        of_held=None,
        done=_l("The author was warned; the post stays visible"),
        of_deleted=_l("The author was warned, and had already deleted the post"),
        to_author=_l("You were warned; your post stays visible"),
        of_deleted_to_author=_l("You were warned because of a post that you had deleted"),
        notice=_l("You were warned because of a post. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("You were warned because of a post that you had deleted. Rule: %(rule)s. Read why."),
        step=_l("The post stays. Please change what breaks the rule, and keep to it from now on."),
    ),
    Outcome.SILENCE: Words(
        choice=_l("Remove and silence"),
        of_held=_l("Refuse and silence"),
        done=_l("The post was removed and its author silenced"),
        of_deleted=_l("The author was silenced, and had already deleted the post"),
        to_author=_l("Your post was removed and you were silenced"),
        of_deleted_to_author=_l("You were silenced because of a post that you had deleted"),
        notice=_l("Your post was removed and you were silenced. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("You were silenced because of a post that you had deleted. Rule: %(rule)s. Read why."),
        step=_l("You can sign in and read everything, and write again when the silence ends."),
    ),
    Outcome.SUSPEND: Words(
        choice=_l("Remove and suspend"),
        of_held=_l("Refuse and suspend"),
        done=_l("The post was removed and its author suspended"),
        of_deleted=_l("The author was suspended, and had already deleted the post"),
        to_author=_l("Your post was removed and you were suspended"),
        of_deleted_to_author=_l("You were suspended because of a post that you had deleted"),
        notice=_l("Your post was removed and you were suspended. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("You were suspended because of a post that you had deleted. Rule: %(rule)s. Read why."),
        step=_l("You can read everything. When the suspension ends, sign in as before."),
    ),
    Outcome.CLOSE: Words(
        choice=_l("Close for spam"),
        of_held=_l("Close for spam"),
        done=_l("The account was closed for spam, with all its posts"),
        of_deleted=_l("The account was closed for spam, with all its posts"),
        to_author=_l("Your account was closed for spam, and all your posts were removed"),
        of_deleted_to_author=_l("Your account was closed for spam, and all your posts were removed"),
        notice=_l("Your account was closed for spam. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("Your account was closed for spam. Rule: %(rule)s. Read why."),
        step=_l("You can read everything. If this is wrong, appeal: everything can be brought back."),
    ),
}

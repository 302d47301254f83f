"""A text on its way into a post: normalised, rendered, its mentions resolved, and sent only once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, select

from forum.accounts.models import User
from forum.accounts.queries import existing_names
from forum.core import markup, text
from forum.core.database import db
from forum.core.errors import Busy, Conflict, Refused
from forum.core.paging import LARGEST_ID
from forum.core.prepared import Prepared
from forum.threads import policy, screening
from forum.threads.models import Post, PostMention

# The first line of what the quote button writes (core/markup/quoting.py).
_QUOTED_POST = re.compile(r"^> \*\*@\S{1,64}\*\* · #([1-9][0-9]{0,9})$", re.MULTILINE)

_BY_FORM = select(Post).where(Post.form_token == bindparam("key"))
_IS_SENT = Prepared(lambda: select(Post.id).where(Post.form_token == bindparam("key")))


def clean_body(body: str, author: User | None = None) -> str:
    """Return the Markdown as it is stored, or raise Refused; the form says the same with numbers.

    With an author, as the rewriters of the screening leave it.
    """
    return _rewritten(text.normalize_text, body, text.BODY_LIMIT, author)


def clean_title(title: str, author: User | None = None) -> str:
    """Return the title as it is stored, or raise Refused; with an author as the rewriters leave it."""
    return _rewritten(text.normalize_line, title, text.TITLE_LIMIT, author)


def clean_line(line: str, limit: int, author: User | None = None) -> str:
    """Return one line of at most `limit` characters as it is stored, or raise Refused."""
    return _rewritten(text.normalize_line, line, limit, author)


def clean_note(note: str, limit: int, author: User | None = None) -> str:
    """Return some lines of at most `limit` characters as they are stored, or raise Refused."""
    return _rewritten(text.normalize_text, note, limit, author)


def typed(words: Sequence[str], author: User) -> str:
    """Return what somebody sends, if the rewriters of the screening would change any of it, else ""."""
    if not screening.rewriters or sum(map(len, words)) > 2 * text.BODY_LIMIT:
        return ""
    return "\n".join(words) if any(screening.rewritten(part, author) != part for part in words) else ""


def _rewritten(normalize: Any, words: str, limit: int, author: User | None) -> str:
    words = _cleaned(normalize, words, limit)
    changed = screening.rewritten(words, author) if author else words
    return words if changed == words else _cleaned(normalize, changed, limit)


def _cleaned(normalize: Any, words: str, limit: int) -> str:
    try:
        return str(normalize(words, limit))
    except text.TooLong as error:
        raise Refused(
            _l("%(length)s characters are too many: %(limit)s are possible.", length=error.length, limit=error.limit)
        ) from error
    except text.Blank as error:
        raise Refused(_l("Please fill this in.")) from error


def rendered(body: str, *, for_preview: bool = False) -> markup.Rendered:
    """Render Markdown with the people it names, or raise Refused; Busy when only the renderers are.

    A text of which nothing would be seen is refused as an empty one is.
    It may take seconds: never within a transaction.
    """
    shown = _rendered(body, for_preview=for_preview)
    if shown.is_blank:
        raise Refused(_l("Please fill this in."))
    return shown


def rendered_if_any(body: str) -> markup.Rendered | None:
    """Render a text that may be left empty, None if nothing of it would be seen. Raises as `rendered`."""
    shown = _rendered(body, for_preview=False) if body else None
    return None if shown is None or shown.is_blank else shown


def _rendered(body: str, *, for_preview: bool) -> markup.Rendered:
    try:
        return markup.render(body, resolve_people=existing_names, for_preview=for_preview)
    except markup.NoTurn as error:
        raise Busy(
            _l("The forum is busy with other texts right now. Nothing is lost: please try again in a few seconds.")
        ) from error
    except markup.TooDeep as error:
        raise Refused(
            _l("Quotes or lists stand more than %(limit)s deep in each other. Take some levels out.", limit=error.limit)
        ) from error
    except markup.TooCostly as error:
        raise Refused(
            _l("This text is built too intricately to be shown. Use fewer marks, or send it in parts.")
        ) from error


def quoted(body: str) -> int | None:
    """Return the id of the post that the text quotes first with the quote button, or None."""
    found = _QUOTED_POST.search(body)
    return int(found[1]) if found and int(found[1]) <= LARGEST_ID else None


def quoted_name(post: Post) -> str:
    """Return how a quotation calls the author; a closed account's name is gone, and nobody can bear this one."""
    return "deleted" if post.author.is_closed else post.author.username


def fill(post: Post, body: str, shown: markup.Rendered) -> None:
    """Put a text and its rendering into the post."""
    post.body, post.html, post.plain = body, shown.html, shown.text
    post.render_version, post.lang = shown.version, text.guess_language(shown.text)


def call(post: Post, author: User, names: tuple[str, ...]) -> None:
    """Write down whom a new post calls by name, to be told at publication: at most ten, two by a newcomer."""
    callable_names = [name for name in names if name != author.username][: policy.most_mentions(author)]
    if callable_names:
        people = db.session.scalars(select(User.id).where(User.username.in_(callable_names)).order_by(User.id))
        db.session.add_all(PostMention(post_id=post.id, user_id=user_id) for user_id in people)


def call_anew(post: Post, author: User, names: tuple[str, ...]) -> None:
    """Write down the same of a text that takes a former one's place."""
    db.session.execute(delete(PostMention).where(PostMention.post_id == post.id))
    call(post, author, names)


def place_of_reply(thread_id: int) -> str:
    """Return the name of the place where a reply is written, for its form's key."""
    return f"thread-{thread_id}"


def place_of_thread(slug: str) -> str:
    """Return the name of the place where a thread is started, for its form's key."""
    return f"subtheme-{slug}"


def form_key(author_id: int, place: str, token: str | None) -> str | None:
    """Return what the unique column stores for a form's token: bound to its author and place, so nobody else's."""
    if not token:
        return None
    return hashlib.sha256(f"{author_id}/{place}/{token}".encode()).hexdigest()


def is_sent(key: str | None) -> bool:
    """Whether the form with this key has made a post."""
    return key is not None and bool(_IS_SENT.within({"key": key}))


def sent_before(key: str | None, body: str) -> Post | None:
    """Return the post that the same form has made already, or None.

    Raises Conflict when that form carried another text (sent, gone back to, changed): nothing typed may vanish.
    """
    first = db.session.scalar(_BY_FORM, {"key": key}) if key else None
    if first and first.body != body:
        raise Conflict(_l("This form was sent before, with another text. Check this one and send it again."))
    return first

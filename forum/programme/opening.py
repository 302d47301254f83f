"""An item comes with a thread of its own, which its writer starts as anybody starts one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.errors import Conflict, NotFound
from forum.programme import actions, queries
from forum.programme.checks import check_item
from forum.programme.models import Edition, Item
from forum.subthemes.models import SubTheme
from forum.threads.actions import start_thread
from forum.threads.models import Post


def open_item(
    edition: Edition, subtheme: SubTheme, fields: Mapping[str, Any], by: User, *, thread_id: int | None = None,
    form_token: str | None = None, asked: str | None = None,
) -> Item:  # fmt: skip
    """Put an item with its thread into the programme and return it; with `thread_id` it is discussed there.

    Both come in one transaction: there is an item with its thread, or neither. The same form sent twice makes one of
    each. Raises what `start_thread` and `actions.add_item` raise.
    """
    check_item(edition, subtheme.id, fields, by)
    if made := actions.made_before(edition.id, by, form_token):
        return made
    put = partial(actions.add_item, edition.id, subtheme.id, fields, by, form_token=form_token)
    if thread_id is not None:
        return put(thread_id=thread_id)
    title, body = _words(edition, subtheme, fields)

    def join(first: Post) -> None:
        if put(thread_id=first.thread_id).thread_id != first.thread_id:
            raise Conflict(_l("This was sent already, for another sub-theme."))  # and no thread is left behind

    thread = start_thread(subtheme, by, title, body, form_token=form_token, asked=asked, also=[join])
    return queries.item_of(thread.id) or put(thread_id=thread.id)


def _words(edition: Edition, subtheme: SubTheme, fields: Mapping[str, Any]) -> tuple[str, str]:
    """Return title and opening text of the thread, in the language of the item; both where it is in both."""
    is_chinese = fields["lang"] == "zh"
    first, second = ("zh", "en") if is_chinese else ("en", "zh")
    link = f"[{edition.name(first)} · {subtheme.name(first)}](/programme/{edition.slug}?subtheme={subtheme.slug})"
    texts = [fields[f"description_{first}"]]
    if not fields["lang"]:
        texts += [fields[f"title_{second}"], fields[f"description_{second}"]]
    return fields[f"title_{first}"], "\n\n".join(filter(None, (*texts, link)))


def visible(slug: str) -> Edition:
    """Return the edition at this address; NotFound when there is none."""
    found = queries.edition(slug)
    if found is None:
        raise NotFound
    return found

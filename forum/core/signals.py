"""Every signal of the forum, with its moment and payload. They leave after the commit and carry ids.

Lower rooms announce (`database.announce`), upper rooms listen. A receiver that fails is logged and never stops
another one: what must happen is owed by a column and found by the sweep, so a signal is only a nudge.
"""

from __future__ import annotations

import logging
from typing import Any

from blinker import NamedSignal, Namespace

log = logging.getLogger(__name__)
_signals = Namespace()
Signal = NamedSignal

post_published = _signals.signal("post-published", doc="A post can be seen for the first time. post_id, thread_id")
post_changed = _signals.signal(
    "post-changed", doc="Text or state of a post changed; search owes it. post_id, thread_id"
)
answer_corrected = _signals.signal("answer-corrected", doc="An expert's answer has a correction note. post_id")
thread_changed = _signals.signal("thread-changed", doc="Pin, lock, move or title changed. thread_id")
session_stepped = _signals.signal("session-stepped", doc="A host brought a session into a state. step_id")
person_renamed = _signals.signal("person-renamed", doc="Somebody has another user name; search owes it. user_id")
picture_dropped = _signals.signal("picture-dropped", doc="A person's picture is shown no more: its files go. name")
credential_changed = _signals.signal("credential-changed", doc="Granted or revoked. credential_id, user_id")
security_event = _signals.signal("security-event", doc="Goes to the security log. event, person, facts")
closure_due = _signals.signal("closure-due", doc="Posts of an account are to be removed, or brought back. closure_id")
mail_owed = _signals.signal("mail-owed", doc="A letter is to be sent. mail_id")


def send(signal: Signal, facts: dict[str, Any]) -> None:
    """Call every receiver of `signal` with `facts`; a failing one is logged."""
    for receiver in signal.receivers_for(None):
        try:
            receiver(None, **facts)
        except Exception:
            log.exception("a receiver of %s failed with %s", signal.name, facts)

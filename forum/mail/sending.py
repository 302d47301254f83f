"""Sending what is owed: a job for each new letter, and a sweep for those that wait or that a crash left behind."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import dataclass

from flask import current_app

from forum.core.database import db
from forum.core.jobs import job, sweeper
from forum.mail import actions, queries, recipients, returning
from forum.mail.carrying import Carrier, Postponed, Rejected, Unreachable, carrier
from forum.mail.composing import BadAddress, envelope_address, message_of
from forum.mail.letters import LETTERS
from forum.mail.models import Mail

SWEEP_SIZE = 200
SWEEP_SECONDS = 30.0  # then the other sweeps have their turn
REST_SECONDS = 60.0  # for which a server that can't be reached is left to the sweep
FORGOTTEN_AT_ONCE = 1_000

log = logging.getLogger(__name__)


@dataclass
class Line:
    """What this process knows of the mail server: until when jobs leave it alone (monotonic clock)."""

    rests_until: float = 0.0


@job
def send(mail_id: int) -> None:
    """Send one letter if it is due; safe to run twice and from two workers at once.

    While the server can't be reached nothing is tried here: the jobs of the search index would wait for each letter.
    """
    line = current_app.extensions["mail_line"]
    if time.monotonic() < line.rests_until:
        return
    with closing(carrier()) as to_server:
        if not _deliver(mail_id, to_server):
            line.rests_until = time.monotonic() + REST_SECONDS


@sweeper
def send_owed() -> None:
    """Send what is due, longest due first; a server that can't be reached is tried once and left for this time."""
    started = time.monotonic()
    with closing(carrier()) as to_server:
        for mail_id in queries.due(SWEEP_SIZE):
            if not _deliver(mail_id, to_server) or time.monotonic() - started > SWEEP_SECONDS:
                return
    current_app.extensions["mail_line"].rests_until = 0.0


@sweeper
def forget_old_mail() -> None:
    """Delete the rows of letters of 30 days ago, some at a time."""
    if old := queries.old(FORGOTTEN_AT_ONCE):
        actions.forget(old)


def _deliver(mail_id: int, to_server: Carrier) -> bool:
    """Try one letter and keep account of it; return whether the server could be reached."""
    mail = actions.claim(mail_id)
    if mail is None:
        return True
    try:
        if why := _not_due(mail):
            actions.dropped(mail_id, why)
            return True
        _carry(mail, to_server)
    except Unreachable as error:
        actions.postponed(mail_id, str(error))
        log.warning("letter %s waits: %s", mail_id, error)
        return False
    except Postponed as error:
        actions.postponed(mail_id, str(error))
    except (Rejected, BadAddress) as error:
        actions.failed(mail_id, str(error), returned=isinstance(error, BadAddress) or error.by_recipient)
    except Exception as error:  # it can't be written: a fault of ours, which the next version may not have
        db.session.rollback()
        actions.postponed(mail_id, f"it can't be written: {type(error).__name__}: {error}")
        log.exception("letter %s can't be written", mail_id)
    else:
        actions.sent(mail_id)  # should this fail, the letter is due again when its lease ends
    return True


def _carry(mail: Mail, to_server: Carrier) -> None:
    letter, sender, address = message_of(mail), returning.sender(mail), envelope_address(mail.address)
    db.session.rollback()  # nothing is held in the database while the server is waited for
    to_server.carry(letter, sender, address)


def _not_due(mail: Mail) -> str:
    """Return why the letter is not to be sent any more, in plain English for the outbox, or ""."""
    still_due = LETTERS[mail.template].still_due
    if still_due is not None and not still_due(mail):
        return "not due any more"
    return recipients.refusal(mail.user_id, mail.kind)

"""`flask mail bounces`: takes what a mail server says of letters that it could not deliver."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from forum.core.paging import LARGEST_ID
from forum.mail import actions, queries, returning

MOST_BYTES = 1_000_000  # of a message that are read: the report stands before the letter that it returns

mail_commands = AppGroup("mail", help="Letters that come back.")


@mail_commands.command("bounces")
@click.option("--to", "recipient", default="", help="Where the message was delivered, if it does not say so itself.")
def bounces_command(recipient: str) -> None:
    """Read one message from standard input and count it if it says that a letter of ours came back.

    Ends with 0 also for what is none of ours: a mail server would keep or return it otherwise.
    """
    click.echo(taken(sys.stdin.buffer.read(MOST_BYTES), recipient))


def taken(raw: bytes, recipient: str) -> str:
    """Take a message; return what became of it, for the mail server's log. No word of it is repeated."""
    report = returning.read(raw, recipient)
    number = int(report.mark.partition(".")[0]) if report else 0
    mail = queries.by_id(number) if 0 < number <= LARGEST_ID else None
    if report is None or mail is None or not returning.is_genuine(mail, report.mark):
        return "not about a letter of ours: left alone"
    if not report.is_final:
        return f"letter {mail.id} is late, not lost: left alone"
    if not actions.came_back(mail.id, report.words, returned=report.by_recipient):
        return f"letter {mail.id} came back before: left alone"
    if not report.by_recipient:
        return f"letter {mail.id} came back, not because of its address"
    return f"letter {mail.id} came back: counted against its address"

"""What can be taken for a user name, an address or a password, and the words that say why not."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.accounts import passwords, policy, queries, strength
from forum.accounts.refusals import BadField
from forum.core.text import BadUsername, valid_username

_NAME_PROBLEMS = {
    "short": _l("A user name has at least 2 characters."),
    "long": _l("A user name has at most 30 characters."),
    "characters": _l("A user name is made of Latin or Chinese letters, digits and _ - . only."),
    "edges": _l("The signs _ - . stand inside a user name, one at a time, not at its ends."),
    "letters": _l("A user name has at least one letter."),
    "taken": _l("This user name, or one that looks like it, is taken. Please choose another."),
    "reserved": _l("This name is kept for the forum itself. Please choose another."),
}
_PASSWORD_PROBLEMS = {
    "short": _l("A password has at least 8 characters."),
    "long": _l("A password has at most 256 characters."),
    "personal": _l("This is your name, your address or the forum's name. Please choose something nobody would guess."),
    "common": _l("This is one of the passwords that are tried first. Please choose something nobody would guess."),
}


def check_free(username: str, but_for: int = 0) -> None:
    """Raise `BadField` when somebody bears the name, or one that looks like it, or bore it once.

    `but_for` is the id of a person whose own names, present and former, don't stand in their way.
    """
    if queries.is_name_taken(username, but_for):
        raise BadField("username", _NAME_PROBLEMS["taken"])


def refuse_reserved(username: str, site_name: str = "") -> None:
    """Raise `BadField` for a name that would speak for the forum."""
    if policy.is_reserved(username, site_name):
        raise BadField("username", _NAME_PROBLEMS["reserved"])


def well_formed(username: str) -> str:
    """Return the name as it is stored, or raise `BadField`."""
    try:
        return valid_username(username.strip(" \t"))
    except BadUsername as error:
        raise BadField("username", _NAME_PROBLEMS[error.reason]) from error


def valid_email(address: str) -> str:
    """Return the address as it is stored, or raise `BadField`."""
    # its tables of Unicode take 0.04 s, and few processes see a new address
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadField("email", _l("This is not an e-mail address.")) from error


def check_password(password: str, personal: tuple[str, ...], field: str = "password") -> None:
    """Raise `BadField` for `field` when the password is too short, too long or too easy to guess.

    `personal` are what a guesser knows: the user name, the e-mail address, the site's name ("" is skipped).
    """
    problem = passwords.problem(password, [words for words in personal if words])
    if problem:
        raise BadField(field, _PASSWORD_PROBLEMS[problem])
    if (weakness := strength.weakness(password, personal)) is not None:
        raise BadField(field, weakness)

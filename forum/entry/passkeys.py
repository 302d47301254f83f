"""Passkeys (WebAuthn): added, shown, renamed, taken away. The only writer of passkeys.

A passkey is asked to verify its person (fingerprint, PIN), so that it counts as two factors.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l

from forum.accounts import owner_mail
from forum.accounts.models import User
from forum.core.database import locked, now, transaction
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.text import cleaned
from forum.entry import challenges, providers, queries
from forum.entry.models import Passkey

ANSWER_LIMIT = 20_000  # characters of JSON; a credential's id alone may be 1,364
ID_LIMIT = 1_400
NAME_LIMIT = 60
_TRANSPORTS = {"usb", "nfc", "ble", "hybrid", "internal", "smart-card", "cable"}
_NO_MATCH = _l("This passkey was not accepted. Reload the page and try again, or sign in in another way.")


class NotAccepted(Refused):
    """The answer of a passkey that can't be taken; the reason is for the log, not for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(_NO_MATCH)
        self.reason = reason


def host() -> str:
    """Return the name to which passkeys are bound: the host of SITE_URL."""
    return urlsplit(str(current_app.config["SITE_URL"])).hostname or ""


def origin() -> str:
    """Return the only origin from which a passkey may be shown: that of SITE_URL."""
    parts = urlsplit(str(current_app.config["SITE_URL"]))
    return f"{parts.scheme}://{parts.netloc}".lower()


def are_possible() -> bool:
    """Whether browsers offer passkeys at SITE_URL: a name (no bare address), over https or on this very machine."""
    try:
        ipaddress.ip_address(host())
    except ValueError:
        return host() == "localhost" or origin().startswith("https://")
    return False


def options_to_add(user: User, bound_to: str, site: str) -> str:
    """Return what the browser needs to make a passkey for `user`, as JSON."""
    import webauthn  # noqa: PLC0415 - takes half a second, and few requests need it
    from webauthn.helpers import base64url_to_bytes, structs  # noqa: PLC0415

    selection = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    known = [
        structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
        for each in queries.passkeys(user.id)
    ]
    options = webauthn.generate_registration_options(
        rp_id=host(),
        rp_name=site,
        user_name=user.username,
        user_display_name=user.name,
        user_id=_handle(user),
        challenge=challenges.make("add", bound_to),
        authenticator_selection=selection,
        exclude_credentials=known,
    )
    return str(webauthn.options_to_json(options))


def options_to_show(purpose: str, bound_to: str) -> str:
    """Return what the browser needs to show any passkey for this forum, as JSON; it need not know for whom."""
    import webauthn  # noqa: PLC0415 - as above
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    options = webauthn.generate_authentication_options(
        rp_id=host(),
        challenge=challenges.make(purpose, bound_to),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return str(webauthn.options_to_json(options))


def add(user: User, answer: str, bound_to: str, name: str) -> Passkey:
    """Keep the passkey that the browser has made; NotAccepted when its answer is not to these options of ours.

    Raises Conflict when the person has as many as possible, or the passkey belongs to somebody already.
    """
    import webauthn  # noqa: PLC0415 - as above

    credential = _parsed(answer)
    challenge = _spent_challenge(credential, "add", bound_to)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except Exception as error:  # the library lets faults of hostile CBOR and keys through as they come
        raise NotAccepted(str(error)) from error
    with transaction() as session:
        locked(User, user.id)
        if len(queries.passkeys(user.id)) >= queries.PASSKEYS_MOST:
            raise Conflict(_l("You have as many passkeys as possible. Take one away first."))
        credential_id = _base64url(made.credential_id)
        if len(credential_id) > ID_LIMIT or queries.passkey_of(credential_id):
            raise Conflict(_l("This passkey is known already."))
        passkey = Passkey(
            user_id=user.id,
            user_handle=_base64url(_handle(user)),
            credential_id=credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=_tidy(name),
            transports=_transports(credential),
            is_backed_up=made.credential_backed_up,
        )
        session.add(passkey)
        owner_mail.tell(user, "security_changed", what="passkey_added")
    return passkey


def check(answer: str, purpose: str, bound_to: str, user: User | None = None) -> User:
    """Return the person whose passkey gave this answer (`user`, when given); NotAccepted if it can't be taken."""
    import webauthn  # noqa: PLC0415 - as above

    credential = _parsed(answer)
    challenge = _spent_challenge(credential, purpose, bound_to)
    with transaction() as session:
        known = queries.passkey_of(str(credential.get("id"))[:ID_LIMIT])
        passkey = locked(Passkey, known.id) if known else None
        if passkey is None or (user is not None and passkey.user_id != user.id):
            raise NotAccepted("an unknown passkey")
        handle = (credential.get("response") or {}).get("userHandle")
        if handle and handle.rstrip("=") != passkey.user_handle:
            raise NotAccepted("the passkey of another account")
        try:
            shown = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=host(),
                expected_origin=origin(),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except Exception as error:  # as above
            raise NotAccepted(str(error)) from error
        passkey.sign_count, passkey.used_at = shown.new_sign_count, now()
        passkey.is_backed_up = shown.credential_backed_up
        owner = session.get(User, passkey.user_id)
        if owner is None:
            raise NotAccepted("nobody's passkey")
    return owner


def rename(user: User, passkey_id: int, name: str) -> None:
    """Call one's own passkey `name`; NotFound for another's."""
    with transaction():
        _own(user, passkey_id).name = _tidy(name)


def remove(user: User, passkey_id: int) -> None:
    """Take one's own passkey away; Conflict when nothing would be left to sign in with, NotFound for another's."""
    with transaction() as session:
        person = locked(User, user.id)
        passkey = _own(user, passkey_id)
        if person is None or queries.ways_in(person, providers.configured()) <= 1:
            raise Conflict(_l("This is the only way into your account. Set a password or add another passkey first."))
        session.delete(passkey)
        owner_mail.tell(person, "security_changed", what="passkey_removed")


def _own(user: User, passkey_id: int) -> Passkey:
    found = locked(Passkey, passkey_id)
    if found is None or found.user_id != user.id:
        raise NotFound
    return found


def _parsed(answer: str) -> dict[str, Any]:
    """Return the browser's answer, whose shape the library checks; NotAccepted for what is no JSON object."""
    try:
        parsed = json.loads(answer) if len(answer) <= ANSWER_LIMIT else None
    except (ValueError, RecursionError) as error:
        raise NotAccepted("no JSON") from error
    if not isinstance(parsed, dict) or not isinstance(parsed.get("response"), dict):
        raise NotAccepted("no credential")
    if not isinstance(parsed["response"].get("userHandle") or "", str):
        raise NotAccepted("a user handle that is no text")
    return parsed


def _spent_challenge(credential: dict[str, Any], purpose: str, bound_to: str) -> bytes:
    """Return the challenge that was answered, after spending it, whether the rest of the answer is right or not."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json  # noqa: PLC0415 - as above

    try:
        data = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    except Exception as error:  # as above
        raise NotAccepted("no client data") from error
    if not challenges.spend(data.challenge, purpose, bound_to):
        raise NotAccepted("a challenge that is not ours, over, or answered before")
    return data.challenge


def _transports(credential: dict[str, Any]) -> list[str]:
    said = credential["response"].get("transports")
    return sorted({each for each in said if isinstance(each, str)} & _TRANSPORTS) if isinstance(said, list) else []


def _handle(user: User) -> bytes:
    """What authenticators call the person: the same for all of their passkeys, and says nothing about them."""
    return hashlib.sha256(f"passkeys of person {user.id} since {user.created_at.isoformat()}".encode()).digest()


def _base64url(data: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415 - as above

    return bytes_to_base64url(data)


def _tidy(name: str) -> str:
    return " ".join(cleaned(name).split())[:NAME_LIMIT]

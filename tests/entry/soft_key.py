"""A passkey in software, after WebAuthn level 2: what browsers and authenticators answer, and what they never would."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, ATTESTED = 1, 4, 64


class SoftKey:
    """One key for one account; `count` is its sign count, which rises with every use."""

    def __init__(self, origin: str = "http://localhost:8000", host: str = "localhost") -> None:
        self.origin, self.host, self.count = origin, host, 0
        self.id = secrets.token_bytes(16)
        self.handle = b""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def made(self, options: dict[str, Any], flags: int = USER_PRESENT | USER_VERIFIED) -> str:
        """Answer the options to add a passkey."""
        self.handle = from_text(options["user"]["id"])
        numbers = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(flags | ATTESTED) + attested
        response = {
            "clientDataJSON": to_text(self._client_data("webauthn.create", options)),
            "attestationObject": to_text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal", "a new kind"],
        }
        return self._answer(response)

    def shown(self, options: dict[str, Any], flags: int = USER_PRESENT | USER_VERIFIED) -> str:
        """Answer the options to show a passkey."""
        self.count += 1
        data, client = self._data(flags), self._client_data("webauthn.get", options)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": to_text(client),
            "authenticatorData": to_text(data),
            "signature": to_text(signature),
            "userHandle": to_text(self.handle),
        }
        return self._answer(response)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        own = to_text(self.id)
        said = {"id": own, "rawId": own, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(said)


def options_in(page: str) -> dict[str, Any]:
    """Return the options that the page's script would read."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found, page
    return dict(json.loads(html.unescape(found[1])))


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Seals are those of itsdangerous, whose signers take ours and whose words we make."""

import hashlib
import time

import pytest
from itsdangerous import BadSignature, Signer, TimestampSigner

from forum.core.signing import Seal

KEYS = ["former" * 8, "present" * 8]


@pytest.mark.parametrize("derivation", ["concat", "django-concat", "hmac", "none"])
@pytest.mark.parametrize("words", [b"", b"words", bytes(range(256)) * 9])
def test_it_signs_as_the_signer_does(derivation, words):
    signer = Signer(KEYS, salt="a form", sep="~", key_derivation=derivation, digest_method=hashlib.sha256)
    assert Seal(signer).sign(words) == signer.sign(words)
    other = Signer("another key of some length", salt="a form", sep="~", digest_method=hashlib.sha256)
    with pytest.raises(BadSignature):
        other.unsign(Seal(signer).sign(words))


def test_it_says_when(monkeypatch):
    signer = TimestampSigner(KEYS, salt="a form", digest_method=hashlib.sha256)
    for moment in (1_795_000_000.2, 1_795_000_000.9, 1_795_000_001.1, 2_400_000_000.0):
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        assert Seal(signer).sign_now(b"words") == signer.sign(b"words")
        assert signer.unsign(Seal(signer).sign_now(b"words"), return_timestamp=True)[1].timestamp() == int(moment)

"""One-time codes by the clock (RFC 6238): six digits, a new one every 30 seconds. Nothing here knows the database."""

from __future__ import annotations

import hmac
import io

STEP_SECONDS = 30
SKEW = 1  # steps that the app's clock may be away from ours, either way
SECRET_LENGTH = 32  # base32 characters, 160 bits (RFC 4226)


def new_secret() -> str:
    """Return a new shared secret, in base32."""
    import pyotp  # noqa: PLC0415 - only second factors need it

    return pyotp.random_base32(SECRET_LENGTH)


def matching_step(secret: str, code: str, moment: float) -> int | None:
    """Return the 30-second step that `code` belongs to, at `moment` (Unix seconds) or a step beside it; else None."""
    typed = "".join(code.split())[:10]
    if len(typed) != 6 or not (typed.isascii() and typed.isdecimal()):
        return None
    import pyotp  # noqa: PLC0415 - as above

    generator, present = pyotp.TOTP(secret), int(moment) // STEP_SECONDS
    found = None
    for step in range(present - SKEW, present + SKEW + 1):
        if hmac.compare_digest(generator.generate_otp(step), typed):
            found = step
    return found


def address(secret: str, username: str, site: str) -> str:
    """Return the otpauth:// address that an authenticator app understands."""
    import pyotp  # noqa: PLC0415 - as above

    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=site.replace(":", " "))


def grouped(secret: str) -> str:
    """Return the secret in groups of four, for typing it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def drawing(words: str) -> str:
    """Return a QR code of `words` as SVG, black on white in any theme, without style attributes."""
    import segno  # noqa: PLC0415 - only the page that sets an authenticator up draws a code

    picture = io.BytesIO()
    segno.make(words, error="m", micro=False).save(
        picture,
        kind="svg",
        xmldecl=False,
        svgns=False,
        scale=5,
        border=4,
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return picture.getvalue().decode()

"""Settings about the OpenID Connect providers that people may sign in with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from forum.config.reading import LOOPBACK, UnsafeSetting

PROVIDER_LABEL_LIMIT = 40


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider, as the settings OIDC_<NAME>_… describe it; `label` is what people read."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    says_when: bool = True  # OIDC_<NAME>_AUTH_TIME is "required"

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where plain http is safe."""
        return self.issuer.startswith("http://")


def identity_providers(environ: Mapping[str, str]) -> dict[str, Provider]:
    """Return the providers that OIDC_PROVIDERS names, by name in small letters; UnsafeSetting quotes no secret."""
    found: dict[str, Provider] = {}
    for name in environ.get("OIDC_PROVIDERS", "").lower().split():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", name) or name in found:
            raise UnsafeSetting(
                "OIDC_PROVIDERS must be different names of Latin letters, digits and _ with spaces between them, "
                f"at most 30 signs each; {name!r} can't be taken."
            )
        found[name] = _provider(name, environ)
    return found


def _provider(name: str, environ: Mapping[str, str]) -> Provider:
    prefix = f"OIDC_{name.upper()}_"
    said = {part: environ.get(prefix + part, "").strip() for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
    for part, value in said.items():
        if not value:
            raise UnsafeSetting(f"{prefix}{part} is missing, and OIDC_PROVIDERS names {name}.")
    if not _is_issuer(said["ISSUER"]):
        raise UnsafeSetting(
            f"{prefix}ISSUER must be an address that begins with https:// and has no password, ? or # in it "
            f"(http:// is possible on this machine only), not {said['ISSUER']!r}."
        )
    label = environ.get(prefix + "LABEL", "").strip() or name
    if len(label) > PROVIDER_LABEL_LIMIT or not label.isprintable():
        raise UnsafeSetting(f"{prefix}LABEL must be one line of at most {PROVIDER_LABEL_LIMIT} characters.")
    scope = environ.get(prefix + "SCOPE", "").split() or ["openid", "email"]
    if "openid" not in scope or not all(re.fullmatch(r"[!#-\[\]-~]+", word) for word in scope):  # RFC 6749, 3.3
        raise UnsafeSetting(f"{prefix}SCOPE must be words with spaces between them, and openid one of them.")
    when = environ.get(prefix + "AUTH_TIME", "").strip() or "required"
    if when not in ("required", "optional"):
        raise UnsafeSetting(f"{prefix}AUTH_TIME must be required or optional, not {when!r}.")
    secret, asked = said["CLIENT_SECRET"], " ".join(scope)
    return Provider(name, label, said["ISSUER"], said["CLIENT_ID"], secret, asked, says_when=when == "required")


def _is_issuer(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return False
    plain = re.fullmatch(r"[\x21-\x7e]+", address) and not set(address) & set('?#@\\<>"')
    return bool(plain and host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))

"""Talking to an OpenID Connect provider with Authlib: bounded in time and size, https only, every answer checked.

Imported only when a provider is asked: Authlib and requests take a third of a second.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_client import FlaskIntegration  # type: ignore[import-untyped]
from authlib.integrations.flask_client.apps import FlaskOAuth2App  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from forum.config import LOOPBACK, PROVIDER_PATIENCE_SECONDS, Provider

ANSWER_LIMIT = 512 * 1024  # bytes; Google's three answers have 8 KB together
METADATA_SECONDS = 3600  # for which a provider's addresses are believed
LEEWAY_SECONDS = 60  # by which its clock may be off
# Signatures that only the provider can make. Neither "none", nor one made with the secret that we both know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KEPT = (*ADDRESSES, "issuer", "userinfo_endpoint", "authorization_response_iss_parameter_supported", "_loaded_at")


class Untrue(ValueError):
    """The provider's answer is not what it has to be; for the log."""


class _Bounded(HTTPAdapter):
    """Reads a whole answer within the time and size that we grant, however slowly it drips."""

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        """Send the request and return the answer with its body read."""
        end = time.monotonic() + PROVIDER_PATIENCE_SECONDS
        answer = super().send(request, **{**options, "stream": True, "timeout": PROVIDER_PATIENCE_SECONDS})
        body = b""
        with answer.raw as raw:
            while part := raw.read1(64 * 1024, decode_content=True):
                body += part
                if len(body) > ANSWER_LIMIT or time.monotonic() > end:
                    raise Untrue("an answer that is too long, or takes too long")
        answer.raw = io.BytesIO(body)
        return answer


class _Session(OAuth2Session):
    """Authlib's session over bounded connections that follows no redirect: none of the four addresses needs one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.mount("https://", _Bounded())
        self.mount("http://", _Bounded())

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """Send a request."""
        return super().request(method, url, *args, **{**options, "allow_redirects": False})


class _App(FlaskOAuth2App):
    client_cls = _Session


_clients: dict[Provider, tuple[_App, float]] = {}


def client(provider: Provider) -> _App:
    """Return Authlib's client for this provider, which knows its addresses; Untrue when they can't be believed."""
    known = _clients.get(provider)
    if known and time.monotonic() - known[1] < METADATA_SECONDS:
        return known[0]
    made = _App(
        FlaskIntegration(provider.name),
        name=provider.name,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": provider.scope, "code_challenge_method": "S256"},
    )
    metadata = made.load_server_metadata()
    made.client_kwargs["token_endpoint_auth_method"] = _way_to_say_the_secret(metadata)
    made.server_metadata = _checked(metadata, provider)
    _clients[provider] = made, time.monotonic()
    return made


def _checked(metadata: dict[str, Any], provider: Provider) -> dict[str, Any]:
    """Return what we use of the provider's words about itself."""
    if str(metadata.get("issuer")).rstrip("/") != provider.issuer.rstrip("/"):
        raise Untrue(f"it calls itself {metadata.get('issuer')!r}, not {provider.issuer!r}")
    kept = {name: metadata[name] for name in _KEPT if name in metadata}
    for name in (*ADDRESSES, *({"userinfo_endpoint"} & kept.keys())):
        if not _is_safe(kept.get(name), provider):
            raise Untrue(f"its {name} is {kept.get(name)!r}")
    said = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    return {**kept, "id_token_signing_alg_values_supported": [name for name in ALGORITHMS if name in said]}


def _is_safe(address: Any, provider: Provider) -> bool:
    if not isinstance(address, str) or not address.isascii() or not address.isprintable() or set(address) & set(' "<>'):
        return False
    parts = urlsplit(address)
    if parts.scheme == "http":
        return provider.is_local and parts.hostname in LOOPBACK
    return parts.scheme == "https" and bool(parts.hostname)


def _way_to_say_the_secret(metadata: dict[str, Any]) -> str:
    supported = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    post = "client_secret_basic" not in supported and "client_secret_post" in supported
    return "client_secret_post" if post else "client_secret_basic"


def start(provider: Provider, redirect_uri: str, language: str, more: Mapping[str, str]) -> dict[str, str]:
    """Return `url`, where the browser is to go, and the attempt's `state`, `nonce` and `code_verifier`.

    `more` is asked besides, see recency.asked().
    """
    made = client(provider).create_authorization_url(redirect_uri, ui_locales=language, **more)
    return {name: str(made[name]) for name in ("url", "state", "nonce", "code_verifier")}


def check_sender(provider: Provider, said: str | None) -> None:
    """Raise Untrue if the browser comes back from another provider than it was sent to (RFC 9207)."""
    metadata = client(provider).server_metadata
    is_due = metadata.get("authorization_response_iss_parameter_supported") is True
    if (said or is_due) and said != metadata["issuer"]:
        raise Untrue(f"the answer came from {said!r}")


def claims(provider: Provider, code: str, redirect_uri: str, nonce: str, verifier: str) -> dict[str, Any]:
    """Return what the provider says of the person for this code: signed by it, for us, for this attempt, not over."""
    asked = client(provider)
    issuer = asked.server_metadata["issuer"]
    token = asked.fetch_access_token(redirect_uri=redirect_uri, code=code, code_verifier=verifier)
    if not isinstance(token, dict) or not isinstance(token.get("id_token"), str):
        raise Untrue("no ID token")
    required = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    said = asked.parse_id_token(token, nonce=nonce, claims_options=required, leeway=LEEWAY_SECONDS)
    if "email" not in said and asked.server_metadata.get("userinfo_endpoint"):
        more = asked.userinfo(token=token)
        if more.get("sub") == said["sub"]:  # (OpenID Connect Core, 5.3.2)
            return {**more, **said}
    return dict(said)

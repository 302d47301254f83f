"""An OpenID Connect provider of our own: oidc-provider-mock in a thread, which can lie, hang and go away."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock  # type: ignore[import-untyped]
import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import ThreadedWSGIServer, make_server

from tests.servers.waiting import HOST

SECONDS = 10
SECRET = "a secret / with: signs"


class Provider:
    """A running provider.

    `claims` are put into every ID token (None takes one out) before it is signed; `metadata` into what it says of
    itself; `answers` replaces what a path answers by a text; while `is_silent` it says nothing; `signed_by` is "" for
    its own key, else "another" key, or the client's "secret", or "none". `seen` holds the paths it was asked for,
    `asked` the fields of each question for a token.
    """

    def __init__(self) -> None:
        self.behave()
        self._goes_on = threading.Event()
        app = oidc_provider_mock.app()
        app.before_request(self._before)
        app.after_request(self._after)
        server = make_server(HOST, 0, app, threaded=True)
        assert isinstance(server, ThreadedWSGIServer)
        self._server: ThreadedWSGIServer | None = server
        self.issuer = f"http://{HOST}:{server.server_port}"
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def behave(self) -> None:
        """Tell the truth at once from now on, and forget what was asked."""
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answers: dict[str, str] = {}
        self.signed_by = ""
        self.is_silent = False
        self.seen: list[str] = []
        self.asked: list[dict[str, str]] = []

    def settings(self, name: str = "acme", **more: str) -> dict[str, str]:
        """The forum's settings for this provider."""
        parts = {"ISSUER": self.issuer, "CLIENT_ID": "the-forum", "CLIENT_SECRET": SECRET, "LABEL": "Acme", **more}
        return {"OIDC_PROVIDERS": name, **{f"OIDC_{name.upper()}_{part}": value for part, value in parts.items()}}

    def knows(self, subject: str, **claims: Any) -> None:
        """Say what the provider knows of somebody."""
        done = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=SECONDS)
        assert done.status_code == 204, done.text

    def agree(self, url: str, subject: str) -> str:
        """Be the person at the provider who agrees; return the address to which the browser is sent back."""
        return self._answer(url, {"sub": subject})

    def deny(self, url: str) -> str:
        """Be the person at the provider who does not agree."""
        return self._answer(url, {"action": "deny"})

    def stop(self) -> None:
        """Go away."""
        self._goes_on.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(SECONDS)
            self._server = None

    def _answer(self, url: str, fields: dict[str, str]) -> str:
        done = requests.post(url, data=fields, timeout=SECONDS, allow_redirects=False)
        assert done.status_code == 302, done.text
        return done.headers["Location"]

    def _before(self) -> Any:
        path = flask.request.path
        self.seen.append(path)
        if path == "/oauth2/token":
            self.asked.append(flask.request.form.to_dict())
        if self.is_silent:
            self._goes_on.wait(SECONDS)
        if path in self.answers:
            return self.answers[path], 200, {"Content-Type": "application/json"}
        return None

    def _after(self, answer: flask.Response) -> flask.Response:
        if flask.request.path == "/.well-known/openid-configuration" and self.metadata:
            answer.set_data(json.dumps({**json.loads(answer.get_data()), **self.metadata}))
        if answer.mimetype == "text/html":  # its style sheet stands at another host, which no test may ask
            answer.set_data(re.sub(r"<link[^>]*>", "", answer.get_data(as_text=True)))
        if flask.request.path == "/oauth2/token" and answer.status_code == 200 and (self.claims or self.signed_by):
            token = json.loads(answer.get_data())
            token["id_token"] = self._signed_anew(token["id_token"])
            answer.set_data(json.dumps(token))
        return answer

    def _signed_anew(self, token: str) -> str:
        said = {**_unsigned(token), **self.claims}
        claims = {name: value for name, value in said.items() if value is not None}
        if self.signed_by == "none":
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{head}.{token.split('.')[1]}."
        if self.signed_by == "secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        own = flask.g.oidc_provider_mock_storage.jwk
        key = RSAKey.generate_key(2048) if self.signed_by else RSAKey.import_key(own.as_dict(is_private=True))
        return jwt.encode({"alg": "RS256"}, claims, key)


def _unsigned(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def asked_of(url: str) -> dict[str, str]:
    """The query of the address to which a browser is sent."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider that is stopped in the end."""
    provider = Provider()
    try:
        yield provider
    finally:
        provider.stop()

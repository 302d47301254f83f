"""A browser without a page: one connection that stays open, cookies, and the form's token sent along."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds its last byte was here."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str
    seconds: float

    def header(self, name: str) -> str:
        """Return a header's value, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def field(self, name: str) -> str:
        """Return the value of a hidden field of the page, or ""."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.text)
        return found[1] if found else ""


class Browser:
    """Talks to the forum on `port`; `address` is the one that a trusted proxy would report."""

    def __init__(self, port: int, address: str = "", cookies: Mapping[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})
        self.address = address
        self.token = ""
        self._port = port
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def get(self, path: str) -> Answer:
        """Open a page; its form's token is kept."""
        answer = self._ask("GET", path)
        found = _TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form with the token of the page that was opened last."""
        return self._ask("POST", path, {"csrf_token": self.token, **fields})

    def close(self) -> None:
        """Hang up; the next request uses a new connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        headers = {"Accept-Language": "en", "User-Agent": "attack"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.address:
            headers["X-Forwarded-For"] = self.address
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields) if fields is not None else None
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        seconds = time.perf_counter() - began
        answer = Answer(response.status, tuple(response.getheaders()), text, seconds)
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for key, value in answer.headers:
            if key.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
                if not self.cookies[name] or "Max-Age=0" in value:
                    del self.cookies[name]

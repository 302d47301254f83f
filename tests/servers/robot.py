"""A person's browser as a program: keeps cookies, fills in our forms by their field names, follows no redirect."""

import re
import socket
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any

TIMEOUT = 20  # seconds; a request that hangs longer is a fault


class NoAnswer(Exception):
    """The server went away before it answered: nobody knows whether it was done."""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Robot:
    """One person on one forum."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies), _Stay)
        self._csrf = ""
        self.name = ""  # of the account, once signed in

    @property
    def url(self) -> str:
        """The web server that it asks."""
        return self._url

    def at(self, url: str) -> "Robot":
        """The same browser, with the same cookies, at another web server of the forum."""
        other = Robot(url)
        other._cookies, other._opener = self._cookies, self._opener
        other._csrf, other.name = self._csrf, self.name
        return other

    def copied(self) -> "Robot":
        """A thief's browser, with a copy of all cookies as they are now."""
        thief = Robot(self._url)
        thief.take_over(self)
        return thief

    def take_over(self, other: "Robot") -> None:
        """Take a copy of another browser's cookies as they are now."""
        for cookie in other._cookies:
            self._cookies.set_cookie(cookie)
        self._csrf = other._csrf

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a page."""
        status, _headers, text = self._ask(path)
        return status, text

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """Post a form with this session's token; return the status and where it leads (or the page's text)."""
        status, headers, text = self.ask(path, **{"csrf_token": self._csrf, **fields})
        return status, headers.get("Location") or text

    def ask(self, path: str, **fields: str) -> tuple[int, Any, str]:
        """Return status, headers and text; with fields it is a form that is sent."""
        data = urllib.parse.urlencode({"csrf_token": self._csrf, **fields}).encode() if fields else None
        return self._ask(path, data)

    def renew(self) -> None:
        """Take a new form, as somebody signed in who loads the page again."""
        self._learn_token("/settings/profile")

    def hang_up(self, path: str, **fields: str) -> None:
        """Send a form and be gone before the answer comes."""
        data = urllib.parse.urlencode({"csrf_token": self._csrf, **fields}).encode()
        request = urllib.request.Request(urllib.parse.urljoin(self._url, path), data)
        self._cookies.add_cookie_header(request)
        host = urllib.parse.urlsplit(self._url)
        lines = [f"POST {path} HTTP/1.1", f"Host: {host.netloc}", f"Cookie: {request.get_header('Cookie')}"]
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(data)}", "", ""]
        with socket.create_connection((host.hostname or "", host.port or 80), timeout=TIMEOUT) as connection:
            connection.sendall("\r\n".join(lines).encode() + data)

    def upload(self, path: str, field: str, data: bytes) -> tuple[int, str]:
        """Send a file as a browser does; return the status and where it leads (or the page's text)."""
        mark = "----a-line-that-is-in-no-file"
        head = f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self._csrf}\r\n'
        head += f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="file"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        request = urllib.request.Request(urllib.parse.urljoin(self._url, path), body)
        request.add_header("Content-Type", f"multipart/form-data; boundary={mark}")
        try:
            status, headers, text = self._answer_to(request)
        except (OSError, HTTPException) as error:
            raise NoAnswer(str(error)) from error
        return status, headers.get("Location") or text

    def register(self, name: str, password: str) -> None:
        """Make an account through the form; this browser is signed in then."""
        self._learn_token("/register")
        status, where = self.send("/register", username=name, email=f"{name}@example.org", password=password)
        assert status == 303, where
        self.name = name
        self._learn_token("/settings/profile")

    def sign_in(self, name: str, password: str) -> None:
        """Sign in through the form."""
        self._learn_token("/login")
        status, where = self.send("/login", username=name, password=password)
        assert status == 303, where
        self.name = name
        self._learn_token("/settings/profile")

    def _learn_token(self, path: str) -> None:
        _status, text = self.get(path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert found, f"{path} has no form"
        self._csrf = found[1]

    def _ask(self, path: str, data: bytes | None = None) -> tuple[int, Any, str]:
        request = urllib.request.Request(urllib.parse.urljoin(self._url, path), data)
        try:
            return self._answer_to(request)
        except (OSError, HTTPException) as error:  # also when the server dies in the middle of its answer
            raise NoAnswer(str(error)) from error

    def _answer_to(self, request: urllib.request.Request) -> tuple[int, Any, str]:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, answer.read().decode()

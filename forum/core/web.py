"""What every page needs: security headers, safe redirects, versioned assets, form tokens, the context of templates."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter, Map, MapAdapter, RequestRedirect, RoutingException

from forum.core import cookies, i18n
from forum.core.contact import contact
from forum.core.paging import LARGEST_ID

CSP = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
    "img-src 'self' data:; script-src 'self'; style-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Frame-Options": "DENY",
}
_HEADERS = [(name.lower(), (name, value)) for name, value in HEADERS.items()]
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
YEAR = 365 * 24 * 3600
NO_NAME = "forum.no_name"  # in the environment of a request whose header Host can name nothing


class Application(Flask):
    """Flask for views that are plain functions, which has addresses also for a request that names no host."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: Flask asks of each, twenty times a request, if it is a coroutine. A test shows that
        none has to be waited for.
        """
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what makes addresses; for a name that is none (`a..b`) too, else its error page could not be made."""
        try:
            return super().create_url_adapter(request)
        except BadRequest:
            if request is None:
                raise
            request.environ |= {"HTTP_HOST": "", NO_NAME: True}
            return super().create_url_adapter(request)


class RowId(IntegerConverter):
    """A number in an address, as `<int:…>`: one that no column holds is the address of nothing (404)."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **options})


class WholeRequest(Request):
    """A request whose form was read to its end, or 413: Werkzeug cuts a chunked body off at the limit and goes on."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if self.content_length is None and getattr(self.stream, "is_exhausted", False):
            self.__dict__.pop("form", None)  # what was cut off is nobody's words
            self.__dict__.pop("files", None)
            raise RequestEntityTooLarge


def init_app(app: Flask) -> None:
    """Give `app` its kind of request, headers, template filters and context."""
    i18n.escape_lazy_words()
    i18n.use_catalogue(app)
    app.request_class = WholeRequest
    app.before_request(_stay_on_this_host)
    app.url_map.converters["int"] = RowId
    app.before_request(_refuse_nul)
    app.after_request(_headers)
    app.context_processor(_context)
    app.add_template_filter(i18n.ago, "ago")
    app.add_template_filter(i18n.exact, "exact")
    app.add_template_filter(i18n.clock, "clock")
    app.add_template_global(i18n.gap, "gap")


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Return `template` rendered with `context` as an answer with `status`."""
    return make_response(render_template(template, **context), status)


def reader() -> Any:
    """Return who asks, themselves: flask-login's `current_user` looks for them anew at each of its attributes.

    For pages that ask hundreds of times; a post's buttons alone ask twenty times.
    """
    return current_user._get_current_object()


def see_other(url: str) -> Response:
    """Return the redirect after a POST (303)."""
    return make_response(redirect(url, 303))


def back(target: str | None, default: str) -> str:
    """Return `target` if it is a path of a page on this forum, else `default`; never another host (checks.md U-5)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if "\\" in target or any(ord(character) <= 32 for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc or not _is_read(unquote(parts.path)) else target


def _addresses() -> MapAdapter:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    return adapter


def _is_read(path: str) -> bool:
    """Whether the path is no address that takes forms alone; what leads nowhere answers for itself."""
    try:
        _addresses().match(path, method="GET")
    except MethodNotAllowed:
        return False
    except (HTTPException, RoutingException):
        pass
    return True


def wants_fragment() -> bool:
    """Whether the page's own script asked and wants only the changed part."""
    return request.headers.get("X-Requested-With") == "fetch"


def form_token() -> str:
    """Return a new token for a form that must not be carried out twice (a unique column holds it)."""
    return secrets.token_urlsafe(18)


def asset(name: str) -> str:
    """Return the address of a static file with its content's hash, so that it may be kept for a year."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


def _is_this_one(name: str) -> bool:
    """Whether the address asks for the file as it is here, and not for that of another version of the forum.

    While a new version comes to one server after the other, its pages may ask an old one: nobody may keep that answer.
    """
    path = Path(current_app.static_folder or "") / name
    return "v" in request.args and path.is_file() and request.args["v"] == _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _stay_on_this_host() -> Response | None:
    """Werkzeug leads to an address without doubled or missing slashes on the host that the request named; stay here."""
    fault = request.routing_exception
    if not isinstance(fault, RequestRedirect):
        return None
    parts = urlsplit(fault.new_url)
    path = "/" + parts.path.lstrip("/\\")
    return make_response(redirect(f"{path}?{parts.query}" if parts.query else path, fault.code))


def _refuse_nul() -> None:
    """No text of ours holds a NUL, and PostgreSQL refuses to compare with one: such an address leads nowhere."""
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in value for value in request.args.values()):
        abort(400)


def _headers(answer: Response) -> Response:
    if "token" in (request.view_args or {}):  # a link sent by mail: no cache keeps its secret, no link tells it on
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
    given = {name.lower() for name, _value in answer.headers}
    answer.headers.extend([pair for name, pair in _HEADERS if name not in given])
    if current_app.config["SECURE_COOKIES"]:
        answer.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    kept = answer.headers.get("Cache-Control", "")
    if kept and answer.cache_control.public:  # the same for everybody
        return answer
    if request.endpoint == "static":
        if answer.status_code in (200, 304) and _is_this_one((request.view_args or {})["filename"]):
            answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif not kept.startswith("public"):  # the same file for every reader
        if "vary" in given:
            answer.vary.update(("Cookie", "Accept-Language"))
        else:
            answer.headers["Vary"] = "Cookie, Accept-Language"
        if not kept:
            answer.headers["Cache-Control"] = "no-store" if current_user.is_authenticated else "private, no-cache"
    return answer


def _context() -> dict[str, Any]:
    theme = cookies.read(THEME_COOKIE)
    return {
        "asset": asset,
        "contact": contact(),
        "form_token": form_token,
        "page_lang": i18n.page_lang(),
        "site_name": i18n.site_name(),
        "theme": theme if theme in THEMES else "auto",
    }

"""Our cookies: every one HttpOnly, SameSite=Lax, and under https Secure and bound to this host by its name."""

from __future__ import annotations

from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, current_app, request


def full_name(name: str) -> str:
    """Return the cookie's name as browsers get it: with `__Host-` where the forum is served over https."""
    return full_name_for(current_app, name)


def full_name_for(app: Flask, name: str) -> str:
    """The same outside a request to `app`."""
    return f"__Host-{name}" if app.config["SECURE_COOKIES"] else name


def read(name: str) -> str:
    """Return what this browser sent under `name`, or ""."""
    return request.cookies.get(full_name(name), "")


def leave_text_alone(environ: WSGIEnvironment) -> None:
    """Take what is no UTF-8 out of the header Cookie, where Werkzeug raises: another site on this name may set such."""
    if not environ.get("HTTP_COOKIE", "").isascii():
        words = environ["HTTP_COOKIE"].encode("latin1", "ignore").decode(errors="ignore")
        environ["HTTP_COOKIE"] = words.encode().decode("latin1")


def put(answer: Response, name: str, value: str, *, days: float) -> None:
    """Let the browser keep `value` for `days` (a part of one is possible)."""
    answer.set_cookie(
        full_name(name),
        value,
        max_age=int(days * 24 * 3600),
        secure=current_app.config["SECURE_COOKIES"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget(answer: Response, name: str) -> None:
    """Take the cookie away; with the same flags, since a browser keeps a `__Host-` cookie otherwise."""
    secure = current_app.config["SECURE_COOKIES"]
    answer.delete_cookie(full_name(name), path="/", secure=secure, httponly=True, samesite="Lax")

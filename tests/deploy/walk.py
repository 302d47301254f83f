"""Run by the program of an older release, in its folder: asks for pages on a database that a newer one has migrated.

It reads {"settings", "asks": [[line, url, query, headers, cookie, expected]], "reply": [url, cookie, body]} from its
standard input and prints what differs. It may use nothing of today's code but this file.
"""

import json
import sys


def main() -> None:
    """Ask, reply, and tell."""
    import wsgi

    order = json.load(sys.stdin)
    app = wsgi.create_app(order["settings"])
    rules = {rule.rule.replace("int:", "").replace("path:", "") for rule in app.url_map.iter_rules()}
    wrong, count = [], 0
    for line, url, query, headers, cookie, expected in order["asks"]:
        if line.split()[1] not in rules:
            continue  # came with a later release
        count += 1
        got = browser(app, cookie).get(url, query_string=query, headers=headers).status_code
        if got != expected:
            wrong.append(f"{line}: {got} instead of {expected}")
    url, cookie, body = order["reply"]
    client = browser(app, cookie)
    replied = client.post(url, data={"csrf_token": token_of(app, client), "body": body})
    if replied.status_code != 303:
        wrong.append(f"POST {url}: {replied.status_code}")
    json.dump({"asked": count, "wrong": wrong}, sys.stdout)


def browser(app, cookie: str):  # type: ignore[no-untyped-def]
    """Return a browser of whoever has this cookie."""
    client = app.test_client()
    if cookie:
        client.set_cookie("signin", cookie)
    return client


def token_of(app, client) -> str:  # type: ignore[no-untyped-def]
    """Return a form's token for this browser."""
    from flask import session
    from flask_wtf.csrf import generate_csrf

    with client.session_transaction() as stored:
        stored.setdefault("csrf_token", "c" * 40)
    with app.test_request_context():
        session["csrf_token"] = "c" * 40
        return generate_csrf()


if __name__ == "__main__":
    main()

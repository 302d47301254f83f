"""The yardsticks: bare Flask that says hello, and a bare Jinja page of 20 static posts. Nothing of the forum in it."""

from __future__ import annotations

from flask import Flask, render_template
from jinja2 import DictLoader

POSTS = 20
HELLO = "hello"
_WORDS = "Where a text comes from can be seen, and whoever reads it can ask. " * 8
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/static/page.css"></head>
<body>
<nav><a href="/">Home</a> <a href="/search">Search</a></nav>
<h1>{{ title }}</h1>
{% for post in posts %}
<article id="post-{{ post.id }}">
  <header><a href="/people/{{ post.author }}">{{ post.author }}</a> <time>{{ post.when }}</time></header>
  <div class="body">{{ post.body }}</div>
  <footer><a href="/posts/{{ post.id }}">#{{ post.id }}</a> <a href="/posts/{{ post.id }}/quote">Quote</a></footer>
</article>
{% endfor %}
</body>
</html>
"""


def create_app() -> Flask:
    """Return an application of two pages: `/hello` and `/posts`."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"posts.html": _PAGE})  # compiled once, as files are
    posts = [
        {"id": number, "author": f"reader_{number:03}", "when": f"2024-01-{number:02} 12:00", "body": _WORDS}
        for number in range(1, POSTS + 1)
    ]

    @app.get("/hello")
    def hello() -> str:
        return HELLO

    @app.get("/posts")
    def page() -> str:
        return render_template("posts.html", title="Twenty posts", posts=posts)

    return app

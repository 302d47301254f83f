"""Builders of addresses are made late, and build what Werkzeug's own do."""

import pytest
from flask import Flask
from werkzeug.routing import BuildError, Map, Rule

import wsgi
from forum.core import rules
from forum.core.rules import LateRule

RULES = (
    ("/", "home"),
    ("/threads/<int:thread_id>/<slug>", "thread"),
    ("/files/<path:name>", "file"),
    ("/of/<any(a, b):kind>/", "kind"),
)
ASKED = (
    ("home", {}),
    ("home", {"q": "文明 & more", "page": 2}),
    ("thread", {"thread_id": 7, "slug": "网络 文明"}),
    ("thread", {"thread_id": 7, "slug": "a/b", "page": [1, 2]}),
    ("file", {"name": "a/b c.txt"}),
    ("kind", {"kind": "b"}),
)
WRONG = (("thread", {"thread_id": "seven", "slug": "x"}), ("thread", {"thread_id": 7}), ("kind", {"kind": "c"}))


def adapter(kind: type[Rule]):
    return Map([kind(rule, endpoint=endpoint) for rule, endpoint in RULES]).bind("forum.example")


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_a_late_builder_builds_what_werkzeugs_own_does(endpoint, values):
    late, plain = adapter(LateRule), adapter(Rule)
    for _twice in range(2):  # when it is made, and after that
        for unknown in (True, False):
            assert late.build(endpoint, values, append_unknown=unknown) == plain.build(
                endpoint, values, append_unknown=unknown
            )


@pytest.mark.parametrize(("endpoint", "values"), WRONG)
def test_what_fits_no_rule_is_refused_as_by_werkzeug(endpoint, values):
    with pytest.raises((BuildError, ValueError)) as plain:
        adapter(Rule).build(endpoint, values)
    with pytest.raises(plain.type):
        adapter(LateRule).build(endpoint, values)


def test_none_is_made_at_the_start_and_one_when_it_is_asked_for(monkeypatch):
    made = []
    own = Rule._compile_builder
    monkeypatch.setattr(Rule, "_compile_builder", lambda rule, *rest: made.append(rule.endpoint) or own(rule, *rest))
    late = adapter(LateRule)
    assert not made
    for _twice in range(2):
        late.build("file", {"name": "x"})
    assert made == ["file"]


def test_the_forums_rules_are_late():
    app = wsgi.create_app({"TESTING": True})
    early = {rule.endpoint for rule in app.url_map.iter_rules() if not isinstance(rule, LateRule)}
    assert early == {"static"}  # which Flask adds before anybody can say how


def test_an_application_is_told_once():
    app = Flask(__name__)
    rules.init_app(app)
    app.add_url_rule("/x", "x", lambda: "")
    assert {type(rule) for rule in app.url_map.iter_rules() if rule.endpoint == "x"} == {LateRule}

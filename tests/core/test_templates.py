"""Macros are made ready once a page; translated templates are kept, and a full disk spoils no page."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, render_template_string
from jinja2 import meta, nodes

from forum.core import templates
from tests.servers.website import ROOT

FOLDER = ROOT / "templates"
# What context processors put on every page: the same wherever on it a macro stands.
OF_THE_PAGE = {
    "asset", "avatar_url", "current_user", "live_latest", "live_seconds", "page_lang", "session_phase",
    "session_phases", "session_until", "site_name", "slots",
}  # fmt: skip


def test_macros_take_from_the_context_only_what_is_the_same_on_the_whole_page(app: Flask) -> None:
    taken = set()
    for file in (FOLDER / "macros").glob("*.html"):
        tree = app.jinja_env.parse(file.read_text("utf-8"))
        own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
        taken |= meta.find_undeclared_variables(tree) - set(app.jinja_env.globals) - own
    assert taken == OF_THE_PAGE
    for file in FOLDER.rglob("*.html"):
        for node in app.jinja_env.parse(file.read_text("utf-8")).body:
            if isinstance(node, nodes.Assign | nodes.AssignBlock):
                set_here = {name.name for name in node.find_all(nodes.Name) if name.ctx == "store"}
                assert not set_here & OF_THE_PAGE, f"{file} gives it another meaning"


def test_a_file_of_macros_is_made_ready_once_a_page(app: Flask, monkeypatch) -> None:
    made = []
    usual = templates.Template.make_module
    monkeypatch.setattr(
        templates.Template, "make_module", lambda self, *rest: made.append(self.name) or usual(self, *rest)
    )
    page = (
        '{% from "macros/ui.html" import icon with context %}{% from "macros/people.html" import person with context %}'
    )
    with app.test_request_context():
        assert 'class="icon' in render_template_string(page + '{{ icon("lock") }}')
        first = list(made)
        render_template_string(page)
    assert first.count("macros/ui.html") == 1
    assert made.count("macros/ui.html") == 2, "and anew for the next one"


def test_translated_templates_are_kept_unless_the_disk_is_full(app: Flask, tmp_path: Path) -> None:
    kept = templates._Kept(str(tmp_path))
    source = (FOLDER / "macros/ui.html").read_text("utf-8")
    bucket = kept.get_bucket(app.jinja_env, "macros/ui.html", "ui.html", source)
    bucket.code = compile("1", "ui.html", "eval")
    kept.set_bucket(bucket)
    assert kept.get_bucket(app.jinja_env, "macros/ui.html", "ui.html", source).code is not None
    assert kept.get_bucket(app.jinja_env, "macros/ui.html", "ui.html", source + " ").code is None, "it has changed"
    kept.directory = str(tmp_path / "nowhere")
    kept.set_bucket(bucket)

"""A lazy sentence is escaped like any other string, once, on whatever way it comes to a page."""

from flask import flash, get_flashed_messages, render_template_string
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import Form, StringField

NAME = '<b title="x">&'
ONCE = "&lt;b title=&#34;x&#34;&gt;&amp;"


def lazy(words=NAME):
    return _l("%(word)s is no host.", word=words)


WAYS = (
    "{{ said }}",
    "{{ said|e }}",
    "{{ said|string }}",
    "{{ [said, said]|join }}",
    "{{ said ~ said }}",
    "{{ _('So: %(said)s', said=said) }}",
    "{{ outer }}",
    "{% set kept %}{{ said }}{% endset %}{{ kept }}",
    "<p{{ {'title': said}|xmlattr }}>",
    "{{ form.word.label }}{{ form.word(title=said) }}",
    "{{ made }}",
)


def test_a_persons_words_in_a_lazy_sentence_are_escaped_once(app):
    class Words(Form):
        word = StringField(lazy())

    with app.test_request_context():
        given = {"said": lazy(), "outer": lazy(lazy()), "form": Words(), "made": Markup("<i>{}</i>").format(lazy())}
        pages = {way: render_template_string(way, **given) for way in WAYS}
    wrong = {way: page for way, page in pages.items() if ONCE not in page or "<b" in page or "&amp;lt;" in page}
    assert not wrong


def test_in_a_flash_and_in_python(app):
    with app.test_request_context():
        flash(lazy())
        page = render_template_string("{{ said }}", said=get_flashed_messages()[0])
        assert page == f"{ONCE} is no host." == escape(lazy())
        assert str(lazy()) == f"{NAME} is no host.", "as a string it stays what it is: letters, feeds, comparisons"

"""Sentences that stand side by side: a space between them in English, nothing in Chinese."""

import re
from pathlib import Path
from typing import Any

from flask_babel import force_locale

from forum.core import i18n

TEMPLATES = Path(__file__).parents[2] / "templates"
# {{ _("A sentence.", …) }}, perhaps the end of an {% if %}, then a space and more that stands in the same line
JOINT = re.compile(
    r"(?:_|ngettext)\((?:[^()]|\([^()]*\))*?[.!?:…][\"'](?:[^()]|\([^()]*\))*\)[^}]*\}\}(?:\{%[^%]*%\})* "
    r"(?:\{%[^%]*%\})*(?:\{\{|<a|<strong|<code|<bdi|<time)"
)


def test_no_template_puts_a_space_behind_a_sentence():
    found = [
        f"{path.relative_to(TEMPLATES)}: {match.group()[-70:]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for match in JOINT.finditer(path.read_text("utf-8"))
    ]
    assert not found, "write {{ gap() }} there"
    assert JOINT.search('{{ _("One.") }} {{ _("Two.") }}') and not JOINT.search(
        '{{ _("One.") }}{{ gap() }}{{ _("Two.") }}'
    )


def test_each_language_has_its_own_gap(app: Any, client: Any):
    for language, joint in (("en", " "), ("zh_Hans", "")):
        with app.test_request_context(), force_locale(language):
            assert i18n.gap() == joint
    page = client.get("/rules", headers={"Accept-Language": "zh"}).text
    assert "。<a href" in page and not re.search("[。：？！] +<a", page)
    assert ". <a href" in client.get("/rules").text

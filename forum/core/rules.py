"""Addresses whose builders are made when somebody first asks for such an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule that makes each of the two functions that build its addresses when it is first called.

    Werkzeug makes both for every rule when the application starts, each compiled from a syntax tree: 500 of them, a
    fifteenth of the start, and a page needs thirty. The three names with an underscore are Werkzeug's own and not
    promised; `tests/core/test_rules.py` fails when another version calls them something else.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def build(rule: LateRule, /, **values: Any) -> tuple[str, str]:
            made = Rule._compile_builder(rule, append_unknown).__get__(rule, None)
            if append_unknown:
                rule._build_unknown = made
            else:
                rule._build = made
            found: tuple[str, str] = made(**values)
            return found

        return build


def init_app(app: Flask) -> None:
    """Let `app` make its addresses so; to be called before its rules are added."""
    app.url_rule_class = LateRule

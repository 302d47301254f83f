"""Markdown to safe HTML: the only renderer and the only sanitizer of what people write."""

from forum.core.markup.bounds import plain, render, render_many
from forum.core.markup.names import mentioned
from forum.core.markup.quoting import quote
from forum.core.markup.rendered import RENDER_VERSION, NoTurn, Rendered, RenderError, TooCostly, TooDeep

__all__ = [
    "RENDER_VERSION", "NoTurn", "RenderError", "Rendered", "TooCostly", "TooDeep",
    "mentioned", "plain", "quote", "render", "render_many",
]  # fmt: skip

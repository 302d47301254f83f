"""From Markdown's tokens to HTML: what differs from markdown-it's own renderer."""

from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from forum.core.markup.addresses import is_own
from forum.core.markup.highlight import HIGHLIGHT_LIMIT, fence_info, highlighted
from forum.core.markup.sanitize import REL

# The page owns h1 (the thread) and h2 (its sections), so a post's headings begin at h3.
HEADING_SHIFT = 2


class Output(RendererHTML):
    """Each method writes the token that it is named after. Everything still goes through `sanitize`."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return text; quotation marks stay as they are, for each entity costs the sanitizer 20 µs."""
        return _escaped(tokens[idx])

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return code within a line."""
        return f"<code>{_escaped(tokens[idx])}</code>"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the heading's tag, two levels down."""
        return f"<h{_level(tokens[idx])}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the heading's end."""
        return f"</h{_level(tokens[idx])}>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the link with `rel` when it leads away."""
        token = tokens[idx]
        if not is_own(str(token.attrs["href"])):
            token.attrSet("rel", REL)
        return self.renderToken(tokens, idx, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the table inside a box that scrolls, also by keyboard."""
        return '<div class="table-wrap" tabindex="0">\n<table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the end of table and box."""
        return "</table>\n</div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the cell, aligned by class: a style attribute would break the content policy."""
        return _aligned(tokens[idx])

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the cell, aligned by class."""
        return _aligned(tokens[idx])

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the item; a task's box is a character, for a post holds no form fields."""
        box = ""
        if "checked" in tokens[idx].meta:
            box = "☑ " if tokens[idx].meta["checked"] else "☐ "
        return self.renderToken(tokens, idx, options, env) + box

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return indented code."""
        return f'<pre tabindex="0"><code>{_escaped(tokens[idx])}</code></pre>\n'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return fenced code, coloured when we know its language."""
        language, caption = fence_info(tokens[idx])
        env["coloured"] = env.get("coloured", 0) + (len(tokens[idx].content) if language else 0)
        coloured = language and env["coloured"] <= HIGHLIGHT_LIMIT
        code = highlighted(tokens[idx].content, language) if coloured else _escaped(tokens[idx])
        name = f' class="language-{language}"' if language else ""
        above = f'<p class="code-info">{escape(caption, quote=False)}</p>\n' if caption else ""
        return f'{above}<pre tabindex="0"><code{name}>{code}</code></pre>\n'

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the number of a note, as it stands in the list below."""
        return f'<sup class="footnote-ref">[{tokens[idx].meta["id"] + 1}]</sup>'

    def real_host(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the host a link really leads to."""
        return f'<span class="real-host">{_escaped(tokens[idx])}</span>'


def _escaped(token: Token) -> str:
    return escape(token.content, quote=False)


def _level(heading: Token) -> int:
    return min(int(heading.tag[1]) + HEADING_SHIFT, 6)


def _aligned(cell: Token) -> str:
    style = str(cell.attrs.get("style", ""))
    side = f' class="align-{style.removeprefix("text-align:")}"' if style else ""
    return f"<{cell.tag}{side}>"

"""Colour for fenced code: Pygments' classes, no styles; an unknown language stays plain text."""

from functools import cache
from html import escape

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token
from pygments import lexers
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer

from forum.core.text import cleaned

# Colouring multiplies the HTML that the sanitizer has to read: of one text only so many characters of code are
# coloured (0.2 s), and the blocks past them stay plain.
HIGHLIGHT_LIMIT = 10_000

# What a fence may be called → Pygments' name for it. Only these: a free choice would search plug-ins on the disk
# and reach some five hundred lexers, not all of them quick.
_BY_OWN_NAME = (
    "bash", "c", "cpp", "csharp", "css", "dart", "diff", "docker", "elixir", "erlang", "go", "graphql", "haskell",
    "html", "ini", "java", "javascript", "json", "julia", "kotlin", "latex", "lua", "make", "markdown", "nginx",
    "objective-c", "perl", "php", "powershell", "python", "r", "ruby", "rust", "scala", "scheme", "sql", "swift",
    "toml", "typescript", "xml", "yaml",
)  # fmt: skip
_LEXERS = {
    **dict(zip(_BY_OWN_NAME, _BY_OWN_NAME, strict=True)),
    "c#": "csharp", "c++": "cpp", "cs": "csharp", "dockerfile": "docker", "golang": "go", "hs": "haskell",
    "js": "javascript", "jsx": "javascript", "kt": "kotlin", "makefile": "make", "md": "markdown",
    "objc": "objective-c", "patch": "diff", "ps1": "powershell", "py": "python", "python3": "python",
    "rb": "ruby", "rs": "rust", "sh": "bash", "shell": "bash", "tex": "latex", "ts": "typescript",
    "tsx": "typescript", "yml": "yaml", "zsh": "bash",
}  # fmt: skip
_FORMATTER = HtmlFormatter(nowrap=True)


def fence_info(fence: Token) -> tuple[str, str]:
    """Return the language that a fence names ("" when there is no colour for it), and what else stands beside it."""
    info = cleaned(unescapeAll(fence.info)).strip()
    first, _, rest = info.partition(" ")
    return (first.lower(), rest.strip()) if first.lower() in _LEXERS else ("", info)


def highlighted(code: str, language: str) -> str:
    """Return the code as HTML, spans with classes, for a language of `fence_info`."""
    tokens = list(_lexer(_LEXERS[language]).get_tokens(code))
    if "".join(value for _, value in tokens) != code:  # a lexer that drops a character loses its say
        return escape(code, quote=False)
    parts: list[str] = []
    _FORMATTER.format(tokens, _Sink(parts))
    return "".join(parts)


class _Sink:
    """The little of a file that a formatter writes to."""

    def __init__(self, parts: list[str]) -> None:
        self.write = parts.append


@cache
def _lexer(name: str) -> Lexer:
    return lexers.get_lexer_by_name(name, stripnl=False, ensurenl=False)
